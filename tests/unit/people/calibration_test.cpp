#include "people/calibration.hpp"

#include <gtest/gtest.h>

namespace notify::testing {
namespace {

TEST(Calibration, IsEvenAtTheFittedDistances) {
    EXPECT_NEAR(ProbabilityOf(0.3619, 20), 0.5, 1e-9);
    EXPECT_NEAR(ProbabilityOf(0.3548, 40), 0.5, 1e-2);
    EXPECT_NEAR(ProbabilityOf(0.3760, 5), 0.5, 1e-2);
}

TEST(Calibration, FallsWithTheDistanceFromSureToImpossible) {
    double before = 1;
    for (int step = 0; step <= 200; ++step) {
        const double probability = ProbabilityOf(step / 100.0, 50);
        EXPECT_LE(probability, before);
        EXPECT_GE(probability, 0);
        before = probability;
    }
    EXPECT_GT(ProbabilityOf(0, 50), 0.999999);
    EXPECT_LT(before, 1e-12);
}

TEST(Calibration, FallsWithThePeopleWhoAreKnownAndNotBelowFive) {
    EXPECT_GT(ProbabilityOf(0.32, 10), ProbabilityOf(0.32, 100));
    EXPECT_GT(ProbabilityOf(0.32, 100), ProbabilityOf(0.32, 1'000'000));
    EXPECT_DOUBLE_EQ(ProbabilityOf(0.32, 1), ProbabilityOf(0.32, 5));
}

}  // namespace
}  // namespace notify::testing
