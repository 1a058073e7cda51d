#include "queue/intake.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "queue/retry_policy.hpp"
#include "sources/objects/faults.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using Types = std::vector<std::string>;

class IntakeTest : public QueueTest {
protected:
    int Take(const Bucket& bucket, const std::vector<FoundObject>& objects) {
        return intake_->Take(bucket, objects).value();
    }
};

FoundObject Object(std::string key, std::string version = "1") {
    return {.key = std::move(key), .version = std::move(version), .size_bytes = 7};
}

TEST_F(IntakeTest, MakesAnItemWithAProcessForEachProcessorOfTheBucket) {
    const auto bucket = AddBucket({"checksum", "facial-recognition"});
    EXPECT_EQ(Take(bucket, {Object("a.mp4")}), 1);
    const auto item = Items().at(0);
    EXPECT_EQ(item.status, Status::kPending);
    EXPECT_EQ(item.blocked_by, BlockedBy::kSlot);
    EXPECT_EQ(item.size_bytes, 7U);
    const auto processes = ProcessesOf(item.id);
    ASSERT_EQ(processes.size(), 2U);
    for (const auto& process : processes) {
        EXPECT_EQ(process.status, Status::kPending);
        EXPECT_EQ(process.bucket_id, bucket.id);
        EXPECT_EQ(process.run, 1);
    }
    EXPECT_EQ(Events(item.id.Value()), Types{"item.discovered"});
}

TEST_F(IntakeTest, TakesTheSameVersionOnce) {
    const auto bucket = AddBucket();
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.mp4")}), 2);
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.mp4"), Object("b.mp4")}), 0);
    EXPECT_EQ(Items().size(), 2U);
    EXPECT_EQ(Count("item.discovered"), 2);
}

TEST_F(IntakeTest, LooksAtOnceAtWhatWaitsForARestoredObject) {
    const auto bucket = AddBucket({"checksum"});
    const auto waits = [&](const std::string& key, const Error& error) {
        EXPECT_EQ(Take(bucket, {Object(key)}), 1);
        const auto claim = Claim().at(0);
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            const auto after = AfterFailure(claim.processes.at(0), error, CrashKind::kNone, clock_.Now());
            return transaction.processes.UpdateHeld(after).and_then([&](bool) {
                return RefreshItem(transaction, claim.item.id, clock_.Now());
            });
        }));
        return claim.item.id;
    };
    const auto archived = waits("a.mxf", objects::ArchivedFault({.key = "a.mxf"}));
    const auto restoring = waits("b.mxf", objects::RestoringFault({.key = "b.mxf"}));
    const auto not_ready = waits(
        "d.mxf", objects::Fault(ErrorCode::kThrottled, objects::kMediaNotReady, "its proxy is not there")
    );
    const auto busy = waits("c.mxf", {.code = ErrorCode::kThrottled, .message = "busy"});
    for (const auto& [key, id] :
         {std::pair("a.mxf", archived), std::pair("b.mxf", restoring), std::pair("d.mxf", not_ready)}) {
        EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kRetryDelay);
        EXPECT_EQ(intake_->TakeRestored(bucket.id, key).value(), 1);
        EXPECT_EQ(OnlyProcess(id).next_attempt_at, clock_.Now());
        EXPECT_EQ(OnlyProcess(id).attempt, 0);
        EXPECT_EQ(OnlyProcess(id).pauses, 0);
        EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kSlot);
        EXPECT_EQ(intake_->TakeRestored(bucket.id, key).value(), 0) << "once";
    }
    EXPECT_EQ(intake_->TakeRestored(bucket.id, "c.mxf").value(), 0) << "it waits for something else";
    EXPECT_GT(OnlyProcess(busy).next_attempt_at, clock_.Now());
    EXPECT_EQ(intake_->TakeRestored(bucket.id, "nothing.mxf").value(), 0);
}

TEST_F(IntakeTest, LeavesOutWhatWeWroteOurselves) {
    const auto bucket = AddBucket();
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.buckets.NoteOwnObject(bucket.id, "a.mp4.notifications.json", clock_.Now());
    }));
    EXPECT_EQ(Take(bucket, {Object("a.mp4.notifications.json")}), 0);
    EXPECT_TRUE(Items().empty());
}

