#include "storage/postgres/session.hpp"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/faults.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {

namespace {

// settings are of the transaction, not of the connection: behind a pool the next transaction is on another.
// A node that is stopped in the middle (a closure does no input or output) gives way after 10 s
constexpr const char* kBeginReadSql =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path TO notifications; "
    "SET LOCAL idle_in_transaction_session_timeout = '30s'; SET LOCAL statement_timeout = '60s'";
constexpr const char* kBeginWriteSql =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path TO notifications; "
    "SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL statement_timeout = '60s'; "
    "SET LOCAL lock_timeout = '30s'; "
    "SELECT pg_advisory_xact_lock(7596211408117953); "
    "SELECT pg_current_xact_id()::text || ' ' || coalesce((SELECT node FROM holder WHERE one = 1), '')";
constexpr const char* kHoldSql = R"sql(
    INSERT INTO holder (one, node, until)
    VALUES (1, ?1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 30000)
    ON CONFLICT (one) DO UPDATE SET node = excluded.node, until = excluded.until
    WHERE holder.node = excluded.node OR holder.until <= excluded.until - 30000)sql";
constexpr const char* kLetGoSql = "DELETE FROM holder WHERE node = ?";

}  // namespace

const char* const kBeginMigration =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '60s'; SET LOCAL "
    "statement_timeout = 0; "
    "SELECT pg_advisory_xact_lock(7596211408117953); "
    "DO $$ BEGIN IF to_regnamespace('notifications') IS NULL THEN CREATE SCHEMA notifications; END IF; END "
    "$$; "
    "SET LOCAL search_path TO notifications";

Result<std::unique_ptr<Session>> Session::Open(
    const PostgresServer& server, const SecretBox& box, const Clock& clock
) {
    return Connection::Open(server).map([&](std::unique_ptr<Connection> connection) {
        return std::unique_ptr<Session>(new Session(std::move(connection), box, clock));
    });
}

Result<void> Session::BeginRead() {
    return connection_->Execute(kBeginReadSql);
}

Result<Begun> Session::BeginWrite() {
    return connection_->Ask(kBeginWriteSql).map([](const std::string& told) {
        const auto space = told.find(' ');
        return Begun{.transaction = told.substr(0, space), .holder = told.substr(space + 1)};
    });
}

Result<void> Session::Hold(const std::string& node, const std::string& holder) {
    const auto held = connection_->Change(kHoldSql, node);
    if (!held) {
        return Unexpected(held.error());
    }
    return *held == 1
               ? Result<void>{}
               : Fail(
                     ErrorCode::kConflict,
                     fmt::format(
                         "another service uses this database ({}); stop that one, or wait 30 s if it is gone",
                         holder
                     )
                 );
}

Result<void> Session::LetGo(const std::string& node) {
    return connection_->Change(kLetGoSql, node).map([](int) {});
}

Result<bool> WasCommitted(Connection& connection, const std::string& transaction) {
    const auto status = connection.Ask(fmt::format("SELECT pg_xact_status('{}'::xid8)", transaction));
    if (!status) {
        return Unexpected(status.error());
    }
    if (*status == "in progress") {
        return Unexpected(
            Error{
                .code = ErrorCode::kUnavailable,
                .stage = "storage",
                .reason = std::string(kDatabaseAway),
                .retry_after = {},
                .message = "database: a transaction whose connection was lost has not ended yet"
            }
        );
    }
    return *status == "committed";
}

}  // namespace notify::postgres
