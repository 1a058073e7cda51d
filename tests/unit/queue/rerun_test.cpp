#include "queue/rerun.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "queue/item_control.hpp"
#include "queue/retry_policy.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/result_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class RerunTest : public QueueTest {
protected:
    /// Takes in these keys and lets all that waits end.
    void Work(const Bucket& bucket, const std::vector<std::string>& keys) {
        for (const auto& key : keys) {
            WriteFile(bucket, key, key);
        }
        Scan(bucket);
        StartWorkers();
        for (const auto& item : Items()) {
            EXPECT_TRUE(Eventually([&] { return IsTerminal(Stored(item.id).status); }));
        }
        StopWorkers();
    }

    RerunCounts Run(RerunOrder order) { return RerunBucket(*storage_, clock_, order, "anna", {}).value(); }
};

TEST_F(RerunTest, GivesWhatIsMissingOnceAndLeavesWhatHasAResult) {
    const auto bucket = AddBucket();
    Work(bucket, {"a", "b"});
    EXPECT_EQ(Run({.bucket = bucket.id}).processes, 0);
    AddRule(bucket, "facial-recognition");
    const auto dry = Run({.bucket = bucket.id, .dry_run = true});
    EXPECT_EQ(dry.looked_at, 2);
    EXPECT_EQ(dry.items, 2);
    EXPECT_EQ(dry.processes, 2);
    EXPECT_TRUE(Claim().empty()) << "it only counted";
    const auto run = Run({.bucket = bucket.id, .priority = 7});
    EXPECT_EQ(run.processes, 2);
    for (const auto& item : Items()) {
        const auto processes = ProcessesOf(item.id);
        ASSERT_EQ(processes.size(), 2U);
        EXPECT_EQ(processes.back().processor, "facial-recognition");
        EXPECT_EQ(processes.back().priority, 7);
    }
    const auto again = Run({.bucket = bucket.id});
    EXPECT_EQ(again.processes, 0);
    EXPECT_EQ(again.busy, 2);
}

TEST_F(RerunTest, RunsWhatHasChangedSince) {
    const auto bucket = AddBucket({});
    auto rule = AddRule(bucket, "facial-recognition");
    Work(bucket, {"a"});
    const auto item = Items().at(0);
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged, .dry_run = true}).processes, 0);
    ChangeRule(rule, [](Rule& changed) {
        changed.config = R"({"fps":2})";
        changed.config_hash = "other";
    });
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 1);
    EXPECT_EQ(ProcessesOf(item.id).back().config, R"({"fps":2})");
    EXPECT_EQ(ProcessesOf(item.id).back().run, 1);
}

TEST_F(RerunTest, GivesARuleARunOfItsOwnWhoseRunCameFromARuleThatChangedItsMind) {
    const auto bucket = AddBucket({});
    auto first = AddRule(bucket, "facial-recognition", [](Rule& rule) { rule.priority = 5; });
    const auto second = AddRule(bucket, "facial-recognition");
    Work(bucket, {"a"});
    const auto item = Items().at(0);
    ASSERT_EQ(ProcessesOf(item.id).size(), 1U) << "two rules that choose the same give one process";
    ASSERT_EQ(ProcessesOf(item.id)[0].rule_id, first.id);
    ChangeRule(first, [](Rule& changed) {
        changed.config = R"({"fps":2})";
        changed.config_hash = "other";
    });
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 2);
    Work(bucket, {});
    const auto latest = LatestRuns(ProcessesOf(item.id));
    ASSERT_EQ(latest.size(), 2U);
    EXPECT_EQ(latest[0].rule_id, first.id);
    EXPECT_EQ(latest[1].rule_id, second.id);
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 0);
}

TEST_F(RerunTest, RunsAgainWhatWasChangedBack) {
    const auto bucket = AddBucket({});
    auto rule = AddRule(bucket, "facial-recognition");
    const auto before = rule;
    Work(bucket, {"a"});
    const auto item = Items().at(0);
    const auto change_to = [&](const std::string& config, const std::string& hash) {
        ChangeRule(rule, [&](Rule& changed) {
            changed.config = config;
            changed.config_hash = hash;
        });
        EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 1);
        Work(bucket, {});
        const auto latest = LatestRuns(ProcessesOf(item.id));
        ASSERT_EQ(latest.size(), 1U) << "a rule wants one configuration at a time";
        EXPECT_EQ(latest[0].config, config);
    };
    change_to(R"({"fps":2})", "other");
    change_to(before.config, before.config_hash);
    EXPECT_EQ(LatestRuns(ProcessesOf(item.id)).at(0).run, 2);
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 0);
}

TEST_F(RerunTest, RunsWhatAnotherVersionOfTheProcessorDid) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a");
    const auto process = Claim().at(0).processes.at(0);
    StoredResult result;
    result.id = ResultId("res_1");
    result.lineage_key = "of an old version";
    result.processor = "checksum";
    result.processor_version = "0";
    result.document = "{}";
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.results.AddOrGet(result).and_then([&](const ResultId& id) {
            return transaction.processes.UpdateHeld(Completed(process, id, clock_.Now()));
        });
    }));
    EXPECT_EQ(Run({.bucket = bucket.id}).processes, 0) << "nothing is missing";
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kChanged}).processes, 1);
    EXPECT_EQ(ProcessesOf(item.id).back().run, 2);
}

TEST_F(RerunTest, ForcesEverythingOfTheProcessorsThatAreNamed) {
    const auto bucket = AddBucket({"checksum", "facial-recognition"});
    Work(bucket, {"a"});
    const auto item = Items().at(0);
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kForce, .processors = {"checksum"}}).processes, 1);
    const auto processes = ProcessesOf(item.id);
    ASSERT_EQ(processes.size(), 3U);
    EXPECT_EQ(processes.back().processor, "checksum");
    EXPECT_EQ(processes.back().run, 2);
    EXPECT_EQ(Stored(item.id).status, Status::kPending);
}

TEST_F(RerunTest, LeavesTheBaselineAndWhatWasCancelledAloneUnlessToldOtherwise) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.options.backlog.policy = BacklogPolicy::kIgnore; });
    ASSERT_TRUE(intake_->Take(
        bucket, {{.key = "old", .version = "1", .modified_at = bucket.created_at - std::chrono::hours(1)}}
    ));
    ASSERT_TRUE(intake_->Take(bucket, {{.key = "new", .version = "1", .modified_at = bucket.created_at}}));
    ItemControl control(*storage_, clock_, [](const ProcessId&) {});
    for (const auto& item : Items()) {
        if (item.key == "new") {
            ASSERT_TRUE(control.Cancel(item.id, "anna"));
        }
    }
    const auto missing = Run({.bucket = bucket.id});
    EXPECT_EQ(missing.processes, 0);
    EXPECT_EQ(missing.set_aside, 1);
    EXPECT_EQ(Run({.bucket = bucket.id, .mode = RerunMode::kForce, .dry_run = true}).items, 1);
    const auto all = Run({.bucket = bucket.id, .mode = RerunMode::kForce, .baseline = true});
    EXPECT_EQ(all.items, 2);
    EXPECT_EQ(all.processes, 2);
}

TEST_F(RerunTest, SaysThatThereIsNoSuchBucket) {
    const auto refused =
        RerunBucket(*storage_, clock_, {.bucket = BucketId("bkt_none"), .dry_run = true}, "anna", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace notify::testing