TEST_F(IntakeTest, SkipsAtOnceWhatCanNeverBeProcessed) {
    const auto bucket = AddBucket();
    auto object = Object("link.mp4");
    object.skip_code = "link_outside";
    object.skip_reason = "it leads out";
    EXPECT_EQ(Take(bucket, {object}), 1);
    const auto item = Items().at(0);
    EXPECT_EQ(item.status, Status::kSkipped);
    EXPECT_EQ(item.reason_code, "link_outside");
    EXPECT_EQ(item.reason, "it leads out");
    EXPECT_EQ(item.blocked_by, BlockedBy::kNothing);
    EXPECT_TRUE(ProcessesOf(item.id).empty());
    EXPECT_EQ(Events(item.id.Value()), (Types{"item.discovered", "item.skipped"}));
    EXPECT_EQ(Take(bucket, {object}), 0);
}

TEST_F(IntakeTest, SaysThatNoProcessorIsChosen) {
    const auto bucket = AddBucket({});
    EXPECT_EQ(Take(bucket, {Object("a.mp4")}), 1);
    const auto item = Items().at(0);
    EXPECT_EQ(item.status, Status::kSkipped);
    EXPECT_EQ(item.reason_code, "no_rule");
    EXPECT_NE(item.reason, "");
}

TEST_F(IntakeTest, UsesTheRulesAsTheyAreNow) {
    const auto bucket = AddBucket({});
    auto rule = AddRule(bucket, "checksum");
    ChangeRule(rule, [](Rule& changed) { changed.enabled = false; });
    EXPECT_EQ(Take(bucket, {Object("a.mp4")}), 1);
    EXPECT_EQ(Items().at(0).reason_code, "no_rule");
    EXPECT_NE(Items().at(0).reason.find("disabled"), std::string::npos) << Items().at(0).reason;
}

TEST_F(IntakeTest, GivesAnItemAProcessOfEachRuleThatTakesItsPath) {
    const auto bucket = AddBucket({});
    const auto all = AddRule(bucket, "checksum", [](Rule& rule) { rule.media_types = {"video/*"}; });
    AddRule(bucket, "facial-recognition", [](Rule& rule) {
        rule.path_glob = "films/**";
        rule.priority = 5;
    });
    EXPECT_EQ(Take(bucket, {Object("films/a.mp4"), Object("b.mp4")}), 2);
    for (const auto& item : Items()) {
        const auto processes = ProcessesOf(item.id);
        ASSERT_EQ(processes.size(), item.key == "b.mp4" ? 1U : 2U);
        const auto found = std::ranges::find(processes, "checksum", &Process::processor);
        ASSERT_NE(found, processes.end());
        EXPECT_EQ(found->rule_id, all.id);
        EXPECT_EQ(found->media_types, std::vector<std::string>{"video/*"});
    }
}

TEST_F(IntakeTest, SaysThatNoRuleTakesAPath) {
    const auto bucket = AddBucket({});
    AddRule(bucket, "checksum", [](Rule& rule) { rule.path_glob = "*.mov"; });
    EXPECT_EQ(Take(bucket, {Object("a.mp4")}), 1);
    EXPECT_EQ(Items().at(0).status, Status::kSkipped);
    EXPECT_EQ(Items().at(0).reason, "no rule of bucket 'in' takes this path");
}

TEST_F(IntakeTest, FollowsTheRulesOfTheSourceToo) {
    const auto bucket = AddBucket({});
    AddRule(bucket, "checksum", [](Rule& rule) {
        rule.bucket_id = BucketId();
        rule.source_id = SourceId("src_1");
    });
    EXPECT_EQ(Take(bucket, {Object("a.mp4")}), 1);
    EXPECT_EQ(Items().at(0).status, Status::kPending);
}

TEST_F(IntakeTest, TakesUpWhatWasSkippedForWantOfARuleOnceThereIsOne) {
    const auto bucket = AddBucket({});
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.txt")}), 2);
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.txt")}), 0);
    clock_.Advance(std::chrono::seconds(1));
    AddRule(bucket, "checksum", [](Rule& rule) { rule.path_glob = "*.mp4"; });
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.txt")}), 1);
    ASSERT_EQ(Items().size(), 2U);
    for (const auto& item : Items()) {
        EXPECT_EQ(item.status, item.key == "a.mp4" ? Status::kPending : Status::kSkipped);
        EXPECT_EQ(ProcessesOf(item.id).size(), item.key == "a.mp4" ? 1U : 0U);
    }
    EXPECT_EQ(Take(bucket, {Object("a.mp4"), Object("b.txt")}), 0);
}

