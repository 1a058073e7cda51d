#include "queue/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/hash.hpp"
#include "domain/checkpoint.hpp"
#include "domain/process.hpp"
#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using Types = std::vector<std::string>;
using Jobs = std::vector<std::vector<std::string>>;

class WorkerPoolTest : public QueueTest {
protected:
    /// Every process of a job ends as its child dies with it.
    void CrashAlways() {
        runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
            for (const auto& process : job.processes) {
                observer.outcome(Crashed(process.id));
            }
            return {};
        });
    }

    static constexpr int kShortOnes = 150;

    /// Each job completes at once until so many have begun; from then on they run until they are stopped.
    void RunShortOnesThenALongOne(std::atomic<int>& begun) {
        runner_.Do(
            [this, &begun](
                const Job& job, const JobObserver& observer, const std::stop_token& stop
            ) -> Result<void> {
                const auto& id = job.processes.at(0).id;
                if (++begun < kShortOnes) {
                    observer.outcome(Found(id));
                    return {};
                }
                static_cast<void>(runner_.WaitForCancel(id, stop));
                observer.outcome(Failed(id, {.code = ErrorCode::kStopped, .message = "ended early"}));
                return {};
            }
        );
    }

    /// Jobs run until they are stopped or cancelled.
    void RunUntilStopped() {
        runner_.Do(
            [this](const Job& job, const JobObserver& observer, const std::stop_token& stop) -> Result<void> {
                const auto& id = job.processes.at(0).id;
                const bool cancelled = runner_.WaitForCancel(id, stop);
                const auto code = cancelled ? ErrorCode::kCancelled : ErrorCode::kStopped;
                for (const auto& process : job.processes) {
                    observer.outcome(Failed(process.id, {.code = code, .message = "ended early"}));
                }
                return {};
            }
        );
    }
};

TEST_F(WorkerPoolTest, ReleasesClaimsThatNoWorkerHasTakenYetWhenItStops) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 190; ++i) {
        WriteFile(bucket, fmt::format("{:03}.bin", i));
    }
    ASSERT_EQ(Scan(bucket), 190);
    std::atomic<int> ended = 0;
    RunShortOnesThenALongOne(ended);
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return ended == kShortOnes; }));
    StopWorkers(std::chrono::milliseconds(0));  // those claimed ahead of the one that runs wait by now
    EXPECT_EQ(ended, kShortOnes) << "nothing was begun after the stop";
    int started = 0;
    for (const auto& item : Items()) {
        const auto process = OnlyProcess(item.id);
        EXPECT_TRUE(process.status == Status::kCompleted || process.status == Status::kPending) << item.key;
        EXPECT_EQ(process.attempt + process.crashes + process.rescues, 0);
        EXPECT_EQ(item.status, process.status);
        EXPECT_EQ(process.releases, process.status == Status::kPending && process.fence > 0 ? 1 : 0);
        started += process.fence > 0 ? 1 : 0;
    }
    EXPECT_GT(started, 151) << "claims waited";
    EXPECT_TRUE(completion_->Held().All().empty()) << "no heartbeat keeps them";
    runner_.Do({});
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 190; }));
}

/// The only worker has something long. What may be short comes before it and before others that are long,
/// which cost a look each; then it goes on, and only when it has ended does the next one begin.
TEST_F(WorkerPoolTest, LetsWhatIsLongGiveWayToWhatMayBeShort) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "1 long.bin");
    std::mutex mutex;
    std::vector<std::string> done;
    int begun = 0;
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token& stop) -> Result<void> {
        const auto& id = job.processes.at(0).id;
        const auto name = job.name.substr(job.name.find(' ') + 1);
        const auto note = [&](const std::string& what) {
            const std::scoped_lock lock(mutex);
            done.push_back(what + " " + name);
        };
        ++begun;
        if (name.find("long") == std::string::npos) {
            observer.media(kLongMediaMs - 1);
            note("did");
            observer.outcome(Found(id));
            return {};
        }
        observer.media(kLongMediaMs);
        const bool goes_on = name.starts_with("1") && begun > 2;
        if (!goes_on && !name.starts_with("2") && runner_.WaitForLeave(id, stop)) {
            note("left");
        } else if (name.starts_with("2") && runner_.IsAskedToLeave(id)) {
            note("looked at");
        } else {
            note("did");
            observer.outcome(Found(id));
            return {};
        }
        auto left = Failed(id, {.code = ErrorCode::kStopped, .message = "left"});
        left.left = true;
        observer.outcome(std::move(left));
        return {};
    });
    StartWorkers(1);
    ASSERT_TRUE(runner_.AwaitJobs(1));
    const auto second = Discover(bucket, "2 long.bin");
    const auto third = Discover(bucket, "3 quick.bin");
    clock_.Advance(std::chrono::seconds(11));
    EXPECT_TRUE(Becomes(third.id, Status::kCompleted));
    EXPECT_TRUE(Becomes(first.id, Status::kCompleted));
    EXPECT_TRUE(Becomes(second.id, Status::kCompleted));
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(
        done,
        (Types{
            "left 1 long.bin", "looked at 2 long.bin", "did 3 quick.bin", "did 1 long.bin", "did 2 long.bin"
        })
    );
    EXPECT_EQ(OnlyProcess(first.id).attempt + OnlyProcess(first.id).crashes, 0);
    const auto noted =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.processes.LongWorkOf(first.id); });
    EXPECT_EQ(noted->at(OnlyProcess(first.id).id).gave_way, 1);
}

