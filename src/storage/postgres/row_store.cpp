#include "storage/postgres/row_store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/dialect.hpp"
#include "storage/postgres/server.hpp"
#include "storage/postgres/session.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/migrations.hpp"

namespace notify::postgres {

namespace {

using copy::Table;

// a copy lasts as long as it lasts
constexpr const char* kBeginReadSql =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path TO notifications; "
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
// the lock of whoever writes: Session::BeginWrite
constexpr const char* kBeginWriteSql =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path TO notifications, pg_temp; "
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
    "SET LOCAL lock_timeout = '30s'; SELECT pg_advisory_xact_lock(7596211408117953)";
constexpr const char* kSchemaSql = "SELECT coalesce(to_regclass('notifications.schema_version')::text, '')";
constexpr const char* kVersionSql = "SELECT coalesce(max(version), 0) FROM notifications.schema_version";
constexpr std::size_t kFitsAnyIndex = 2600;  // 2,704 with what an entry has around it

class Rows final : public copy::RowStore {
public:
    explicit Rows(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

    Result<void> Read(const Table& table, const copy::TakeRow& take) override {
        return connection_->CopyOut(
            fmt::format(
                "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT binary)",
                copy::ColumnList(table),
                table.name,
                copy::KeyList(table)
            ),
            take
        );
    }

    Result<void> Write(const Table& table, const copy::GiveRows& give) override {
        return WriteInto(table.name, table, give);
    }

    Result<bool> HasRows(const Table& table) override {
        return connection_->Ask(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name))
            .map([](const std::string& found) { return !found.empty(); });
    }

    Result<void> Clear(const Table& table) override {
        return connection_->Execute(fmt::format("DELETE FROM {}", table.name));
    }

    Result<std::int64_t> LastNumber(const Table& table) override {
        return AskOfNumbers(table, "coalesce(pg_sequence_last_value({}::regclass), 0)")
            .map([](const std::string& told) { return told.empty() ? 0 : std::stoll(told); });
    }

    Result<void> GoOnBehind(const Table& table, std::int64_t number) override {
        return AskOfNumbers(table, fmt::format("setval({{}}, {})", number)).map([](const std::string&) {});
    }

    [[nodiscard]] bool TakesAnyRow() const noexcept override { return false; }

    Result<void> TryRow(const Table& table, std::string_view row) override {
        const auto fields = copy::FieldsOf(row);
        std::size_t indexed = 0;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto& column = table.columns[i];
            const auto field = fields[i].value_or("");
            std::string changed;
            if (column.kind == sql::Kind::kText && FitText(field, changed).data() != field.data()) {
                return Fail(
                    ErrorCode::kInvalidArgument,
                    fmt::format(
                        "{}: its {} is no text of UTF-8 without zero bytes, and PostgreSQL takes no other",
                        copy::NameOf(row, table),
                        column.name
                    )
                );
            }
            indexed += column.is_indexed ? field.size() : 0;
        }
        return indexed <= kFitsAnyIndex ? Result<void>{} : TryIndexes(table, row);
    }

    Result<void> Commit() override { return connection_->Execute("COMMIT"); }

private:
    Result<void> WriteInto(const std::string& name, const Table& table, const copy::GiveRows& give) {
        return connection_->CopyIn(
            fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", name, copy::ColumnList(table)), give
        );
    }

    /// What compresses well fits although it is long, so the server is asked.
    Result<void> TryIndexes(const Table& table, std::string_view row) {
        auto tried =
            connection_
                ->Execute(
                    fmt::format(
                        "SAVEPOINT tried; CREATE TEMPORARY TABLE tried_row (LIKE {} INCLUDING INDEXES)",
                        table.name
                    )
                )
                .and_then([&] {
                    return WriteInto("tried_row", table, [&](const copy::TakeRow& take) {
                        return take(row);
                    });
                });
        auto back = connection_->Execute("ROLLBACK TO SAVEPOINT tried; RELEASE SAVEPOINT tried");
        if (!tried) {
            auto error = tried.error().Within(copy::NameOf(row, table));
            error.code = ErrorCode::kInvalidArgument;
            return Unexpected(std::move(error));
        }
        return back;
    }

    /// `asked` of the sequence that numbers the table's rows; "" where nothing numbers them.
    Result<std::string> AskOfNumbers(const Table& table, std::string_view asked) {
        if (table.key.size() != 1) {
            return std::string();
        }
        const auto sequence =
            fmt::format("pg_get_serial_sequence('{}', '{}')", table.name, table.key.front());
        return connection_->Ask(fmt::format("SELECT {}", fmt::format(fmt::runtime(asked), sequence)));
    }

    std::unique_ptr<Connection> connection_;
};

Result<void> MakeSchema(Connection& connection, const Clock& clock) {
    return sql::Migrate(connection, sql::PostgresMigrations(), kBeginMigration, clock.Now());
}

/// What is read is read as this program knows it.
Result<void> CheckSchema(Connection& connection) {
    const auto there = connection.Ask(kSchemaSql).and_then([&](const std::string& found) {
        return found.empty() ? Result<std::string>("0") : connection.Ask(kVersionSql);
    });
    if (!there) {
        return Unexpected(there.error());
    }
    const auto known = std::to_string(sql::PostgresMigrations().back().number);
    return *there == known ? Result<void>{}
           : *there == "0"
               ? Result<void>(Fail(ErrorCode::kNotFound, "there is no state in the database yet"))
               : Fail(
                     ErrorCode::kConflict,
                     fmt::format(
                         "the database has schema version {}, this program {}; bring both to the same: "
                         "notifications-api migrate, or a newer program",
                         *there,
                         known
                     )
                 );
}

}  // namespace

Result<std::unique_ptr<copy::RowStore>> OpenRowStore(
    const PostgresServer& server, Access access, const Clock& clock
) {
    auto connection = Connection::Open(server);
    if (!connection) {
        return Unexpected(connection.error());
    }
    (*connection)->WaitForEver(true);
    const bool writes = access == Access::kWrite;
    auto begun = writes ? MakeSchema(**connection, clock) : CheckSchema(**connection);
    begun = begun.and_then([&] { return (*connection)->Execute(writes ? kBeginWriteSql : kBeginReadSql); });
    if (!begun) {
        return Unexpected(begun.error());
    }
    return std::unique_ptr<copy::RowStore>(std::make_unique<Rows>(*std::move(connection)));
}

}  // namespace notify::postgres
