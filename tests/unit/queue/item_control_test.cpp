#include "queue/item_control.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/process_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class ItemControlTest : public QueueTest {
protected:
    Item Completed(const Bucket& bucket, const std::string& key) {
        const auto item = Discover(bucket, key);
        StartWorkers();
        EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
        StopWorkers();
        return Stored(item.id);
    }

    std::vector<std::string> Audited() {
        const auto page = storage_->Read([](const Snapshot& snapshot) { return snapshot.keys.Audit({}); });
        std::vector<std::string> lines;
        for (const auto& entry : page.value().rows) {
            lines.push_back(entry.actor + " " + entry.action + " " + entry.subject);
        }
        return lines;
    }

    std::vector<std::string> WhyOf(const ItemId& id) {
        const auto item = Stored(id);
        const auto bucket =
            storage_->Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(item.bucket_id); });
        return Why(item, ProcessesOf(id), standstill_, bucket.value(), clock_.Now());
    }

    std::optional<Standstill> standstill_;
    std::vector<ProcessId> asked_;
    ItemControl control_{*storage_, clock_, [this](const ProcessId& id) { asked_.push_back(id); }};
};

TEST_F(ItemControlTest, SaysThatNothingMovesBeforeWhatWouldBeTrueOtherwise) {
    const auto item = Discover(AddBucket(), "a.mp4");
    EXPECT_NE(WhyOf(item.id).at(0).find("waits for a free worker"), std::string::npos);
    standstill_ = Standstill{.sentence = "the service is not running"};
    EXPECT_EQ(WhyOf(item.id), (std::vector<std::string>{"the service is not running", "checksum waits"}));
    ASSERT_EQ(Claim().size(), 1U);
    EXPECT_EQ(WhyOf(item.id).at(1), "checksum had begun; it goes on, or runs again");
}

TEST_F(ItemControlTest, SaysNothingOfAStandstillWhenAnItemHasEnded) {
    const auto item = Completed(AddBucket(), "a.mp4");
    standstill_ = Standstill{.sentence = "the service is not running"};
    const auto why = WhyOf(item.id);
    ASSERT_EQ(why.size(), 1U);
    EXPECT_NE(why[0].find("checksum completed at"), std::string::npos);
}

TEST_F(ItemControlTest, RunsAnEndedItemAgain) {
    const auto item = Completed(AddBucket({"checksum", "facial-recognition"}), "a.mp4");
    EXPECT_EQ(control_.Rerun(item.id, "anna").value(), 2);
    EXPECT_EQ(Stored(item.id).status, Status::kPending);
    EXPECT_EQ(ProcessesOf(item.id).size(), 4U);
    EXPECT_EQ(Audited(), std::vector{"anna item.rerun " + item.id.Value()});
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    EXPECT_EQ(Count("item.completed"), 2);
    for (const auto& process : ProcessesOf(item.id)) {
        EXPECT_EQ(process.status, Status::kCompleted);
    }
}

TEST_F(ItemControlTest, RunsAnItemThatHadNoProcessorWithThoseThatAreChosenNow) {
    auto bucket = AddBucket({});
    const auto item = Discover(bucket, "a.mp4");
    ASSERT_EQ(Stored(item.id).reason_code, "no_rule");
    const auto none = control_.Rerun(item.id, "anna");
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().code, ErrorCode::kConflict);
    EXPECT_NE(none.error().message.find("no processor"), std::string::npos);
    AddRule(bucket, "checksum");
    EXPECT_EQ(control_.Rerun(item.id, "anna").value(), 1);
    EXPECT_EQ(Stored(item.id).status, Status::kPending);
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(Stored(item.id).reason_code, "");
}

TEST_F(ItemControlTest, LooksAgainAtAFileThatCouldNotBeRead) {
    const auto bucket = AddBucket();
    WriteFile(bucket, "a.mp4");
    FoundObject seen;
    ASSERT_TRUE(sources_->Find("local").value()->Scan(
        {.bucket = bucket, .start_after = {}},
        [&](FoundObject object) -> Result<void> {
            seen = std::move(object);
            return {};
        },
        {}
    ));
    seen.skip_code = "unreadable";
    seen.skip_reason = "the service may not read this file";
    EXPECT_EQ(intake_->Take(bucket, {seen}).value(), 1);
    const auto id = Items().at(0).id;
    ASSERT_EQ(Stored(id).status, Status::kSkipped);
    EXPECT_EQ(control_.Rerun(id, "anna").value(), 1);
    StartWorkers();
    EXPECT_TRUE(Becomes(id, Status::kCompleted));
}

TEST_F(ItemControlTest, SaysThatAFileIsBeingRead) {
    const auto item = Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.SetProgress(
            {.process_id = claim.processes[0].id, .fence = claim.processes[0].fence}, 0.42
        );
    }));
    EXPECT_EQ(WhyOf(item.id).at(0), "checksum waits while the file is being read (42 % read)");
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.items.SetContent(item.id, "", "digest");
    }));
    EXPECT_NE(WhyOf(item.id).at(0).find("checksum runs since"), std::string::npos);
}

