// A state that is copied from SQLite to a real PostgreSQL server and back.

#include "storage/copy/copy_state.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "servers/postgres.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/postgres/row_store.hpp"
#include "storage/postgres/server.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/row_store.hpp"
#include "support/temporary_folder.hpp"

namespace notify {

namespace {

using copy::RowStore;
using copy::Table;
using testing::PostgresOfTests;
using testing::TemporaryFolder;

template <class T>
T ValueOf(Result<T> outcome) {
    EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message);
    return std::move(outcome).value();
}

std::string FilledState() {
    std::ifstream file(NOTIFY_FILLED_STATE);
    return {std::istreambuf_iterator<char>(file), {}};
}

class CopyState : public ::testing::Test {
protected:
    ~CopyState() override { PostgresOfTests().Release(name_); }

    std::unique_ptr<sqlite::Connection> OpenSqlite(const std::string& name) {
        auto connection = ValueOf(sqlite::Connection::Open(folder_.Path() / name, sqlite::Access::kWrite));
        EXPECT_TRUE(sql::Migrate(*connection, sql::SqliteMigrations(), "BEGIN IMMEDIATE", clock_.Now()));
        return connection;
    }

    void Fill(const std::string& name) {
        const auto done = OpenSqlite(name)->Execute(FilledState());
        ASSERT_TRUE(done) << done.error().message;
    }

    void Run(const std::string& name, const std::string& sql) {
        const auto done = OpenSqlite(name)->Execute(sql);
        ASSERT_TRUE(done) << done.error().message;
    }

    std::vector<Table> Tables() { return ValueOf(sqlite::TablesOf(*OpenSqlite("empty"))); }

    std::unique_ptr<RowStore> Sqlite(const std::string& name) {
        return ValueOf(sqlite::OpenRowStore(OpenSqlite(name)));
    }

    std::unique_ptr<RowStore> Postgres(postgres::Access access) {
        return ValueOf(postgres::OpenRowStore(server_, access, clock_));
    }

    std::string Ask(const std::string& sql) { return PostgresOfTests().Run(server_.database, sql); }

    Result<void> Copy(RowStore& from, RowStore& into) {
        return copy::CopyState(
            from,
            into,
            Tables(),
            [&](std::string_view table, std::int64_t rows) { told_.emplace_back(table, rows); },
            stop_->get_token()
        );
    }

    Result<void> CopyToPostgres() {
        const auto from = Sqlite("from");
        const auto into = Postgres(postgres::Access::kWrite);
        return Copy(*from, *into).and_then([&] { return into->Commit(); });
    }

    /// All rows of a table, as they are copied.
    static std::vector<std::string> RowsOf(RowStore& store, const Table& table) {
        std::vector<std::string> rows;
        const auto read = store.Read(table, [&](std::string_view row) {
            rows.emplace_back(row);
            return Result<void>{};
        });
        EXPECT_TRUE(read) << (read ? "" : read.error().message);
        return rows;
    }

