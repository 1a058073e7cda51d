#include "sources/local/settling.hpp"

#include <chrono>
#include <utility>

#include <gtest/gtest.h>

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kSettle = seconds(2);
const Timestamp kNow = FromMillis(1'000'000'000'000);

WalkedFile File(Timestamp changed, std::uint64_t size = 10) {
    WalkedFile file;
    file.key = "a.mp4";
    file.size_bytes = size;
    file.modified_ns = ToMillis(changed) * 1'000'000;
    file.changed_ns = file.modified_ns;
    return file;
}

/// One scan at `now` of that one file; keeps the memory for the next.
Timestamp Look(LatelyChanged& memory, const WalkedFile& file, Timestamp now, milliseconds settle = kSettle) {
    SettlingScan scan(memory, settle, now);
    const auto at = scan.CompleteAt(file);
    memory = scan.TakeMemory();
    return at;
}

TEST(Settling, TakesAnOldFileAtOnceAndForgetsIt) {
    LatelyChanged memory;
    EXPECT_EQ(Look(memory, File(kNow - hours(1)), kNow), kNow);
    EXPECT_TRUE(memory.empty());
}

TEST(Settling, WaitsForAFileUntilItWasSeenTheSameForTheSettleTime) {
    LatelyChanged memory;
    const auto file = File(kNow - milliseconds(500));
    EXPECT_EQ(Look(memory, file, kNow), kNow + kSettle);
    EXPECT_EQ(Look(memory, file, kNow + seconds(1)), kNow + kSettle);
    EXPECT_LE(Look(memory, file, kNow + kSettle), kNow + kSettle);
}

TEST(Settling, WaitsForAFileThatGrowsUnderAnOldDate) {
    // a copy that keeps dates: only the size tells that it is still being written
    LatelyChanged memory;
    const auto changed = kNow - seconds(30);
    Look(memory, File(changed, 10), kNow);
    EXPECT_GT(Look(memory, File(changed, 20), kNow + kSettle), kNow + kSettle);
    EXPECT_LE(Look(memory, File(changed, 20), kNow + 2 * kSettle), kNow + 2 * kSettle);
}

TEST(Settling, CountsFromTheLastChangeOfAttributesWhenTheDateWasSetBack) {
    LatelyChanged memory;
    auto file = File(kNow - hours(100));
    file.changed_ns = ToMillis(kNow) * 1'000'000;
    EXPECT_EQ(Look(memory, file, kNow), kNow + kSettle);
}

TEST(Settling, TrustsOnlyWhatItSawOfAFileFromTheFuture) {
    LatelyChanged memory;
    const auto file = File(kNow + hours(5));
    EXPECT_EQ(Look(memory, file, kNow), kNow + kSettle);
    EXPECT_LE(Look(memory, file, kNow + kSettle), kNow + kSettle);
}

TEST(Settling, DoesNotWaitLongerWhenTheClockIsSetBack) {
    LatelyChanged memory;
    const auto file = File(kNow);
    Look(memory, file, kNow);
    const auto earlier = kNow - hours(1);
    EXPECT_EQ(Look(memory, file, earlier), earlier + kSettle);
}

TEST(Settling, WaitsForNothingWithoutASettleTime) {
    LatelyChanged memory;
    EXPECT_EQ(Look(memory, File(kNow), kNow, milliseconds(0)), kNow);
}

TEST(Settling, HonoursASettleTimeLongerThanItsMemory) {
    LatelyChanged memory;
    EXPECT_GT(Look(memory, File(kNow - seconds(3000)), kNow, hours(1)), kNow);
}

TEST(Settling, ForgetsFilesThatAreGone) {
    LatelyChanged memory;
    Look(memory, File(kNow), kNow);
    SettlingScan empty(memory, kSettle, kNow);
    EXPECT_TRUE(empty.TakeMemory().empty());
}

TEST(Settling, ForgetsNothingWhenAScanBreaksOff) {
    LatelyChanged memory;
    Look(memory, File(kNow), kNow);
    SettlingScan broken_off(std::move(memory), kSettle, kNow + seconds(1));
    auto other = File(kNow);
    other.key = "b.mp4";
    EXPECT_GT(broken_off.CompleteAt(other), kNow + seconds(1));
    memory = broken_off.TakeMemoryOfPart();
    EXPECT_EQ(memory.size(), 2U);
    EXPECT_LE(Look(memory, File(kNow), kNow + seconds(2)), kNow + seconds(2));
}

TEST(Settling, KeepsBucketsApart) {
    SettlingMemory memory;
    memory.Keep(BucketId("bkt_1"), {{"a.mp4", SeenFile{}}});
    EXPECT_TRUE(memory.Take(BucketId("bkt_2")).empty());
    EXPECT_EQ(memory.Take(BucketId("bkt_1")).size(), 1U);
    EXPECT_TRUE(memory.Take(BucketId("bkt_1")).empty());  // it was handed over
    memory.Keep(BucketId("bkt_1"), {{"a.mp4", SeenFile{}}});
    memory.Keep(BucketId("bkt_1"), {});
    EXPECT_TRUE(memory.Take(BucketId("bkt_1")).empty());
}

}  // namespace
}  // namespace notify
