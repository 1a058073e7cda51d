#include "queue/sieve/sieve.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kNow{std::chrono::hours(400'000)};

class SieveTest : public ::testing::Test {
protected:
    /// `count` frames, one each `apart`, the last of them `ago`.
    void TakeFrames(Sieve& sieve, int count, milliseconds apart, milliseconds ago) {
        for (int i = 0; i < count; ++i) {
            EXPECT_TRUE(sieve.Take({
                .key = fmt::format("a.{:04}.dpx", i),
                .size_bytes = 100,
                .modified_at = kNow - ago - (count - 1 - i) * apart,
            }));
        }
    }

    Sieve Make() {
        return Sieve(bucket_, kNow, [this](const FoundObject& object, bool taken) -> Result<void> {
            taken_[object.key] = taken;
            return {};
        });
    }

    Bucket bucket_;
    std::map<std::string, bool> taken_;  ///< Of everything that was seen.
};

TEST_F(SieveTest, HandsOnWhatItLeavesOutAsNotTaken) {
    bucket_.options.filters.media_types = {"video/"};
    auto sieve = Make();
    for (const auto* key : {"a.mp4", "b.txt", "c.mov"}) {
        EXPECT_TRUE(sieve.Take({.key = key, .modified_at = kNow}));
    }
    EXPECT_TRUE(sieve.End());
    EXPECT_EQ(taken_, (std::map<std::string, bool>{{"a.mp4", true}, {"b.txt", false}, {"c.mov", true}}));
    EXPECT_EQ(sieve.Counted().filtered, 1U);
    EXPECT_EQ(sieve.Counted().not_yet, 0U);
    EXPECT_EQ(sieve.Counted().look_again_at, std::nullopt);
    EXPECT_EQ(sieve.ResumeAfter(), "c.mov");
}

TEST_F(SieveTest, LooksAgainWhenTheYoungestOfTheTooYoungIsOldEnough) {
    bucket_.options.filters.min_age = minutes(10);
    auto sieve = Make();
    EXPECT_TRUE(sieve.Take({.key = "a", .modified_at = kNow - minutes(9)}));
    EXPECT_TRUE(sieve.Take({.key = "b", .modified_at = kNow - minutes(2)}));
    EXPECT_TRUE(sieve.Take({.key = "c", .modified_at = kNow - minutes(10)}));
    EXPECT_TRUE(sieve.End());
    EXPECT_EQ(taken_, (std::map<std::string, bool>{{"a", false}, {"b", false}, {"c", true}}));
    EXPECT_EQ(sieve.Counted().not_yet, 2U);
    EXPECT_EQ(sieve.Counted().look_again_at, kNow + minutes(8));
    EXPECT_TRUE(sieve.Take({.key = "d", .modified_at = kNow + std::chrono::years(50)}));
    EXPECT_EQ(sieve.Counted().look_again_at, kNow + minutes(10)) << "no wait for a wrong clock";
}

TEST_F(SieveTest, FiltersASequenceAsAWhole) {
    bucket_.options.filters.min_bytes = 10'000;
    auto sieve = Make();
    TakeFrames(sieve, 100, milliseconds(1), minutes(20));
    EXPECT_TRUE(sieve.End());
    EXPECT_TRUE(taken_.at("a.[####].dpx"));
    EXPECT_FALSE(taken_.at("a.0000.dpx"));
    EXPECT_EQ(sieve.Counted().filtered, 0U) << "a frame is not left out, it is part of what is taken";
}

TEST_F(SieveTest, WaitsWhileFramesComeIn) {
    bucket_.settle_time = seconds(2);
    {
        auto sieve = Make();
        TakeFrames(sieve, 100, seconds(5), seconds(10));
        EXPECT_TRUE(sieve.End());
        EXPECT_FALSE(taken_.at("a.[####].dpx"));
        EXPECT_EQ(sieve.Counted().not_yet, 1U);
        // 99 pauses of 5 s between 100 frames: 4.95 s on average, and the last was 10 s ago
        EXPECT_EQ(sieve.Counted().look_again_at, kNow + milliseconds(9800));
    }
    auto sieve = Make();
    TakeFrames(sieve, 100, milliseconds(10), seconds(3));
    EXPECT_TRUE(sieve.End());
    EXPECT_TRUE(taken_.at("a.[####].dpx")) << "they came fast and then no more";
}

TEST_F(SieveTest, WaitsTenMinutesAtMostAndNotForAWrongClock) {
    for (const auto ago : {minutes(10), minutes(-60)}) {
        auto sieve = Make();
        TakeFrames(sieve, 100, minutes(30), ago);
        EXPECT_TRUE(sieve.End());
        EXPECT_TRUE(taken_.at("a.[####].dpx"));
    }
}

TEST_F(SieveTest, TakesFramesOneByOneWhenTheBucketWantsThat) {
    bucket_.options.sequences = false;
    auto sieve = Make();
    TakeFrames(sieve, 150, seconds(1), seconds(0));
    EXPECT_TRUE(sieve.End());
    EXPECT_EQ(taken_.size(), 150U);
    EXPECT_TRUE(taken_.at("a.0149.dpx"));
    EXPECT_EQ(sieve.ResumeAfter(), "a.0149.dpx");
}

}  // namespace
}  // namespace notify