TEST_F(ItemControlTest, SaysThatAProcessRunsWhoseBytesAreDigestedLater) {
    auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    ASSERT_EQ(Claim().size(), 1U);
    bucket.kind = "s3";
    bucket.options.dedupe = Dedupe::kAfter;
    const auto why = Why(Stored(item.id), ProcessesOf(item.id), {}, bucket, clock_.Now());
    EXPECT_NE(why.at(0).find("checksum runs since"), std::string::npos);
}

TEST_F(ItemControlTest, LeavesAloneWhatStillWaits) {
    const auto item = Discover(AddBucket(), "a.mp4");
    const auto rerun = control_.Rerun(item.id, "anna");
    ASSERT_FALSE(rerun.has_value());
    EXPECT_EQ(rerun.error().code, ErrorCode::kConflict);
    EXPECT_EQ(control_.Rerun(ItemId("itm_none"), "anna").error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(Audited().empty());
}

TEST_F(ItemControlTest, CancelsWhatWaitsAtOnce) {
    const auto item = Discover(AddBucket(), "a.mp4");
    EXPECT_EQ(control_.Cancel(item.id, "anna").value(), 1);
    EXPECT_EQ(Stored(item.id).status, Status::kCancelled);
    EXPECT_EQ(
        Events(item.id.Value()),
        (std::vector<std::string>{"item.discovered", "process.cancelled", "item.cancelled"})
    );
    EXPECT_NE(Stored(item.id).reason.find("cancelled by anna"), std::string::npos);
    EXPECT_TRUE(Claim().empty());
    EXPECT_TRUE(asked_.empty());
}

TEST_F(ItemControlTest, AsksWhatRunsToStop) {
    const auto item = Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    EXPECT_EQ(control_.Cancel(item.id, "anna").value(), 1);
    EXPECT_EQ(asked_, std::vector{claim.processes[0].id});
    EXPECT_TRUE(OnlyProcess(item.id).cancel_requested);
    EXPECT_EQ(OnlyProcess(item.id).status, Status::kProcessing);
}

TEST_F(ItemControlTest, TellsTheFileBesideTheMediaThatARunAfterTheFirstWasCancelled) {
    const auto item = Completed(AddBucket(), "a.mp4");
    ASSERT_EQ(Publications(), 1);
    WritePublications();
    ASSERT_EQ(control_.Rerun(item.id, "anna").value(), 1);
    ASSERT_EQ(control_.Cancel(item.id, "anna").value(), 1);
    EXPECT_EQ(Stored(item.id).status, Status::kCancelled);
    EXPECT_EQ(Publications(), 2) << "the file says Completed until it is written anew";
}

TEST_F(ItemControlTest, CannotCancelWhatHasEnded) {
    const auto item = Completed(AddBucket(), "a.mp4");
    const auto cancelled = control_.Cancel(item.id, "anna");
    ASSERT_FALSE(cancelled.has_value());
    EXPECT_EQ(cancelled.error().code, ErrorCode::kConflict);
    EXPECT_NE(cancelled.error().message.find("Completed"), std::string::npos);
    EXPECT_EQ(control_.Cancel(ItemId("itm_none"), "anna").error().code, ErrorCode::kNotFound);
}

TEST_F(ItemControlTest, SaysWhyAnItemDoesNotMove) {
    auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    ASSERT_EQ(WhyOf(item.id).size(), 1U);
    EXPECT_NE(WhyOf(item.id)[0].find("waits for a free worker"), std::string::npos);

    runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        observer.outcome(Failed(
            job.processes[0].id,
            {.code = ErrorCode::kUnavailable, .stage = "read", .message = "the share is away"}
        ));
        return {};
    });
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return OnlyProcess(item.id).attempt == 1; }));
    StopWorkers();
    EXPECT_NE(WhyOf(item.id)[0].find("next attempt"), std::string::npos);
    EXPECT_NE(WhyOf(item.id)[0].find("the share is away"), std::string::npos);
}

TEST_F(ItemControlTest, SaysHowFarARunningItemIsAndHowAnEndedOneEnded) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    const auto claim = Claim().at(0);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.SetProgress(
            {.process_id = claim.processes[0].id, .fence = claim.processes[0].fence}, 0.42
        );
    }));
    EXPECT_NE(WhyOf(item.id)[0].find("42 %"), std::string::npos) << WhyOf(item.id)[0];

    const auto done = Completed(AddBucket({"checksum"}, "other"), "b.mp4");
    EXPECT_NE(WhyOf(done.id)[0].find("completed at"), std::string::npos);
}

TEST_F(ItemControlTest, SaysWhyAnItemWithoutProcessesWasSkipped) {
    const auto item = Discover(AddBucket({}), "a.mp4");
    ASSERT_EQ(WhyOf(item.id).size(), 1U);
    EXPECT_NE(WhyOf(item.id)[0].find("has no rule"), std::string::npos);
}

}  // namespace
}  // namespace notify::testing
