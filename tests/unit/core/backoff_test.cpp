#include "core/backoff.hpp"

#include <gtest/gtest.h>

namespace notify {

namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesWithJitterBelow) {
    auto whole = 5000ms;
    for (int attempt = 1; attempt <= 6; ++attempt, whole *= 2) {
        for (int i = 0; i < 50; ++i) {
            const auto delay = BackoffDelay(attempt, 5s, 6h);
            EXPECT_GE(delay, whole / 2) << attempt;
            EXPECT_LE(delay, whole) << attempt;
        }
    }
}

TEST(Backoff, StaysUnderItsCap) {
    for (const int attempt : {20, 63, 64, 65, 1000, 2'000'000'000}) {
        const auto delay = BackoffDelay(attempt, 5s, 1min);
        EXPECT_GE(delay, 30s) << attempt;
        EXPECT_LE(delay, 60s) << attempt;
    }
}

TEST(Backoff, Varies) {
    const auto first = BackoffDelay(10, 5s, 6h);
    bool differs = false;
    for (int i = 0; i < 50; ++i) {
        differs = differs || BackoffDelay(10, 5s, 6h) != first;
    }
    EXPECT_TRUE(differs);
}

}  // namespace

}  // namespace notify
