#include "http/routes/costly_count.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "support/set_clock.hpp"

namespace notify {
namespace {

using std::chrono::milliseconds;

class CostlyCountTest : public ::testing::Test {
protected:
    /// Asks for a count that takes so long and comes to one more each time.
    int AfterOneOf(milliseconds took) {
        return count_
            .Get([&]() -> Result<int> {
                clock_.Advance(took);
                return ++counted_;
            })
            .value();
    }

    testing::SetClock clock_;
    CostlyCount<int> count_{clock_};
    int counted_ = 0;
};

TEST_F(CostlyCountTest, IsCountedEachTimeWhenItIsShort) {
    EXPECT_EQ(AfterOneOf(milliseconds(249)), 1);
    EXPECT_EQ(AfterOneOf(milliseconds(249)), 2);
}

TEST_F(CostlyCountTest, IsKeptForThirtyTimesAsLongAsItTook) {
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 1);
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 1);
    clock_.Advance(milliseconds(8'999));
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 1);
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(AfterOneOf(milliseconds(1)), 2);
    EXPECT_EQ(AfterOneOf(milliseconds(1)), 3) << "it is short again";
}

TEST_F(CostlyCountTest, IsCountedAgainWhenTheClockWasSetBack) {
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 1);
    clock_.Advance(-std::chrono::hours(2));
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 2);
}

TEST_F(CostlyCountTest, IsNotKeptForLongerThanAQuarterOfAnHour) {
    EXPECT_EQ(AfterOneOf(std::chrono::hours(1)), 1) << "a clock was set forward meanwhile";
    clock_.Advance(std::chrono::minutes(15) - milliseconds(1));
    EXPECT_EQ(AfterOneOf(milliseconds(1)), 1);
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(AfterOneOf(milliseconds(1)), 2);
}

TEST_F(CostlyCountTest, IsTheLastOneForWhoComesWhileItIsCounted) {
    EXPECT_EQ(AfterOneOf(milliseconds(1)), 1);
    int meanwhile = 0;
    const auto counted = count_.Get([&]() -> Result<int> {
        std::jthread([&] { meanwhile = AfterOneOf(milliseconds(1)); }).join();
        return ++counted_;
    });
    EXPECT_EQ(meanwhile, 1);
    EXPECT_EQ(counted.value(), 2);
}

TEST_F(CostlyCountTest, KeepsNoErrorAndWhatWasCountedBefore) {
    const auto fails = [&] {
        clock_.Advance(milliseconds(300));
        return Result<int>(Fail(ErrorCode::kUnavailable, "away"));
    };
    EXPECT_EQ(count_.Get(fails).error().message, "away");
    EXPECT_EQ(AfterOneOf(milliseconds(300)), 1);
    EXPECT_EQ(count_.Get(fails).value(), 1);
}

}  // namespace
}  // namespace notify
