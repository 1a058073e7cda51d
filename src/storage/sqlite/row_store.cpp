#include "storage/sqlite/row_store.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

namespace {

using copy::Column;
using copy::Table;
using sql::Kind;

constexpr const char* kTablesSql = R"sql(
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY rowid)sql";
constexpr const char* kColumnsSql = R"sql(
    SELECT name, type,
           pk > 0 OR name IN (SELECT i.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i)
    FROM pragma_table_info(?1) ORDER BY cid)sql";
constexpr const char* kKeySql = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk";
constexpr const char* kGivesNumbersSql =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'";
constexpr const char* kGivenSql = "SELECT seq FROM sqlite_sequence WHERE name = ?";
constexpr const char* kForgetGivenSql = "DELETE FROM sqlite_sequence WHERE name = ?";
constexpr const char* kNoteGivenSql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)";

Kind KindOf(std::string_view type) {
    // BIGINT: schema_version, which both databases make alike
    return type == "INTEGER" || type == "BIGINT" ? Kind::kInteger
           : type == "REAL"                      ? Kind::kReal
           : type == "BLOB"                      ? Kind::kBytes
                                                 : Kind::kText;
}

Result<Table> TableNamed(Connection& connection, const std::string& name) {
    const auto read_column = [](sql::Row& row) {
        auto column = row.Text();
        const auto kind = KindOf(row.Text());
        return Column{.name = std::move(column), .kind = kind, .is_indexed = row.Bool()};
    };
    auto columns = connection.Select(kColumnsSql, read_column, name);
    auto key = connection.Select(kKeySql, [](sql::Row& row) { return row.Text(); }, name);
    if (!columns || !key) {
        return Unexpected(columns ? key.error() : columns.error());
    }
    return Table{.name = name, .columns = *std::move(columns), .key = *std::move(key)};
}

class Rows final : public copy::RowStore {
public:
    explicit Rows(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

    Result<void> Begin() { return connection_->Execute("BEGIN"); }

    Result<void> Read(const Table& table, const copy::TakeRow& take) override {
        std::string row;
        return connection_->ForEach(
            Kept("SELECT {} FROM {} ORDER BY {}", copy::ColumnList(table), table.name, copy::KeyList(table)),
            [&](const sql::Statement& statement) {
                copy::EncodeRow(statement, table, row);
                return take(row);
            }
        );
    }

    Result<void> Write(const Table& table, const copy::GiveRows& give) override {
        const auto* const insert = Kept(
            "INSERT INTO {} ({}) VALUES ({})",
            table.name,
            copy::ColumnList(table),
            fmt::join(std::vector<char>(table.columns.size(), '?'), ", ")
        );
        return give([&](std::string_view row) {
            const auto bind = [&](sql::Parameters& statement) { copy::BindRow(row, table, statement); };
            return connection_->Change(insert, bind).map([](int) {});
        });
    }

    Result<bool> HasRows(const Table& table) override {
        return Finds(Kept("SELECT 1 FROM {} LIMIT 1", table.name));
    }

    Result<void> Clear(const Table& table) override {
        return connection_->Execute(fmt::format("DELETE FROM {}", table.name));
    }

    Result<std::int64_t> LastNumber(const Table& table) override {
        return connection_->First(
                              kGivenSql, [](sql::Row& row) { return row.Integer(); }, table.name
        )
            .and_then([&](std::optional<std::int64_t> given) {
                return given || table.key.size() != 1 ? Result<std::int64_t>(given.value_or(0))
                                                      : Highest(table);
            });
    }

    Result<void> GoOnBehind(const Table& table, std::int64_t number) override {
        const auto gives =
            connection_->First(kGivesNumbersSql, [](sql::Row& row) { return row.Int(); }, table.name);
        if (!gives || !*gives) {
            return gives ? Result<void>{} : Unexpected(gives.error());
        }
        return connection_->Change(kForgetGivenSql, table.name)
            .and_then([&](int) { return connection_->Change(kNoteGivenSql, table.name, number); })
            .map([](int) {});
    }

    [[nodiscard]] bool TakesAnyRow() const noexcept override { return true; }

    Result<void> TryRow(const Table& /*table*/, std::string_view /*row*/) override { return {}; }

    Result<void> Commit() override { return connection_->Execute("COMMIT"); }

private:
    /// A connection knows a statement by its address: each stays where it is, as long as the connection.
    template <class... Values>
    const char* Kept(fmt::format_string<Values...> format, Values&&... values) {
        return texts_.emplace_back(fmt::format(format, std::forward<Values>(values)...)).c_str();
    }

    Result<bool> Finds(const char* sql) {
        return connection_->First(
                              sql, [](sql::Row& row) { return row.Int(); }
        ).map([](std::optional<int> found) { return found.has_value(); });
    }

    /// Of a table whose rows are numbered by hand or by SQLite; 0 when its key is a text.
    Result<std::int64_t> Highest(const Table& table) {
        const auto* const highest = Kept("SELECT max({}) FROM {}", table.key.front(), table.name);
        for (const auto& column : table.columns) {
            if (column.name == table.key.front() && column.kind == Kind::kInteger) {
                return connection_->First(
                                      highest, [](sql::Row& row) { return row.Integer(); }
                ).map([](std::optional<std::int64_t> number) { return number.value_or(0); });
            }
        }
        return 0;
    }

    std::deque<std::string> texts_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace

Result<std::vector<Table>> TablesOf(Connection& connection) {
    const auto names = connection.Select(kTablesSql, [](sql::Row& row) { return row.Text(); });
    if (!names) {
        return Unexpected(names.error());
    }
    std::vector<Table> tables;
    for (const auto& name : *names) {
        auto table = TableNamed(connection, name);
        if (!table) {
            return Unexpected(table.error());
        }
        tables.push_back(*std::move(table));
    }
    return tables;
}

Result<std::unique_ptr<copy::RowStore>> OpenRowStore(std::unique_ptr<Connection> connection) {
    auto rows = std::make_unique<Rows>(std::move(connection));
    return rows->Begin().map([&] { return std::unique_ptr<copy::RowStore>(std::move(rows)); });
}

}  // namespace notify::sqlite