TEST_F(IntakeTest, RunsAgainWhatItsRuleDidNotTakeOnceTheRuleDoes) {
    const auto bucket = AddBucket({});
    auto rule = AddRule(bucket, "checksum", [](Rule& made) { made.media_types = {"image/*"}; });
    clock_.Advance(std::chrono::seconds(1));
    WriteFile(bucket, "a.mp4");
    EXPECT_EQ(Scan(bucket), 1);
    const auto id = Items().at(0).id;
    runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        Error unfit{.code = ErrorCode::kUnsupported, .stage = "probe", .reason = "no_rule"};
        unfit.message = "the item is video/mp4; its rule takes image/*";
        observer.outcome({.id = job.processes.at(0).id, .document = Unexpected(unfit)});
        return {};
    });
    StartWorkers();
    EXPECT_TRUE(Becomes(id, Status::kSkipped));
    EXPECT_EQ(Stored(id).reason_code, "no_rule");
    StopWorkers();
    EXPECT_EQ(Scan(bucket), 0);
    clock_.Advance(std::chrono::seconds(1));
    ChangeRule(rule, [](Rule& changed) { changed.media_types.clear(); });
    EXPECT_EQ(Scan(bucket), 1);
    EXPECT_EQ(Stored(id).status, Status::kPending);
    const auto processes = ProcessesOf(id);
    ASSERT_EQ(processes.size(), 2U);
    EXPECT_EQ(processes[1].run, 2);
    EXPECT_TRUE(processes[1].media_types.empty());
}

TEST_F(IntakeTest, SkipsTheWaitingProcessesOfAVersionThatWasReplaced) {
    const auto bucket = AddBucket();
    Take(bucket, {Object("a.mp4", "1"), Object("b.mp4", "1")});
    const auto old =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, "a.mp4"); })
            .value()
            .value();
    EXPECT_EQ(Take(bucket, {Object("a.mp4", "2")}), 1);
    EXPECT_EQ(Stored(old.id).status, Status::kSkipped);
    EXPECT_EQ(Stored(old.id).reason_code, "superseded");
    EXPECT_EQ(Events(old.id.Value()), (Types{"item.discovered", "process.skipped", "item.skipped"}));
    int pending = 0;
    for (const auto& item : Items()) {
        pending += item.status == Status::kPending ? 1 : 0;
    }
    EXPECT_EQ(pending, 2);
}

TEST_F(IntakeTest, AsksARunningProcessOfAReplacedVersionToStop) {
    const auto bucket = AddBucket();
    Take(bucket, {Object("a.mp4", "1")});
    const auto claimed = Claim().at(0);
    Take(bucket, {Object("a.mp4", "2")});
    const auto process = Stored(claimed.processes.at(0).id);
    EXPECT_EQ(process.status, Status::kProcessing);
    EXPECT_TRUE(process.cancel_requested);
    EXPECT_EQ(process.fence, claimed.processes.at(0).fence);
}

TEST_F(IntakeTest, TakesAVersionThatComesBackAsTheNewestAgain) {
    const auto bucket = AddBucket();
    Take(bucket, {Object("a.mp4", "1")});
    const auto first = Items().at(0).id;
    EXPECT_EQ(Take(bucket, {Object("a.mp4", "2")}), 1);
    EXPECT_EQ(Take(bucket, {Object("a.mp4", "1")}), 1);
    EXPECT_EQ(Take(bucket, {Object("a.mp4", "1")}), 0);
    const auto items = Items();
    ASSERT_EQ(items.size(), 3U);
    for (const auto& item : items) {
        const bool is_newest = item.version == "1" && item.id != first;
        EXPECT_EQ(item.status, is_newest ? Status::kPending : Status::kSkipped) << item.version;
        EXPECT_EQ(ProcessesOf(item.id).size(), 1U);
    }
}

TEST_F(IntakeTest, KeepsKeysThatAreNoUtf8) {
    const auto bucket = AddBucket();
    const std::string key = "cam\xff\xfe.mp4";
    EXPECT_EQ(Take(bucket, {Object(key)}), 1);
    EXPECT_EQ(Take(bucket, {Object(key)}), 0);
    EXPECT_EQ(Items().at(0).key, key);
}

}  // namespace
}  // namespace notify::testing
