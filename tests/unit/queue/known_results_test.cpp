// The same bytes are processed once: by whatever name they come, and when they come together.

#include "queue/known_results.hpp"

#include <chrono>
#include <string>

#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class KnownResultsTest : public QueueTest {
protected:
    void Complete(const Item& item) {
        pool_->Nudge();
        ASSERT_TRUE(Becomes(item.id, Status::kCompleted));
    }

    /// The second run of the item's one process.
    ProcessId AskAgain(const Item& item) {
        const auto first = OnlyProcess(item.id);
        Process next;
        next.id = ProcessId("prc_again");
        next.item_id = item.id;
        next.bucket_id = item.bucket_id;
        next.processor = first.processor;
        next.config = first.config;
        next.config_hash = first.config_hash;
        next.run = 2;
        next.since = next.next_attempt_at = next.created_at = clock_.Now();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.processes.Add(next);
        }));
        return next.id;
    }

    /// From now on processors work with these models.
    void UseModels(const std::string& digest) {
        runner_.Do(
            [digest](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
                auto outcome = Found(job.processes.at(0).id);
                outcome.model_digest = digest;
                observer.outcome(std::move(outcome));
                return {};
            }
        );
    }
};

TEST_F(KnownResultsTest, AreUsedForAnotherItemOfTheSameBytes) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "a.mp4", "same");
    StartWorkers();
    Complete(first);
    const auto second = Discover(bucket, "renamed.mp4", "same");
    Complete(second);
    EXPECT_EQ(runner_.Jobs().size(), 1U);
    EXPECT_EQ(OnlyProcess(second.id).result_id, OnlyProcess(first.id).result_id);
    EXPECT_EQ(Stored(second.id).media_type, "video/mp4");
    EXPECT_EQ(Stored(second.id).content_sha256, Stored(first.id).content_sha256);
    EXPECT_EQ(consumer_.applied, 2) << "what follows from a result follows for each item";
    EXPECT_EQ(Publications(), 2);
}

TEST_F(KnownResultsTest, AreWaitedForWithoutAWorkerWhileTheSameBytesAreProcessed) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "a.mp4", "same");
    std::atomic<bool> go = false;
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        EXPECT_TRUE(job.size_bytes != 4 || Eventually([&] { return go.load(); }));
        observer.outcome(Found(job.processes.at(0).id));
        return {};
    });
    StartWorkers(2);
    ASSERT_TRUE(runner_.AwaitJobs(1));
    const auto second = Discover(bucket, "b.mp4", "same");
    const auto other = Discover(bucket, "c.mp4", "other");
    pool_->Nudge();
    EXPECT_TRUE(Becomes(other.id, Status::kCompleted));
    EXPECT_TRUE(Eventually([&] { return Stored(second.id).reason_code == "same_bytes"; }));
    EXPECT_EQ(Stored(second.id).blocked_by, BlockedBy::kRetryDelay);
    EXPECT_EQ(OnlyProcess(second.id).attempt, 0);
    go = true;
    EXPECT_TRUE(Becomes(first.id, Status::kCompleted));
    clock_.Advance(std::chrono::minutes(1));
    pool_->Nudge();
    EXPECT_TRUE(Becomes(second.id, Status::kCompleted));
    EXPECT_EQ(runner_.Jobs().size(), 2U);
}

TEST_F(KnownResultsTest, AreNotUsedWhenSomebodyAsksForTheItemAgain) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    StartWorkers();
    Complete(item);
    const auto next = AskAgain(item);
    pool_->Nudge();
    EXPECT_TRUE(Eventually([&] { return Stored(next).status == Status::kCompleted; }));
    EXPECT_EQ(runner_.Jobs().size(), 2U);
}

TEST_F(KnownResultsTest, AreNotUsedWhereTheRulesDoNotTakeTheirMediaType) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "a.mp4", "same");
    StartWorkers();
    Complete(first);
    const auto stills = AddBucket({}, "stills");
    AddRule(stills, "checksum", [](Rule& rule) { rule.media_types = {"image/*"}; });
    const auto second = Discover(stills, "b.mp4", "same");
    pool_->Nudge();
    EXPECT_TRUE(runner_.AwaitJobs(2)) << "its child says that it does not take it";
    EXPECT_TRUE(Becomes(second.id, Status::kCompleted));
}

TEST_F(KnownResultsTest, AreNotUsedWhereTheBucketDoesNotTakeTheirMediaType) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "a.mp4", "same");
    StartWorkers();
    Complete(first);
    auto stills = AddBucket({"checksum"}, "stills");
    Change(stills, [](Bucket& changed) { changed.options.filters.media_types = {"image/*"}; });
    std::atomic<bool> told = false;
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        told = job.media_types == std::vector<std::string>{"image/*"};
        observer.outcome(Found(job.processes.at(0).id));
        return {};
    });
    const auto second = Discover(stills, "b", "same");
    pool_->Nudge();
    EXPECT_TRUE(runner_.AwaitJobs(2)) << "its child says that it does not take it";
    EXPECT_TRUE(Becomes(second.id, Status::kCompleted));
    EXPECT_TRUE(told);
}

TEST_F(KnownResultsTest, WithModelsAreKnownWhenAChildToldWhichItHas) {
    const auto bucket = AddBucket({"facial-recognition"});
    UseModels("models");
    StartWorkers();
    Complete(Discover(bucket, "a.mp4", "same"));
    Complete(Discover(bucket, "b.mp4", "same"));
    EXPECT_EQ(runner_.Jobs().size(), 1U);
}

TEST_F(KnownResultsTest, AreUsedForARunThatWouldFindSomethingNew) {
    const auto bucket = AddBucket({"facial-recognition"});
    UseModels("old");
    StartWorkers();
    const auto item = Discover(bucket, "a.mp4", "same");
    Complete(item);
    UseModels("new");
    Complete(Discover(bucket, "b.mp4", "other"));
    const auto copy = Discover(bucket, "c.mp4", "same");
    Complete(copy);
    EXPECT_EQ(runner_.Jobs().size(), 3U);
    const auto again = AskAgain(item);
    pool_->Nudge();
    EXPECT_TRUE(Eventually([&] { return Stored(again).status == Status::kCompleted; }));
    EXPECT_EQ(runner_.Jobs().size(), 3U);
    EXPECT_EQ(Stored(again).result_id, OnlyProcess(copy.id).result_id);
}

}  // namespace
}  // namespace notify::testing
