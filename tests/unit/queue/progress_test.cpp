#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "domain/process.hpp"
#include "queue/process_end.hpp"
#include "queue/worker.hpp"
#include "storage/event_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class ProgressTold : public QueueTest {
protected:
    /// A worker that tells as often runs a job that shows progress once, after more than a second.
    void RunTelling(std::chrono::milliseconds every) {
        runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
            std::this_thread::sleep_for(std::chrono::milliseconds(1100));
            observer.progress(job.processes.at(0).id, 0.25);
            observer.outcome(Found(job.processes.at(0).id));
            return {};
        });
        worker_ = std::make_unique<Worker>(
            *storage_,
            *sources_,
            runner_,
            *completion_,
            WorkerSettings{.spool = {.folder = folder_ / "data"}, .tell_progress_every = every}
        );
        const auto run = std::to_string(++runs_);
        const auto item = Discover(AddBucket({"checksum"}, "in" + run), run + ".bin");
        StartWorkers();
        EXPECT_TRUE(Eventually([&] { return Stored(item.id).status == Status::kCompleted; }));
        StopWorkers();
    }

    int runs_ = 0;
};

TEST_F(ProgressTold, OnlyOfWhatRunsLongerThanTheTimeBetweenTwo) {
    RunTelling(std::chrono::hours(1));
    EXPECT_EQ(Count("process.progress"), 0);
    RunTelling(std::chrono::seconds(1));
    EXPECT_EQ(Count("process.progress"), 1);
}

TEST_F(ProgressTold, ByWhoHasTheProcessAndNobodyElse) {
    Discover(AddBucket(), "a.bin");
    auto process = Claim().at(0).processes.at(0);
    const auto tell = [&](double done) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return TellProgress(transaction, process, done, clock_.Now());
        }));
    };
    tell(0.25);
    ++process.fence;
    tell(0.5);
    const auto events =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 100, {}); }).value();
    ASSERT_EQ(Count("process.progress"), 1);
    const auto data = ParseJson(events.back().data).value();
    EXPECT_EQ(data.at("process").as_string(), process.id.Value());
    EXPECT_EQ(data.at("bucket").as_string(), process.bucket_id.Value());
    EXPECT_EQ(data.at("progress"), 0.25);
}

}  // namespace
}  // namespace notify::testing
