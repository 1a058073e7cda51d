#include "storage/postgres/session.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {

namespace {

// settings are of the transaction, not of the connection: behind a pool the next transaction is on another.
// A node that is stopped in the middle (a closure does no input or output) gives way after 10 s
// What writes looks rows up by their keys, and a table may have grown a thousandfold since it was last
// analysed
constexpr const char* kBeginReadSql =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path TO notifications; "
    "SET LOCAL idle_in_transaction_session_timeout = '30s'; SET LOCAL statement_timeout = '60s'";
constexpr const char* kBeginWriteSql =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path TO notifications; "
    "SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL statement_timeout = '60s'; "
    "SET LOCAL lock_timeout = '30s'; "
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET "
    "LOCAL "
    "jit = off; "
    "SELECT pg_advisory_xact_lock(7596211408117953); "
    "WITH before AS (SELECT wrote FROM node WHERE id = '{0}'), "
    "marked AS (UPDATE node SET wrote = pg_current_xact_id()::text WHERE id = '{0}') "
    "SELECT pg_current_xact_id()::text || ' ' || coalesce((SELECT wrote FROM before), '-')";
constexpr const char* kMarkSql = "UPDATE node SET wrote = pg_current_xact_id()::text WHERE id = ?1";
constexpr std::chrono::milliseconds kLockPatience =
    std::chrono::seconds(35);  // lock_timeout, and a little more
constexpr const char* kTimeSql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text";
// the connection that this statement runs on
constexpr const char* kBackendSql =
    "SELECT pg_backend_pid()::text || '@' || (SELECT (extract(epoch FROM backend_start) * "
    "1000000)::bigint::text FROM pg_stat_activity WHERE pid = pg_backend_pid())";
constexpr const char* kBeatSql = R"sql(
    UPDATE node SET heard_at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint, backend = ?2 WHERE id = ?1)sql";

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

Result<Begun> Session::BeginWrite(const NodeId& node) {
    return connection_->Ask(fmt::format(kBeginWriteSql, node.Value()), kLockPatience)
        .map([](const std::string& told) {
            const auto space = told.find(' ');
            Begun begun{.transaction = told.substr(0, space), .before = told.substr(space + 1)};
            if (begun.before == "-") {
                begun.before.reset();
            }
            return begun;
        });
}

Result<void> Session::Mark(const NodeId& node) {
    return connection_->Change(kMarkSql, node).map([](int) {});
}

Result<void> Session::Beat(const NodeId& node) {
    if (!backend_) {
        auto told = connection_->Ask(kBackendSql);
        if (!told) {
            return Unexpected(told.error());
        }
        // a pool's process number is not that of who serves the statement, and outlives who asked
        const bool is_its_own = told->substr(0, told->find('@')) == std::to_string(connection_->Process());
        backend_ = is_its_own ? *std::move(told) : std::string();
    }
    return connection_->Change(kBeatSql, node, *backend_).map([](int) {});
}

Result<Timestamp> Session::ServerTime() {
    return connection_->Ask(kTimeSql).map([](const std::string& millis) {
        return FromMillis(std::stoll(millis));
    });
}

}  // namespace notify::postgres
