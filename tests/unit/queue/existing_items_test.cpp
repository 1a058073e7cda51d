#include "queue/existing_items.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class ExistingItemsTest : public QueueTest {
protected:
    /// Takes in these keys and lets them end Completed.
    std::vector<Item> Completed(const Bucket& bucket, const std::vector<std::string>& keys) {
        for (const auto& key : keys) {
            WriteFile(bucket, key, key);
        }
        EXPECT_EQ(Scan(bucket), static_cast<int>(keys.size()));
        Work();
        return Items();
    }

    /// Lets all that waits end.
    void Work() {
        StartWorkers();
        for (const auto& item : Items()) {
            EXPECT_TRUE(Eventually([&] { return IsTerminal(Stored(item.id).status); }));
        }
        StopWorkers();
    }

    Result<int> Apply(const Rule& rule) { return ApplyToExisting(*storage_, clock_, rule.id, "anna", {}); }
};

TEST_F(ExistingItemsTest, GiveEachItemThatNeverHadItTheRulesChoiceOnce) {
    const auto bucket = AddBucket();
    std::vector<std::string> keys;
    keys.reserve(230);
    for (int i = 0; i < 230; ++i) {  // more than two batches
        keys.push_back("a" + std::to_string(i) + (i % 2 == 0 ? ".mp4" : ".txt"));
    }
    Completed(bucket, keys);
    const auto rule = AddRule(bucket, "facial-recognition", [](Rule& wanted) { wanted.path_glob = "*.mp4"; });
    EXPECT_EQ(Apply(rule).value(), 115);
    EXPECT_EQ(Apply(rule).value(), 0);
    EXPECT_EQ(Claim(300).size(), 115U);
    const auto audit = storage_->Read([](const Snapshot& snapshot) { return snapshot.keys.Audit({}); });
    EXPECT_EQ(audit.value().rows.at(0).action, "rule.apply");
    EXPECT_EQ(audit.value().rows.at(0).actor, "anna");
}

TEST_F(ExistingItemsTest, AreCompletedAgainAndTold) {
    const auto bucket = AddBucket();
    const auto item = Completed(bucket, {"a.mp4"}).at(0);
    const auto rule = AddRule(bucket, "facial-recognition");
    EXPECT_EQ(Apply(rule).value(), 1);
    EXPECT_EQ(Stored(item.id).status, Status::kPending);
    Work();
    EXPECT_EQ(Stored(item.id).status, Status::kCompleted);
    EXPECT_EQ(Count("item.completed"), 2);
    EXPECT_EQ(ProcessesOf(item.id).back().rule_id, rule.id);
}

TEST_F(ExistingItemsTest, OfAllBucketsOfItsSourceAreTaken) {
    Completed(AddBucket({"checksum"}, "one"), {"a.mp4"});
    const auto two = AddBucket({"checksum"}, "two");
    WriteFile(two, "b.mp4");
    Scan(two);
    const auto rule = AddRule(two, "facial-recognition", [](Rule& wanted) {
        wanted.bucket_id = {};
        wanted.source_id = SourceId("src_1");
    });
    EXPECT_EQ(Apply(rule).value(), 2) << "what still waits would not get it either";
}

TEST_F(ExistingItemsTest, OfOldVersionsAndThoseThatWereCancelledAreLeft) {
    const auto bucket = AddBucket();
    Completed(bucket, {"a.mp4"});
    clock_.Advance(std::chrono::seconds(5));
    WriteFile(bucket, "a.mp4", "another version");
    ASSERT_EQ(Scan(bucket), 1);
    Work();
    const auto stopped = Discover(bucket, "stopped.mp4");
    ASSERT_TRUE(ItemControl(*storage_, clock_, [](const ProcessId&) {}).Cancel(stopped.id, "anna"));
    const auto rule = AddRule(bucket, "facial-recognition");
    EXPECT_EQ(Apply(rule).value(), 1);
    EXPECT_EQ(Stored(stopped.id).status, Status::kCancelled);
}

TEST_F(ExistingItemsTest, StayAsTheyAreForADisabledRuleAndAfterAStop) {
    const auto bucket = AddBucket();
    const auto item = Completed(bucket, {"a.mp4"}).at(0);
    auto rule = AddRule(bucket, "facial-recognition");
    const std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(
        ApplyToExisting(*storage_, clock_, rule.id, "anna", stop.get_token()).error().code,
        ErrorCode::kStopped
    );
    ChangeRule(rule, [](Rule& changed) { changed.enabled = false; });
    EXPECT_EQ(Apply(rule).error().code, ErrorCode::kConflict);
    rule.id = RuleId("rul_none");
    EXPECT_EQ(Apply(rule).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(Stored(item.id).status, Status::kCompleted);
}

}  // namespace
}  // namespace notify::testing
