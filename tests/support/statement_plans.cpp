// Whatever the suite asks SQLite for is looked at once more: a statement that goes through a whole table must
// be one of those that may. What takes a moment beside ten rows takes minutes beside ten million.

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "core/base64.hpp"
#include "core/random.hpp"
#include "core/secret_box.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/set_clock.hpp"

namespace notify::testing {

namespace {

/// Steps that look at few rows, however large the table is.
constexpr auto kShortSteps = std::to_array<std::string_view>({
    "SCAN CONSTANT ROW",
    "SCAN (subquery",
    "USING INDEX process_held",  // in whole: what is being processed
    "USING INDEX delivery_held",
    "USING INDEX appearance_proposed",  // pages of it, in its order
    "USING INDEX relabel_wanted_by_time",
});

/// Tables that stay small: what people set up, one row of a kind, counts.
constexpr auto kSmall = std::to_array<std::string_view>(
    {"api_key",
     "delivery_count",
     "duty",
     "endpoint",
     "erasure",
     "event_state",
     "face_state",
     "gallery_version",
     "node",
     "pause",
     "process_count",
     "rule",
     "scan_wanted",
     "source"}
);

/// Parts of statements that may go through a table, white space squeezed.
constexpr auto kMayScan = std::to_array<std::string_view>({
    // tables of what people set up
    "FROM bucket b JOIN source s",
    "UPDATE erasure SET done_at",
    "FROM emptied_result ORDER BY",
    // lists by pages: the order is an index's, and the page's end ends it
    "FROM item WHERE (?1 = ''",
    "FROM delivery WHERE (?1 = ''",
    "FROM dead_message WHERE (?1 = ''",
    "FROM audit WHERE ?1 = 0",
    "FROM people_edit WHERE (?1 = 0",
    "FROM appearance a JOIN person p ON p.id = a.person_id JOIN person r ON r.id = p.root WHERE (?1 = ''",
    "DELETE FROM event WHERE sequence IN",
    "count(*) FROM event e WHERE sequence < coalesce",  // of those that may go, as the one before
    // what was chosen by an index before, or is bounded by a LIMIT
    "WITH RECURSIVE found (endpoint_id)",
    "WITH again AS",
    "LIMIT 200) AS newest",
    "LIMIT 100000) AS p",
    "ORDER BY v.anchor LIMIT 300) AS t",
    "LIMIT ?) AS counted",
    "DELETE FROM backlog_given WHERE at",  // holds one day
    // for /metrics: deliveries by a CostlyCount, else what waits
    "SELECT kind, status, count(*) FROM delivery GROUP BY",
    "count(*) FROM dead_message WHERE replayed_at IS NULL",
    "FROM news GROUP BY kind",
    "min(created_at) FROM process WHERE status = 'Pending'",
    // everybody who is known
    "FROM person ORDER BY name IS NULL",
    "FROM person r JOIN person q ON q.root = r.id WHERE r.name IS NOT NULL",
    "FROM enrolment_photo WHERE person_id IS NOT NULL ORDER BY",
    "SELECT person_id, count(*) AS faces FROM track_verdict GROUP BY person_id",  // by a covering index
    // the projection in whole: to compare it with the edits
    "FROM person ORDER BY id",
    "FROM track_verdict ORDER BY anchor",
    // somebody is erased: a name may be anywhere
    "DELETE FROM kept_answer WHERE instr",
    "UPDATE people_edit SET said = NULL",
    "FROM track_verdict WHERE not_these LIKE",
    // each hour, beside writers
    "SELECT sha256 FROM artifact_row o",
    "DELETE FROM artifact_released WHERE at",
    // of tests
    "INSERT INTO process (id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, "
    "status, since, priority, attempt, max_attempts, crashes, rescues, releases, pauses, alone, "
    "next_attempt_at, lease_owner, fence, progress",
    "INSERT INTO item (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, "
    "status, since, "
    "blocked_by, reason_code, reason, discovered_at, left_at",
    "FROM item;",
    "FROM sqlite_master",
    "FROM sqlite_schema",
});

/// The statements of this process.
struct Statements {
    std::mutex mutex;
    std::set<std::string> texts;
};

Statements& Asked() {
    static Statements statements;
    return statements;
}

std::string Squeezed(std::string_view text) {
    std::string squeezed;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n';
        if (!space) {
            squeezed += c;
        } else if (!squeezed.empty() && squeezed.back() != ' ') {
            squeezed += ' ';
        }
    }
    return squeezed;
}

int Note(unsigned int /*event*/, void* /*context*/, void* /*statement*/, void* text) {
    const std::string_view sql(static_cast<const char*>(text));
    if (!sql.starts_with("--")) {  // of a trigger
        auto& asked = Asked();
        const std::lock_guard lock(asked.mutex);
        asked.texts.insert(Squeezed(sql));
    }
    return 0;
}

int Watch(sqlite3* database, const char** /*error*/, const sqlite3_api_routines* /*routines*/) {
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, Note, nullptr);
}

bool IsScan(std::string_view step) {
    constexpr std::string_view kScan = "SCAN ";
    if (step.find("USING AUTOMATIC") != std::string_view::npos) {
        return true;  // an index that is made of the table for this once
    }
    if (!step.starts_with(kScan)) {
        return false;
    }
    const auto table = step.substr(kScan.size(), step.find(' ', kScan.size()) - kScan.size());
    return std::ranges::find(kSmall, table) == kSmall.end() &&
           std::ranges::none_of(kShortSteps, [&](std::string_view part) {
               return step.find(part) != std::string_view::npos;
           });
}

/// Steps of its plan that go through a whole table, a line each; nothing of a statement that has no plan.
std::string ScansOf(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    std::string scans;
    if (sqlite3_prepare_v2(database, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr) !=
        SQLITE_OK) {
        return scans;  // PRAGMA, BEGIN, a table of the test's own
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const std::string_view step(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
        if (IsScan(step)) {
            scans += std::string(step) + "\n";
        }
    }
    sqlite3_finalize(statement);
    return scans;
}

bool MayScan(std::string_view sql) {
    return std::ranges::any_of(kMayScan, [&](std::string_view part) {
        return sql.find(part) != std::string_view::npos;
    });
}

class StatementPlans final : public ::testing::Environment {
public:
    void SetUp() override { sqlite3_auto_extension(reinterpret_cast<void (*)()>(Watch)); }

    void TearDown() override {
        sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(Watch));
        const auto folder = std::filesystem::temp_directory_path() / ("plans-" + ToHex(RandomBytes(8)));
        std::filesystem::create_directories(folder);
        const auto box = SecretBox::Open(folder / "key").value();
        const SetClock clock;
        const auto storage = OpenSqliteStorage(folder / "database", box, clock).value();
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open((folder / "database").c_str(), &database), SQLITE_OK);
        EXPECT_NE(ScansOf(database, "SELECT * FROM item"), "") << "this check would notice";
        for (const auto& sql : Asked().texts) {
            const auto scans = ScansOf(database, sql);
            const bool may_be = MayScan(sql) && scans.find("AUTOMATIC") == std::string::npos;
            EXPECT_TRUE(scans.empty() || may_be) << sql << "\n" << scans;
        }
        sqlite3_close(database);
        std::filesystem::remove_all(folder);
    }
};

[[maybe_unused]] const auto* const kPlans = ::testing::AddGlobalTestEnvironment(new StatementPlans);

}  // namespace

}  // namespace notify::testing