TEST_F(WorkerPoolTest, LeavesWhatIsLongWhereItCanGoOnWhenItStops) {
    const auto item = Discover(AddBucket(), "long.bin");
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token& stop) -> Result<void> {
        const auto& id = job.processes.at(0).id;
        observer.media(kLongMediaMs);
        auto left = Failed(id, {.code = ErrorCode::kStopped, .message = "left"});
        left.left = runner_.WaitForLeave(id, stop);
        observer.outcome(std::move(left));
        return {};
    });
    StartWorkers(1);
    const auto long_work = [&] {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.processes.LongWorkOf(item.id); }
        ).value();
    };
    ASSERT_TRUE(Eventually([&] { return !long_work().empty(); }));
    StopWorkers(std::chrono::minutes(10));
    EXPECT_EQ(OnlyProcess(item.id).status, Status::kPending);
    EXPECT_EQ(OnlyProcess(item.id).attempt, 0);
    EXPECT_EQ(long_work().at(OnlyProcess(item.id).id).gave_way, 1);
}

TEST_F(WorkerPoolTest, GivesBucketsEqualTimeNotEqualItems) {
    const auto slow = AddBucket();
    const auto quick = AddBucket({"checksum"}, "quick");
    for (int i = 0; i < 60; ++i) {
        WriteFile(slow, fmt::format("slow {:03}.bin", i));
        WriteFile(quick, fmt::format("quick {:03}.bin", i));
    }
    ASSERT_EQ(Scan(slow) + Scan(quick), 120);
    std::atomic<int> slow_ones = 0;
    std::atomic<int> quick_ones = 0;
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        const bool is_slow = job.name.find("slow") != std::string::npos;
        if (is_slow) {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
        }
        ++(is_slow ? slow_ones : quick_ones);
        observer.outcome(Found(job.processes.at(0).id));
        return {};
    });
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return slow_ones == 5; }));
    EXPECT_GE(quick_ones, 15) << "turn by turn it were five";
    StopWorkers(std::chrono::seconds(5));
}

TEST_F(WorkerPoolTest, GivesBackWhatItClaimedAheadWhenAWorkerMeetsSomethingLong) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 300; ++i) {
        WriteFile(bucket, fmt::format("{:03}.bin", i));
    }
    ASSERT_EQ(Scan(bucket), 300);
    std::atomic<int> ended = 0;
    RunShortOnesThenALongOne(ended);
    StartWorkers();
    const auto processing = [&] {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.items.CountByStatus(bucket.id); })
            .value()[Status::kProcessing];
    };
    EXPECT_TRUE(Eventually([&] { return ended == kShortOnes; }));
    EXPECT_TRUE(Eventually([&] { return processing() == 1; })) << processing();
    StopWorkers(std::chrono::milliseconds(0));
    for (const auto& item : Items()) {
        for (const auto& process : ProcessesOf(item.id)) {
            EXPECT_EQ(process.attempt, 0);
            EXPECT_EQ(process.rescues, 0);
        }
    }
}

TEST_F(WorkerPoolTest, TakesAnItemThroughItsStatuses) {
    const auto item = Discover(AddBucket(), "a.mp4", "the bytes");
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(
        Events(item.id.Value()),
        (Types{"item.discovered", "process.started", "process.completed", "item.completed"})
    );
    EXPECT_EQ(Stored(item.id).content_sha256, Sha256Hex("the bytes"));
    const auto history =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.History(item.id); });
    std::vector<Status> statuses;
    for (const auto& change : *history) {
        statuses.push_back(change.status);
    }
    EXPECT_EQ(statuses, (std::vector{Status::kPending, Status::kProcessing, Status::kCompleted}));
}