    TemporaryFolder folder_;
    const SystemClock clock_;
    const std::string name_ = folder_.Path().filename().string();
    const PostgresServer server_ = PostgresOfTests().DatabaseOf(name_);
    std::vector<std::pair<std::string, std::int64_t>> told_;
    const std::unique_ptr<std::stop_source> stop_ = std::make_unique<std::stop_source>();
};

bool BelongsToNodes(const Table& table) {
    return table.name == "node" || table.name == "duty" || table.name == "scanning" ||
           table.name == "schema_version";
}

TEST_F(CopyState, ComesBackFromPostgresAsItWas) {
    Fill("from");
    ASSERT_TRUE(CopyToPostgres());
    {
        const auto from = Postgres(postgres::Access::kRead);
        const auto into = Sqlite("back");
        const auto copied = Copy(*from, *into).and_then([&] { return into->Commit(); });
        ASSERT_TRUE(copied) << copied.error().message;
    }
    const auto before = Sqlite("from");
    const auto there = Postgres(postgres::Access::kRead);
    const auto back = Sqlite("back");
    for (const auto& table : Tables()) {
        const auto rows = RowsOf(*before, table);
        EXPECT_FALSE(rows.empty()) << table.name << " has no row in filled_state.sql";
        if (BelongsToNodes(table)) {
            continue;
        }
        EXPECT_EQ(RowsOf(*there, table), rows) << table.name;
        EXPECT_EQ(RowsOf(*back, table), rows) << table.name;
    }
    EXPECT_TRUE(std::ranges::count(told_, std::pair<std::string, std::int64_t>{"process", 3}) == 2);
}

TEST_F(CopyState, LeavesOutWhoRunsOnTheDatabase) {
    Fill("from");
    ASSERT_TRUE(CopyToPostgres());
    EXPECT_EQ(
        Ask("SELECT (SELECT count(*) FROM notifications.node) + (SELECT count(*) FROM notifications.duty)"),
        "0"
    );
    EXPECT_EQ(Ask("SELECT count(*) FROM notifications.scanning"), "0");
}

TEST_F(CopyState, GivesNoNumberTwice) {
    Fill("from");  // the newest event and the newest secret were removed again
    ASSERT_TRUE(CopyToPostgres());
    EXPECT_EQ(
        Ask("INSERT INTO notifications.event (id, type, subject, at, data) VALUES ('e', '', '', 1, '') "
            "RETURNING sequence"),
        "4"
    );
    EXPECT_EQ(
        Ask("INSERT INTO notifications.source_secret (source_id, access_key, sealed, added_at) VALUES "
            "('src_1', '', '', 1) "
            "RETURNING number"),
        "3"
    );
    EXPECT_EQ(
        Ask("INSERT INTO notifications.delivery_attempt (delivery_id, number, at, duration_ms, http_status, "
            "error, response) "
            "VALUES ('del_2', 2, 1, 1, 1, '', '') RETURNING sequence"),
        "2"
    );
    EXPECT_EQ(
        Ask("INSERT INTO notifications.audit (at, actor, action, subject, detail) VALUES (1, '', '', '', '') "
            "RETURNING sequence"),
        "2"
    );
    {
        const auto from = Postgres(postgres::Access::kRead);
        const auto into = Sqlite("back");
        ASSERT_TRUE(Copy(*from, *into).and_then([&] { return into->Commit(); }));
    }
    Run("back",
        "DELETE FROM event; INSERT INTO event (id, type, subject, at, data) VALUES ('f', '', '', 1, '')");
    const auto last =
        OpenSqlite("back")->First("SELECT sequence FROM event", [](sql::Row& row) { return row.Integer(); });
    EXPECT_EQ(ValueOf(last), 5);
}

TEST_F(CopyState, KnowsEachColumnOfPostgresWithItsType) {
    static_cast<void>(Postgres(postgres::Access::kWrite));  // makes the schema
    const auto type_of = [](sql::Kind kind) {
        switch (kind) {
            case sql::Kind::kText:
                return "text";
            case sql::Kind::kBytes:
                return "bytea";
            case sql::Kind::kInteger:
                return "bigint";
            case sql::Kind::kReal:
                return "double precision";
        }
        return "";
    };
    std::vector<std::string> columns;
    for (const auto& table : Tables()) {
        for (const auto& column : table.columns) {
            columns.push_back(table.name + "." + column.name + " " + type_of(column.kind));
        }
    }
    std::ranges::sort(columns);
    std::string all;
    for (const auto& column : columns) {
        all += (all.empty() ? "" : ",") + column;
    }
    EXPECT_EQ(
        Ask("SELECT string_agg(c.table_name || '.' || column_name || ' ' || data_type, ',' ORDER BY "
            "(c.table_name || '.' || "
            "column_name || ' ' || data_type) COLLATE \"C\") FROM information_schema.columns c JOIN "
            "information_schema.tables t "
            "ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE "
            "TABLE' "
            "WHERE c.table_schema = 'notifications'"),
        all
    );
}

TEST_F(CopyState, DoesNothingWithoutACommit) {
    Fill("from");
    {
        const auto from = Sqlite("from");
        const auto into = Postgres(postgres::Access::kWrite);
        ASSERT_TRUE(Copy(*from, *into));
    }
    EXPECT_EQ(Ask("SELECT count(*) FROM notifications.item"), "0");
}

/// Loses what is written to one table.
class LosesRows final : public RowStore {
public:
    explicit LosesRows(std::unique_ptr<RowStore> rows) : rows_(std::move(rows)) {}

