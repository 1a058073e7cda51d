#include "sources/objects/pace.hpp"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace notify::objects {
namespace {

using namespace std::chrono_literals;

TEST(Pace, PausesAreJitteredOverTheirWholeRangeAndBounded) {
    const RetryLimits limits{.first_pause = 100ms, .longest_pause = 1000ms};
    auto least = 10'000ms;
    auto most = 0ms;
    for (int i = 0; i < 1000; ++i) {
        const auto pause = RetryPause(limits, 2, {});
        least = std::min(least, pause);
        most = std::max(most, pause);
        EXPECT_LE(RetryPause(limits, 60, {}), 1000ms);
    }
    EXPECT_LT(least, 20ms);
    EXPECT_GT(most, 180ms);
    EXPECT_LE(most, 200ms);
    EXPECT_GE(RetryPause(limits, 1, 700ms), 700ms);
}

TEST(Pace, RetriesAreAHundredAndOneMoreForEachGoodAnswer) {
    Pace pace({});
    int taken = 0;
    while (pace.TakeRetry()) {
        ++taken;
    }
    EXPECT_EQ(taken, 100);
    pace.SpeedUp();
    EXPECT_TRUE(pace.TakeRetry());
    EXPECT_FALSE(pace.TakeRetry());
}

TEST(Pace, EverybodyWaitsOutThePauseThatWasAskedFor) {
    Pace pace({.first_pause = 1ms, .longest_pause = 500ms});
    pace.SlowDown(60ms);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(pace.AwaitTurn({}).has_value());
    EXPECT_GE(std::chrono::steady_clock::now() - start, 50ms);
    pace.SlowDown(10s);
    const auto error = pace.AwaitTurn({}).error();
    EXPECT_EQ(error.code, ErrorCode::kThrottled);
    EXPECT_GT(error.retry_after.value(), 9s);
}

TEST(Pace, AStopEndsThePause) {
    Pace pace({.first_pause = 1ms, .longest_pause = 60s});
    pace.SlowDown(30s);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(pace.AwaitTurn(stop.get_token()).error().code, ErrorCode::kStopped);
}

}  // namespace
}  // namespace notify::objects