TEST_F(WorkerPoolTest, RunsAnItemsProcessesAsOneGroupOnItsBytes) {
    std::string read;
    runner_.Do([&](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        read.resize(job.size_bytes);
        EXPECT_EQ(::pread(job.descriptor.Get(), read.data(), read.size(), 0), 9);
        EXPECT_EQ(::fcntl(job.descriptor.Get(), F_GETFL) & O_ACCMODE, O_RDONLY);
        for (const auto& process : job.processes) {
            EXPECT_EQ(process.config, "{}");
            observer.progress(process.id, 0.5);
            observer.outcome(Found(process.id));
        }
        return {};
    });
    const auto item = Discover(AddBucket({"checksum", "facial-recognition"}), "a.mp4", "the bytes");
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    ASSERT_EQ(runner_.Jobs().size(), 1U);
    EXPECT_EQ(runner_.Jobs()[0].size(), 2U);
    EXPECT_EQ(read, "the bytes");
}

TEST_F(WorkerPoolTest, RunsEachAloneAfterAGroupCrashedSoThatTheGuiltyOneIsKnown) {
    runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        const bool guilty = std::ranges::any_of(job.processes, [](const JobProcess& process) {
            return process.processor == "facial-recognition";
        });
        for (const auto& process : job.processes) {
            observer.outcome(guilty ? Crashed(process.id) : Found(process.id));
        }
        return {};
    });
    const auto item = Discover(AddBucket({"checksum", "facial-recognition"}), "a.mp4");
    StartWorkers();
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::seconds(10));
        pool_->Nudge();
        return Stored(item.id).status == Status::kFailed;
    }));
    StopWorkers();
    const auto jobs = runner_.Jobs();
    ASSERT_EQ(jobs.size(), 5U);
    EXPECT_EQ(jobs[0].size(), 2U);
    for (std::size_t i = 1; i < jobs.size(); ++i) {
        EXPECT_EQ(jobs[i].size(), 1U);
    }
    for (const auto& process : ProcessesOf(item.id)) {
        EXPECT_TRUE(process.alone);
        EXPECT_EQ(process.attempt, 0);
        if (process.processor == "checksum") {
            EXPECT_EQ(process.status, Status::kCompleted);
            EXPECT_EQ(process.crashes, 0);
        } else {
            EXPECT_EQ(process.status, Status::kFailed);
            EXPECT_EQ(process.crashes, 3);
            EXPECT_EQ(process.failure->reason, "poisoned");
        }
    }
    EXPECT_EQ(Stored(item.id).reason_code, "poisoned");
}

TEST_F(WorkerPoolTest, GoesOnWithOthersAfterAPoisonedItem) {
    const auto bucket = AddBucket();
    CrashAlways();
    const auto bad = Discover(bucket, "bad.mp4");
    StartWorkers();
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::seconds(10));
        pool_->Nudge();
        return Stored(bad.id).status == Status::kFailed;
    }));
    runner_.Do({});
    const auto good = Discover(bucket, "good.mp4");
    pool_->Nudge();
    EXPECT_TRUE(Becomes(good.id, Status::kCompleted));
}

TEST_F(WorkerPoolTest, LetsRunningWorkFinishWithinTheGrace) {
    const auto item = Discover(AddBucket(), "a.mp4");
    runner_.Do([this](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        EXPECT_TRUE(Eventually([&] { return Stored(job.processes[0].id).status == Status::kProcessing; }));
        observer.outcome(Found(job.processes[0].id));
        return {};
    });
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    StopWorkers(std::chrono::seconds(20));
    EXPECT_EQ(Stored(item.id).status, Status::kCompleted);
}

TEST_F(WorkerPoolTest, ClaimsNothingMoreOnceItIsToldTo) {
    const auto bucket = AddBucket();
    RunUntilStopped();
    Discover(bucket, "a.mp4");
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    pool_->StopClaiming();
    const auto later = Discover(bucket, "b.mp4");
    pool_->StopRunning();  // there is room for it now
    pool_->Nudge();
    ASSERT_TRUE(Eventually([&] { return pool_->Busy() == 0; }));
    StopWorkers(std::chrono::milliseconds(0));
    EXPECT_EQ(OnlyProcess(later.id).fence, 0);
    EXPECT_EQ(Stored(later.id).status, Status::kPending);
}

TEST_F(WorkerPoolTest, ReleasesWhatStillRunsAfterTheGraceWithoutBurningAnAttempt) {
    const auto bucket = AddBucket();
    RunUntilStopped();
    const auto item = Discover(bucket, "a.mp4");
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    StopWorkers(std::chrono::milliseconds(0));
    const auto process = OnlyProcess(item.id);
    EXPECT_EQ(process.status, Status::kPending);
    EXPECT_EQ(process.attempt, 0);
    EXPECT_EQ(process.crashes, 0);
    EXPECT_EQ(process.rescues, 0);
    EXPECT_EQ(process.releases, 1);
    EXPECT_FALSE(process.failure.has_value());
    EXPECT_EQ(Stored(item.id).status, Status::kPending);
    runner_.Do({});
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
}

