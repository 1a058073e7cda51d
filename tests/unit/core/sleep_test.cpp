#include "core/sleep.hpp"

#include <chrono>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

namespace notify {
namespace {

using std::chrono::steady_clock;

TEST(SleepFor, LastsAsLongAsItIsTold) {
    const auto began = steady_clock::now();
    EXPECT_TRUE(SleepFor(std::chrono::milliseconds(20), {}));
    EXPECT_GE(steady_clock::now() - began, std::chrono::milliseconds(20));
}

TEST(SleepFor, EndsWithAStopBeforeItOrMeanwhile) {
    bool whole = true;
    std::jthread sleeper([&](const std::stop_token& stop) {
        whole = SleepFor(std::chrono::hours(1), stop);
        whole = SleepFor(std::chrono::hours(1), stop) || whole;
    });
    sleeper.request_stop();
    sleeper.join();
    EXPECT_FALSE(whole);
}

}  // namespace
}  // namespace notify