    Result<void> Read(const Table& table, const copy::TakeRow& take) override {
        return rows_->Read(table, take);
    }

    Result<std::int64_t> LastNumber(const Table& table) override { return rows_->LastNumber(table); }

    Result<void> Write(const Table& table, const copy::GiveRows& give) override {
        return table.name == "appearance" ? give([](std::string_view) { return Result<void>{}; })
                                          : rows_->Write(table, give);
    }

    Result<bool> HasRows(const Table& table) override { return rows_->HasRows(table); }

    Result<void> Clear(const Table& table) override { return rows_->Clear(table); }

    Result<void> GoOnBehind(const Table& table, std::int64_t number) override {
        return rows_->GoOnBehind(table, number);
    }

    [[nodiscard]] bool TakesAnyRow() const noexcept override { return rows_->TakesAnyRow(); }

    Result<void> TryRow(const Table& table, std::string_view row) override {
        return rows_->TryRow(table, row);
    }

    Result<void> Commit() override { return rows_->Commit(); }

private:
    std::unique_ptr<RowStore> rows_;
};

TEST_F(CopyState, FailsWhenNotAllThatWasCopiedIsThere) {
    Fill("from");
    const auto from = Sqlite("from");
    LosesRows into(Sqlite("into"));
    const auto copied = Copy(*from, into);
    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().code, ErrorCode::kInternal);
    EXPECT_NE(copied.error().message.find("1 rows of appearance were copied, 0 are there"), std::string::npos)
        << copied.error().message;
}

TEST_F(CopyState, EndsBetweenRowsWhenItIsStopped) {
    Fill("from");
    stop_->request_stop();
    const auto stopped = CopyToPostgres();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kStopped);
    EXPECT_EQ(Ask("SELECT count(*) FROM notifications.source"), "0");
}

TEST_F(CopyState, AgainFindsThatItIsThere) {
    Fill("from");
    ASSERT_TRUE(CopyToPostgres());
    told_.clear();
    EXPECT_TRUE(CopyToPostgres());
    EXPECT_TRUE(told_.empty());
}

TEST_F(CopyState, IsRefusedWhereAnotherOneIs) {
    Fill("from");
    ASSERT_TRUE(CopyToPostgres());
    Ask("UPDATE notifications.item SET reason = 'another' WHERE id = 'itm_1'");
    const auto refused = CopyToPostgres();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().message.find("of item"), std::string::npos) << refused.error().message;
    EXPECT_EQ(Ask("SELECT reason FROM notifications.item WHERE id = 'itm_1'"), "another");
}

TEST_F(CopyState, NamesTheRowWhoseTextPostgresDoesNotTake) {
    for (const auto* text : {"CAST(x'610062' AS TEXT)", "CAST(x'c328' AS TEXT)"}) {
        Fill("from");
        Run("from", std::string("UPDATE process SET failure_message = ") + text + " WHERE id = 'prc_3'");
        const auto refused = CopyToPostgres();
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(refused.error().message.find("process prc_3: its failure_message"), std::string::npos)
            << refused.error().message;
        std::filesystem::remove(folder_.Path() / "from");
    }
    EXPECT_EQ(Ask("SELECT count(*) FROM notifications.item"), "0");
}

TEST_F(CopyState, CarriesTheCharacterThatStandsForUnknownOnes) {
    Fill("from");
    Run("from", "UPDATE item SET reason = char(65533) || 'x' WHERE id = 'itm_1'");
    ASSERT_TRUE(CopyToPostgres());
    EXPECT_EQ(Ask("SELECT reason FROM notifications.item WHERE id = 'itm_1'"), "\xEF\xBF\xBDx");
}

TEST_F(CopyState, NamesTheRowWhoseKeyDoesNotFitAnIndex) {
    Fill("from");
    Run("from", "UPDATE item SET key = randomblob(4000) WHERE id = 'itm_2'");
    const auto refused = CopyToPostgres();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(refused.error().message.find("item itm_2: "), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("index row size"), std::string::npos) << refused.error().message;
    // one that compresses is no longer in the index than others
    Run("from", "UPDATE item SET key = CAST(printf('%.*c', 4000, 'a') AS BLOB) WHERE id = 'itm_2'");
    EXPECT_TRUE(CopyToPostgres());
}

}  // namespace

}  // namespace notify
