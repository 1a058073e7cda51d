// That what is old is found by an index, however much else there is.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "servers/postgres.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/sql/old_statements.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::testing {

namespace {

// 100,000 items with a run and a line of history each: of 100 the object left, 100 ran twice
constexpr const char* kFillSql = R"sql(
    INSERT INTO source VALUES ('src', 'local', 'src', '{}', 0, 1);
    INSERT INTO bucket (id, source_id, name, location, active, scan_interval_ms, settle_time_ms, include_globs,
                        exclude_globs, publish, weight, max_in_flight, options, created_at, last_scan_note)
    VALUES ('bck', 'src', 'in', 'in', 1, 1, 0, '[]', '[]', 1, 1, 0, '{}', 1, '');
    INSERT INTO item (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since,
                      blocked_by, reason_code, reason, discovered_at, left_at, state_version, generation)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    SELECT 'itm_' || i, 'bck', CAST('key ' || i AS @BYTES@), '1', 1, 1, '', '', 'Completed', i, 'nothing', '', '', 1,
           CASE WHEN i % 1000 = 0 THEN i END, 1, 1 FROM n;
    INSERT INTO item_change (item_id, number, at, status, process_id, attempt, reason_code, reason)
    SELECT id, 1, since, 'Pending', '', 0, '', '' FROM item;
    INSERT INTO process (id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since,
                         priority, attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at,
                         lease_owner, fence, progress, cancel_requested, failure_code, failure_stage, failure_reason,
                         failure_message, failure_will_retry, created_at, finished_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100100)
    SELECT 'prc_' || i, 'itm_' || (1 + (i - 1) % 100000), 'bck', 'checksum', '{}', 'h', '', '[]',
           1 + (i - 1) / 100000, 'Skipped', i, 0, 0, 5, 0, 0, 0, 0, 0, 1, '', 1, 1, 0, '', '', '', '', 0, i, i FROM n;
    ANALYZE;)sql";

std::string TextOf(sql::Row& row) {
    return row.Text();
}

std::string StepOf(sql::Row& row) {
    for (int column = 0; column < 3; ++column) {
        static_cast<void>(row.Integer());  // ids of the step
    }
    return row.Text();
}

class OldPlans : public Conformance {
protected:
    void SetUp() override {
        if (GetParam()->Name() == "Sqlite") {
            connection_ = sqlite::Connection::Open(folder_ / "database", sqlite::Access::kWrite).value();
            return;
        }
        const auto name = folder_.filename().string();
        auto connection = postgres::Connection::Open(PostgresOfTests().DatabaseOf(name)).value();
        connection->WaitForEver(true);
        connection_ = std::move(connection);
        // as in transactions that write: storage/postgres/session.cpp
        ASSERT_TRUE(connection_->Execute(
            "SET search_path TO notifications; SET enable_seqscan = off; SET enable_hashjoin = off; "
            "SET enable_mergejoin = off"
        ));
    }

    [[nodiscard]] bool IsSqlite() const { return GetParam()->Name() == "Sqlite"; }

    void Fill() {
        std::string sql = kFillSql;
        sql.replace(sql.find("@BYTES@"), 7, IsSqlite() ? "BLOB" : "BYTEA");
        const auto filled = connection_->Execute(sql);
        ASSERT_TRUE(filled) << filled.error().message;
    }

    /// How the database would go through the statement, unless by `index` and never through a whole table.
    template <class... Values>
    std::string WorsePlanOf(const char* statement, const std::string& index, const Values&... values) {
        const auto explain = (IsSqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + std::string(statement);
        const auto steps =
            ValueOf(connection_->Select(explain.c_str(), IsSqlite() ? StepOf : TextOf, values...));
        EXPECT_GT(steps.size(), 5U);
        bool scans = false;
        std::string plan;
        for (const auto& step : steps) {
            plan += step + "\n";
            scans = scans || (step.starts_with("SCAN ") && step != "SCAN n") ||
                    step.find("Seq Scan") != std::string::npos;
        }
        const auto by = (IsSqlite() ? "USING INDEX " : "Index Scan using ") + index + " ";
        return scans || plan.find(by) == std::string::npos ? plan : "";
    }

    std::unique_ptr<sql::Connection> connection_;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, OldPlans, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(OldPlans, LookAtNoMoreThanABatchBesideAHundredThousandRows) {
    Fill();
    const Timestamp latest = FromMillis(100'101);
    const Timestamp from{};
    EXPECT_EQ(WorsePlanOf(sql::kLeftSql, "item_left", latest, latest, latest, from, "", 200), "");
    EXPECT_EQ(WorsePlanOf(sql::kFollowedSql, "process_again", latest, latest, latest, from, "", 200), "");
    EXPECT_EQ(WorsePlanOf(sql::kPastChangesSql, "process_again", latest, from, "", 200), "");
    const auto left = Read([&](const Snapshot& snapshot) {
        return snapshot.items.Left({.done = latest, .failed = latest}, {}, 200);
    });
    EXPECT_EQ(left.rows.size(), 100U);
    EXPECT_FALSE(left.next);
    const auto followed = Read([&](const Snapshot& snapshot) {
        return snapshot.processes.Followed({.done = latest, .failed = latest}, {}, 200);
    });
    EXPECT_EQ(followed.rows.size(), 100U);
}

TEST_P(OldPlans, FindWhatRefersToWhatIsForgottenByAnIndex) {
    const sql::Sql unindexed{
        .sqlite = R"sql(
        SELECT m.name || '.' || f."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table' AND f."table" IN ('item', 'process', 'result')
          AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
                          WHERE i.seqno = 0 AND i.name = f."from"))sql",
        .postgres = R"sql(
        SELECT c.conrelid::regclass::text || '.' || a.attname
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid::regclass::text IN ('item', 'process', 'result')
          AND NOT EXISTS (SELECT 1 FROM pg_index i
                          WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]))sql"
    };
    EXPECT_EQ(ValueOf(connection_->Select(unindexed, TextOf)), std::vector<std::string>{});
}

}  // namespace

}  // namespace notify::testing
