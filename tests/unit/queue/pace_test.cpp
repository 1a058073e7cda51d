#include "queue/pace.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace notify {
namespace {

using std::chrono::milliseconds;

const Pace::Time kBegin{std::chrono::hours(1)};

/// Items that end one each `apart`, for half a second.
Pace After(milliseconds apart) {
    Pace pace;
    for (auto at = milliseconds(0); at < milliseconds(500); at += apart) {
        pace.Ended(kBegin + at);
    }
    return pace;
}

TEST(Pace, LetsNothingBeClaimedAheadAtFirstNorOfLongItems) {
    EXPECT_EQ(Pace().Ahead(kBegin), 0);
    EXPECT_LE(After(milliseconds(240)).Ahead(kBegin + milliseconds(480)), 0);
}

TEST(Pace, IsWhatEndedInTheWindowBefore) {
    EXPECT_EQ(After(milliseconds(10)).Ahead(kBegin + milliseconds(499)), 10);
    EXPECT_EQ(After(milliseconds(1)).Ahead(kBegin + milliseconds(499)), 64) << "and never more than 64";
}

TEST(Pace, IsForgottenWhenNothingEndsForTwoWindows) {
    const auto pace = After(milliseconds(10));
    EXPECT_EQ(pace.Ahead(kBegin + milliseconds(590)), 10);
    EXPECT_EQ(pace.Ahead(kBegin + milliseconds(601)), 0);
}

}  // namespace
}  // namespace notify
