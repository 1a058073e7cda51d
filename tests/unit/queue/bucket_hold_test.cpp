// A store that refuses us holds its bucket back, not each item in turn.

#include "queue/bucket_hold.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "sources/objects/faults.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Error NoBucket() {
    auto error = objects::Fault(ErrorCode::kUnavailable, objects::kNoBucket, "there is no bucket 'in'");
    error.retry_after = seconds(60);
    return error;
}

class BucketHoldTest : public QueueTest {
protected:
    std::optional<BucketHold> HoldOf(const Bucket& bucket) {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.buckets.HoldOf(bucket.id); }
        ).value();
    }

    int Told() {
        const auto events =
            storage_->Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 100, {}); });
        return static_cast<int>(std::ranges::count(events.value(), "source.auth_failed", &Event::type));
    }

    void Release(const Bucket& bucket) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.buckets.Release(bucket.id, clock_.Now());
        }));
    }

    void Hold(const Bucket& bucket, const Error& error) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return HoldBucket(transaction, bucket.id, error, clock_.Now());
        }));
    }
};

TEST_F(BucketHoldTest, FollowsAFaultOfTheWholeBucketAndBurnsNoAttempt) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    runner_.Do([](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
        observer.outcome(Failed(job.processes.at(0).id, NoBucket()));
        return {};
    });
    StartWorkers();
    ASSERT_TRUE(Eventually([&] { return HoldOf(bucket).has_value(); }));
    EXPECT_EQ(HoldOf(bucket)->reason, "no_bucket");
    EXPECT_EQ(HoldOf(bucket)->sentence, "there is no bucket 'in'");
    EXPECT_EQ(OnlyProcess(item.id).attempt, 0);
    EXPECT_EQ(Stored(item.id).blocked_by, BlockedBy::kSourceRefuses);
}

TEST_F(BucketHoldTest, ForWantOfCredentialsIsTriedAgainEachMinuteBecauseANewOneMayLieInAFile) {
    const auto bucket = AddBucket();
    const auto refused = objects::Fault(ErrorCode::kUnauthenticated, objects::kCredentialsRefused, "refused");
    const auto until_after = [&](const Error& error) {
        for (int times = 0; times < 6; ++times) {
            Hold(bucket, error);
            clock_.Advance(HoldOf(bucket)->until - clock_.Now());
        }
        Hold(bucket, error);
        return HoldOf(bucket)->until - clock_.Now();
    };
    EXPECT_LE(until_after(refused), std::chrono::seconds(60));
    EXPECT_GT(until_after(NoBucket()), std::chrono::minutes(5));
}

TEST_F(BucketHoldTest, ForRefusedCredentialsTellsOnceForASourceWhicheverOfItsBucketsNoticed) {
    const auto refused = objects::Fault(ErrorCode::kUnauthenticated, objects::kCredentialsRefused, "refused");
    const auto first = AddBucket({"checksum"}, "first");
    const auto second = AddBucket({"checksum"}, "second");
    Hold(first, NoBucket());
    EXPECT_EQ(Told(), 0) << "nobody refused us";
    for (int times = 0; times < 3; ++times) {
        clock_.Advance(minutes(20));
        Hold(first, refused);
        Hold(second, refused);
    }
    EXPECT_EQ(Told(), 1);
    Release(first);
    Release(second);
    Hold(second, refused);
    EXPECT_EQ(Told(), 2) << "it began again";
}

TEST_F(BucketHoldTest, DoesNotFollowWhatMayBeTheObjectsOwnFault) {
    EXPECT_FALSE(HoldsBucket(objects::Fault(ErrorCode::kUnauthenticated, objects::kAccessDenied, "denied")));
    EXPECT_FALSE(HoldsBucket(objects::Fault(ErrorCode::kUnavailable, objects::kInterrupted, "broke off")));
    EXPECT_FALSE(HoldsBucket(objects::Fault(ErrorCode::kThrottled, objects::kArchived, "archived")));
    EXPECT_TRUE(
        HoldsBucket(objects::Fault(ErrorCode::kUnauthenticated, objects::kCredentialsRefused, "refused"))
    );
}

TEST_F(BucketHoldTest, GrowsLongerWithEachInARowUpToAQuarterOfAnHour) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 12; ++i) {
        Hold(bucket, NoBucket());
        const auto hold = HoldOf(bucket);
        ASSERT_TRUE(hold);
        EXPECT_EQ(hold->times, i + 1);
        EXPECT_LE(hold->until - clock_.Now(), minutes(15));
        EXPECT_GE(hold->until - clock_.Now(), i < 5 ? seconds(30) : seconds(450));
        clock_.Advance(hold->until - clock_.Now());
    }
}

TEST_F(BucketHoldTest, IsNotMadeLongerByWhatWasUnderWay) {
    const auto bucket = AddBucket();
    Hold(bucket, NoBucket());
    const auto first = HoldOf(bucket);
    clock_.Advance(seconds(1));
    Hold(bucket, NoBucket());
    EXPECT_EQ(HoldOf(bucket), first);
}

TEST_F(BucketHoldTest, EndsWithTheFirstItemThatCanBeOpened) {
    const auto bucket = AddBucket();
    const auto first = Discover(bucket, "a.mp4", "first");
    const auto second = Discover(bucket, "b.mp4", "second");
    Hold(bucket, NoBucket());
    StartWorkers();
    clock_.Advance(minutes(2));
    pool_->Nudge();
    EXPECT_TRUE(Becomes(first.id, Status::kCompleted));
    EXPECT_TRUE(Becomes(second.id, Status::kCompleted));
    EXPECT_FALSE(HoldOf(bucket));
}

}  // namespace
}  // namespace notify::testing