TEST_F(WorkerPoolTest, StopsRunningWorkAtOnceWhenTheLeaseIsLostAndGoesOnLater) {
    const auto item = Discover(AddBucket(), "a.mp4");
    RunUntilStopped();
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    runner_.Do({});
    pool_->StopRunning();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(OnlyProcess(item.id).attempt, 0);
}

TEST_F(WorkerPoolTest, SkipsAFileThatChangedAfterItWasNoticed) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4", "first");
    WriteFile(bucket, "a.mp4", "second version");
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kSkipped));
    EXPECT_EQ(Stored(item.id).reason_code, "superseded");
    EXPECT_TRUE(runner_.Jobs().empty());
}

TEST_F(WorkerPoolTest, FailsAFileThatIsGoneWithASentence) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    std::filesystem::remove(std::filesystem::path(bucket.location) / "a.mp4");
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kFailed));
    const auto failure = OnlyProcess(item.id).failure.value();
    EXPECT_EQ(failure.code, "not_found");
    EXPECT_EQ(failure.stage, "open");
    EXPECT_NE(failure.message, "");
}

TEST_F(WorkerPoolTest, WaitsForAFolderThatIsAway) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    std::filesystem::rename(bucket.location, folder_ / "unmounted");
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return OnlyProcess(item.id).attempt == 1; }));
    EXPECT_EQ(Stored(item.id).blocked_by, BlockedBy::kRetryDelay);
    std::filesystem::rename(folder_ / "unmounted", bucket.location);
    clock_.Advance(std::chrono::seconds(10));
    pool_->Nudge();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
}

TEST_F(WorkerPoolTest, DoesNotReadBytesWhoseDigestIsKnown) {
    const auto item = Discover(AddBucket(), "a.mp4");
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.items.SetAlias(item.bucket_id, item.key, item.version, "known");
    }));
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(Stored(item.id).content_sha256, "known");
}

TEST_F(WorkerPoolTest, BurnsNothingWhenNoChildCanBeStarted) {
    const auto item = Discover(AddBucket(), "a.mp4");
    runner_.Do([](const Job&, const JobObserver&, const std::stop_token&) -> Result<void> {
        return Unexpected(
            Error{
                .code = ErrorCode::kUnavailable,
                .reason = std::string(kNoChild),
                .message = "the processor's program is not there"
            }
        );
    });
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return OnlyProcess(item.id).failure.has_value(); }));
    const auto process = OnlyProcess(item.id);
    EXPECT_EQ(process.status, Status::kPending);
    EXPECT_EQ(process.attempt, 0);
    EXPECT_EQ(process.failure->reason, "no_child");
    EXPECT_EQ(Stored(item.id).blocked_by, BlockedBy::kProcessor);
}

TEST_F(WorkerPoolTest, CancelsARunningProcessThroughItsChild) {
    const auto item = Discover(AddBucket(), "a.mp4");
    RunUntilStopped();
    StartWorkers();
    ASSERT_TRUE(runner_.AwaitJobs(1));
    EXPECT_TRUE(worker_->Cancel(OnlyProcess(item.id).id));
    EXPECT_TRUE(Becomes(item.id, Status::kCancelled));
    EXPECT_FALSE(worker_->Cancel(ProcessId("prc_unknown")));
}

TEST_F(WorkerPoolTest, CancelsAProcessThatHasNotGotToItsChildYet) {
    const auto item = Discover(AddBucket({"checksum", "facial-recognition"}), "a.mp4");
    auto claim = Claim(1).at(0);
    claim.processes[0].cancel_requested = true;
    completion_->Start();
    worker_->Run(claim, {});
    completion_->Stop();
    EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kCancelled);
    EXPECT_EQ(Stored(claim.processes[1].id).status, Status::kCompleted);
    ASSERT_EQ(runner_.Jobs().size(), 1U);
    EXPECT_EQ(runner_.Jobs()[0], std::vector{claim.processes[1].processor});
}

TEST_F(WorkerPoolTest, KeepsAllWorkersBusyButNoMore) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 5; ++i) {
        WriteFile(bucket, std::to_string(i) + ".mp4");
    }
    EXPECT_EQ(Scan(bucket), 5);
    RunUntilStopped();
    StartWorkers(3);
    ASSERT_TRUE(runner_.AwaitJobs(3));
    const auto processing = std::ranges::count(Items(), Status::kProcessing, &Item::status);
    EXPECT_EQ(processing, 3);
    runner_.Do({});
    pool_->StopRunning();
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 5; }));
}

TEST_F(WorkerPoolTest, MayBeStartedAndStoppedTwice) {
    StartWorkers();
    pool_->Start();
    pool_->Stop(std::chrono::milliseconds(0));
    pool_->Stop(std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace notify::testing
