// All services of the queue together, from a file that lands to its published result and through restarts.

#include <chrono>
#include <string>

#include "queue/reaper.hpp"
#include "queue/resolver.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class MainJob : public QueueTest {
protected:
    /// What the publisher does with a delivery: notes the object as ours, then writes it.
    void Publish(const Bucket& bucket, const Item& item) {
        auto* source = sources_->Find("local").value();
        const auto key = source->PublicationKey(item.key, ".notifications.json");
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.buckets.NoteOwnObject(bucket.id, key, clock_.Now());
        }));
        ASSERT_TRUE(source->Publish(
            bucket, item, {.place = {}, .key = key, .media_type = {}}, R"({"results":[]})", {}
        ));
    }

    Scheduler scheduler_{*storage_, clock_, *sources_, [this] {
                             if (pool_) {
                                 pool_->Nudge();
                             }
                         }};
};

TEST_F(MainJob, ProcessesAFileThatLandsWithoutBeingTold) {
    const auto bucket = AddBucket();
    StartWorkers(2);
    scheduler_.Start();
    WriteFile(bucket, "a.mp4");
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::milliseconds(20));
        return Count("item.completed") == 1;
    }));
    scheduler_.Stop();
}

TEST_F(MainJob, FindsNothingNewInAHundredScansAfterPublishing) {
    const auto bucket = AddBucket();
    WriteFile(bucket, "a.mp4");
    WriteFile(bucket, "b.mov");
    StartWorkers();
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 2);
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 2; }));
    for (const auto& item : Items()) {
        Publish(bucket, item);
    }
    for (int i = 0; i < 100; ++i) {
        clock_.Advance(std::chrono::minutes(1));
        const auto summary = scheduler_.ScanNow(bucket.id, {}).value();
        EXPECT_EQ(summary.added, 0);
        EXPECT_EQ(summary.seen, 4U);
    }
    EXPECT_EQ(Items().size(), 2U);
}

TEST_F(MainJob, ReplacesAVersionWhileItIsProcessed) {
    const auto bucket = AddBucket();
    const auto old = Discover(bucket, "a.mp4", "first");
    runner_.Do(
        [this](const Job& job, const JobObserver& observer, const std::stop_token& stop) -> Result<void> {
            const auto& id = job.processes[0].id;
            EXPECT_TRUE(runner_.WaitForCancel(id, stop));
            observer.outcome(Failed(id, {.code = ErrorCode::kCancelled, .message = "stopped as asked"}));
            return {};
        }
    );
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    const auto newer = Discover(bucket, "a.mp4", "second version");
    runner_.Do({});
    Reaper reaper(
        *storage_,
        clock_,
        {.node = node_},
        {.held = [this] { return completion_->Held().All(); },
         .cancel = [this](const ProcessId& id) { worker_->Cancel(id); },
         .lost = [] {},
         .reaped = [] {}}
    );
    ASSERT_TRUE(reaper.Heartbeat());
    EXPECT_TRUE(Becomes(old.id, Status::kSkipped));
    EXPECT_EQ(Stored(old.id).reason_code, "superseded");
    EXPECT_TRUE(Becomes(newer.id, Status::kCompleted));
    EXPECT_EQ(Count("item.completed"), 1);
    EXPECT_EQ(Count("item.skipped"), 1);
}

TEST_F(MainJob, EndsEveryItemOnceAfterARestartInTheMiddle) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 20; ++i) {
        WriteFile(bucket, std::to_string(i) + ".mp4", std::to_string(i));
    }
    EXPECT_EQ(Scan(bucket), 20);
    // held by an earlier life of the service that never came to its commit
    EXPECT_EQ(Claim(7).size(), 7U);
    EXPECT_EQ(ResetAfterStart(*storage_, clock_.Now()).value(), 7);
    StartWorkers(3);
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 20; }));
    StopWorkers();
    EXPECT_EQ(Count("process.completed"), 20);
    for (const auto& item : Items()) {
        EXPECT_EQ(item.status, Status::kCompleted);
        EXPECT_EQ(OnlyProcess(item.id).attempt, 0);
    }
}

}  // namespace
}  // namespace notify::testing
