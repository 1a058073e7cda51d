#include "queue/scan_turn.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "core/clock.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNoon = FromRfc3339("2026-11-28T12:00:00Z").value();

Bucket BucketWith(const BucketSchedule& schedule) {
    Bucket bucket;
    bucket.created_at = kNoon;
    bucket.scan_interval = minutes(10);
    bucket.options.schedule = schedule;
    return bucket;
}

TEST(ScanTurn, IsAtOnceThenEveryInterval) {
    ScanTurn turn(BucketWith({}), kNoon);
    EXPECT_EQ(turn.DueAt(), kNoon);
    turn.Begin(kNoon);
    EXPECT_EQ(turn.DueAt(), Timestamp::max()) << "one goes on";
    turn.End(false, kNoon, kNoon + seconds(1));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(10));
}

TEST(ScanTurn, IsBroughtForwardByNewsButNotBeforeAPauseAfterALongScan) {
    ScanTurn turn(BucketWith({}), kNoon);
    turn.Begin(kNoon);
    turn.Noticed(kNoon + minutes(3));
    turn.End(false, kNoon + minutes(4), kNoon + minutes(2));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(4));
    turn.BringForward(kNoon + minutes(20));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(4)) << "never put off";
}

TEST(ScanTurn, ComesSoonAfterAFailureThenLessOften) {
    ScanTurn turn(BucketWith({}), kNoon);
    auto now = kNoon;
    for (const auto wait : {seconds(5), seconds(10), seconds(20)}) {
        turn.Begin(now);
        turn.End(true, now, now);
        EXPECT_LE(turn.DueAt(), now + wait);
        now = turn.DueAt();
    }
    turn.Begin(now);
    turn.End(false, now, now);
    EXPECT_EQ(turn.DueAt(), now + minutes(10));
}

TEST(ScanTurn, WaitsForItsWindowWhateverBringsItForward) {
    ScanTurn turn(BucketWith({.windows = {"20:00-21:00"}}), kNoon);
    const auto opens = kNoon + hours(8);
    EXPECT_EQ(turn.DueAt(), opens);
    turn.Noticed(kNoon + seconds(1));
    turn.BringForward(kNoon + seconds(1));
    EXPECT_EQ(turn.DueAt(), opens);
    turn.Begin(opens + minutes(55));
    turn.End(true, opens + minutes(59), opens + minutes(59) + seconds(58));
    EXPECT_EQ(turn.DueAt(), opens + hours(24)) << "it is tried again when the window opens again";
}

TEST(ScanTurn, OfACronTextHeedsNoWatchButPeopleAndFilesThatSettle) {
    ScanTurn turn(BucketWith({.cron = "0 18 * * *"}), kNoon);
    EXPECT_EQ(turn.DueAt(), kNoon + hours(6));
    turn.Noticed(kNoon + seconds(1));
    EXPECT_EQ(turn.DueAt(), kNoon + hours(6));
    turn.BringForward(kNoon + minutes(1));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(1));
}

TEST(ScanTurn, ComesWhenWhatIsSeenChangesAndNotWhenSomethingElseDoes) {
    auto bucket = BucketWith({});
    ScanTurn turn(bucket, kNoon);
    turn.Begin(kNoon);
    turn.End(false, kNoon, kNoon);
    bucket.weight = 7;
    turn.Take(bucket, kNoon + minutes(1));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(10));
    bucket.options.filters.min_bytes = 1;
    turn.Take(bucket, kNoon + minutes(1));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(1));
    bucket.options.sequences = false;
    turn.Take(bucket, kNoon + minutes(2));
    EXPECT_EQ(turn.DueAt(), kNoon + minutes(2));
    bucket.options.schedule.cron = "0 18 * * *";
    turn.Take(bucket, kNoon + minutes(3));
    EXPECT_EQ(turn.DueAt(), kNoon + hours(6)) << "but for a cron text that is given";
    EXPECT_EQ(turn.Of().weight, 7);
}

}  // namespace
}  // namespace notify
