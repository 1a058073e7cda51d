#include "queue/reaper.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "support/wrapped_storage.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Takes writes, and says nothing to them until it goes on.
class StillStorage final : public WrappedStorage {
public:
    explicit StillStorage(Storage& inner) : WrappedStorage(inner) {}

    std::promise<void> asked;
    std::promise<void> goes_on;

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        std::call_once(first_, [this] {
            asked.set_value();
            goes_on.get_future().wait();
        });
        return inner_.Write(function);
    }

    std::once_flag first_;
};

class ReaperTest : public QueueTest {
protected:
    void Make(ReaperSettings settings = {}) { Make(*storage_, std::move(settings)); }

    void Make(Storage& storage, ReaperSettings settings) {
        settings.node = node_;
        reaper_ = std::make_unique<Reaper>(
            storage,
            clock_,
            settings,
            ReaperCalls{
                .held = [this] { return completion_->Held().All(); },
                .cancel = [this](const ProcessId& id) { cancelled_.push_back(id); },
                .lost = [this] { ++lost_; },
                .reaped = [this] { ++reaped_; },
            }
        );
    }

    std::vector<ProcessId> cancelled_;
    std::atomic<int> lost_ = 0;
    std::atomic<int> reaped_ = 0;
    std::unique_ptr<Reaper> reaper_;
};

TEST_F(ReaperTest, GivesBackWhatHasNoLeaseAnyMoreAsARescue) {
    Make();
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    EXPECT_EQ(reaper_->ReapExpired().value(), 0);
    clock_.Advance(seconds(31));
    EXPECT_EQ(reaper_->ReapExpired().value(), 1);
    EXPECT_EQ(reaped_, 1);
    const auto process = Stored(claim.processes[0].id);
    EXPECT_EQ(process.status, Status::kPending);
    EXPECT_EQ(process.rescues, 1);
    EXPECT_EQ(process.attempt, 0);
    EXPECT_EQ(process.crashes, 0);
    EXPECT_EQ(Stored(claim.item.id).status, Status::kPending);
    EXPECT_EQ(Claim().at(0).processes[0].fence, claim.processes[0].fence + 1);
}

TEST_F(ReaperTest, KeepsTheLeasesOfItsNodeAlive) {
    Make();
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    worker_->Hold(claim);
    for (int i = 0; i < 5; ++i) {
        clock_.Advance(seconds(20));
        ASSERT_TRUE(reaper_->Heartbeat());
        EXPECT_EQ(reaper_->ReapExpired().value(), 0);
    }
    EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kProcessing);
}

TEST_F(ReaperTest, KeepsTheLeasesOfItsNodeWhenTheClockJumps) {
    Make({.reap = milliseconds(5)});
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    worker_->Hold(claim);
    reaper_->Start();
    for (const auto jump : {std::chrono::hours(2), std::chrono::hours(-3), std::chrono::hours(5)}) {
        clock_.Advance(jump);
        const auto lease = clock_.Now() + seconds(30);
        ASSERT_TRUE(Eventually([&] { return Stored(claim.processes[0].id).lease_until == lease; }));
    }
    reaper_->Stop();
    EXPECT_EQ(Stored(claim.processes[0].id).rescues, 0);
    EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kProcessing);
}

TEST_F(ReaperTest, GivesBackWhatNobodyHereWorksOnAlthoughTheNodeLives) {
    Make();
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    worker_->Hold(claim);
    storage_->refuse_as = ErrorCode::kInternal;
    storage_->refuse = 3;  // the batch, the outcome by itself, and the failure that stands for it
    auto outcome = Found(claim.processes[0].id);
    completion_->Start();
    completion_->Add(EndOf(claim, std::move(outcome)));
    completion_->Stop();
    EXPECT_EQ(storage_->refused, 3);
    EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kProcessing);
    clock_.Advance(seconds(20));
    ASSERT_TRUE(reaper_->Heartbeat());
    clock_.Advance(seconds(11));
    EXPECT_EQ(reaper_->ReapExpired().value(), 1);
    EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kPending);
    EXPECT_EQ(Stored(claim.processes[0].id).rescues, 1);
}

