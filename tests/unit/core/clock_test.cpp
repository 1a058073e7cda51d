#include "core/clock.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace notify {

namespace {

TEST(Rfc3339, IsWrittenInUtcWithMilliseconds) {
    EXPECT_EQ(ToRfc3339(FromMillis(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(ToRfc3339(FromMillis(1'795'487'460'007)), "2026-11-24T02:31:00.007Z");
    EXPECT_EQ(ToRfc3339(FromMillis(951'782'399'999)), "2000-02-28T23:59:59.999Z");
    EXPECT_EQ(ToRfc3339(FromMillis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(FollowingClock, IsTheMachinesUntilItIsToldOfAnotherAndGoesOnFromThere) {
    using namespace std::chrono_literals;
    FollowingClock clock;
    EXPECT_LT(std::chrono::abs(clock.Now() - SystemClock().Now()), 1min);
    const auto there = FromRfc3339("2031-02-03T04:05:06Z").value();
    clock.Follow(there);
    const auto first = clock.Now();
    EXPECT_GE(first, there);
    EXPECT_LT(first, there + 1min);
    while (clock.Now() == first) {
    }
    EXPECT_GT(clock.Now(), first);
}

TEST(Rfc3339, IsReadAsItIsWritten) {
    for (const std::int64_t millis :
         {0LL, 1LL, -1LL, 951'782'400'000LL, 1'795'487'460'007LL, 4'102'444'800'000LL}) {
        EXPECT_EQ(FromRfc3339(ToRfc3339(FromMillis(millis))).value(), FromMillis(millis));
    }
}

TEST(Rfc3339, IsReadWithOffsetsAndFractions) {
    const auto noon = FromRfc3339("2026-01-31T12:00:00Z").value();
    EXPECT_EQ(FromRfc3339("2026-01-31T14:30:00+02:30").value(), noon);
    EXPECT_EQ(FromRfc3339("2026-01-31T04:00:00-08:00").value(), noon);
    EXPECT_EQ(FromRfc3339("2026-01-31t12:00:00z").value(), noon);
    EXPECT_EQ(FromRfc3339("2026-01-31T12:00:00.5Z").value(), noon + std::chrono::milliseconds(500));
    EXPECT_EQ(
        FromRfc3339("2026-01-31T12:00:00.123456789+00:00").value(), noon + std::chrono::milliseconds(123)
    );
}

TEST(Rfc3339, RefusesEverythingElse) {
    for (const auto* text :
         {"",
          "2026-01-31",
          "2026-01-31T12:00:00",
          "2026-01-31 12:00:00Z",
          "2026-02-30T12:00:00Z",
          "2026-13-01T12:00:00Z",
          "2026-01-31T24:00:00Z",
          "2026-01-31T12:60:00Z",
          "2026-01-31T12:00:61Z",
          "2026-01-31T12:00:00Zulu",
          "2026-01-31T12:00:00+0200",
          "2026-01-31T12:00:00+02",
          "2026/01/31T12:00:00Z",
          "+026-01-31T12:00:00Z",
          "2026-01-31T-1:00:00Z",
          "26-01-31T12:00:00Z"}) {
        const auto time = FromRfc3339(text);
        ASSERT_FALSE(time) << text;
        EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(SystemClock, TellsThePresent) {
    const auto before = std::chrono::system_clock::now();
    const auto now = SystemClock().Now();
    EXPECT_GE(now, std::chrono::floor<std::chrono::milliseconds>(before));
    EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace

}  // namespace notify