TEST_F(ReaperTest, GivesBackAClaimWhoseAnswerWasLost) {
    Make();
    const auto item = Discover(AddBucket(), "a.mp4");
    storage_->lose = 1;
    StartWorkers();
    ASSERT_TRUE(Eventually([&] { return Stored(item.id).status == Status::kProcessing; }));
    EXPECT_TRUE(runner_.Jobs().empty());
    clock_.Advance(seconds(20));
    ASSERT_TRUE(reaper_->Heartbeat());
    clock_.Advance(seconds(11));
    EXPECT_EQ(reaper_->ReapExpired().value(), 1);
    pool_->Nudge();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
}

TEST_F(ReaperTest, BringsCancellationsToTheWorkers) {
    Make();
    Discover(AddBucket(), "a.mp4");
    const auto id = Claim().at(0).processes[0].id;
    ASSERT_TRUE(reaper_->Heartbeat());
    EXPECT_TRUE(cancelled_.empty());
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.RequestCancel(id);
    }));
    ASSERT_TRUE(reaper_->Heartbeat());
    EXPECT_EQ(cancelled_, std::vector{id});
}

TEST_F(ReaperTest, CancelsWhatWasToBeCancelledWhenItsNodeWasLost) {
    Make();
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.RequestCancel(claim.processes[0].id);
    }));
    clock_.Advance(seconds(31));
    EXPECT_EQ(reaper_->ReapExpired().value(), 1);
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCancelled);
    EXPECT_EQ(Count("process.cancelled"), 1);
    EXPECT_EQ(Count("item.cancelled"), 1);
}

TEST_F(ReaperTest, MakesEverythingPendingWhenASingleNodeStarts) {
    const auto bucket = AddBucket();
    Discover(bucket, "a.mp4");
    Discover(bucket, "b.mp4");
    const auto claims = Claim();
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_EQ(ResetAfterStart(*storage_, clock_.Now()).value(), 2);
    for (const auto& claim : claims) {
        EXPECT_EQ(Stored(claim.processes[0].id).status, Status::kPending);
        EXPECT_EQ(Stored(claim.processes[0].id).rescues, 1);
    }
    EXPECT_EQ(ResetAfterStart(*storage_, clock_.Now()).value(), 0);
}

TEST_F(ReaperTest, BeatsAndReapsOnItsOwnThread) {
    Make({.heartbeat = milliseconds(5), .reap = milliseconds(5)});
    Discover(AddBucket(), "a.mp4");
    const auto claim = Claim().at(0);
    worker_->Hold(claim);
    const auto id = claim.processes[0].id;
    reaper_->Start();
    reaper_->Start();
    const auto lease = [&] { return Stored(id).lease_until; };
    const auto first = lease();
    clock_.Advance(seconds(10));
    EXPECT_TRUE(Eventually([&] { return lease() > first; }));
    reaper_->Stop();
    clock_.Advance(seconds(60));
    reaper_->Start();
    EXPECT_EQ(lost_, 0);
    reaper_->Stop();
}

TEST_F(ReaperTest, SaysThatWorkMustStopWhenNoHeartbeatGetsThrough) {
    Make(
        {.lease = milliseconds(60),
         .heartbeat = milliseconds(10),
         .reap = milliseconds(10),
         .margin = milliseconds(20)}
    );
    storage_->refuse = 1'000'000;
    reaper_->Start();
    EXPECT_TRUE(Eventually([&] { return lost_ > 0; }));
    reaper_->Stop();
}

TEST_F(ReaperTest, SaysThatWorkMustStopWhileTheDatabaseSaysNothingAtAll) {
    StillStorage still(*storage_);
    Make(still, {.lease = milliseconds(100), .heartbeat = milliseconds(10), .margin = milliseconds(50)});
    reaper_->Start();
    still.asked.get_future().wait();
    EXPECT_TRUE(Eventually([&] { return lost_ > 0; }));
    EXPECT_GT(reaper_->Counts().leases_lost, 0);
    still.goes_on.set_value();
    reaper_->Stop();
}

}  // namespace
}  // namespace notify::testing
