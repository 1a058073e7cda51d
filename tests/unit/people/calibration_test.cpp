#include "people/calibration.hpp"

#include <cstddef>

#include <gtest/gtest.h>

namespace notify::testing {
namespace {

TEST(Calibration, IsEvenAtTheFittedDistances) {
    EXPECT_NEAR(ProbabilityOf(0.3366, 3, 20), 0.5, 1e-9);
    EXPECT_NEAR(ProbabilityOf(0.3778, 1, 20), 0.5, 1e-9);
    EXPECT_NEAR(ProbabilityOf(0.3472, 2, 20), 0.5, 1e-9);
    EXPECT_NEAR(ProbabilityOf(0.3289, 3, 40), 0.5, 1e-3);
}

TEST(Calibration, FallsWithTheDistanceFromSureToImpossible) {
    for (const std::size_t photos : {1U, 2U, 3U, 100U}) {
        double before = 1;
        for (int step = 0; step <= 200; ++step) {
            const double probability = ProbabilityOf(step / 100.0, photos, 50);
            EXPECT_LE(probability, before);
            EXPECT_GE(probability, 0);
            before = probability;
        }
        EXPECT_GT(ProbabilityOf(0, photos, 50), 0.999999);
        EXPECT_LT(before, 1e-12);
    }
}

TEST(Calibration, FallsWithThePeopleWhoAreKnownAndNotBelowFive) {
    EXPECT_GT(ProbabilityOf(0.32, 3, 10), ProbabilityOf(0.32, 3, 100));
    EXPECT_GT(ProbabilityOf(0.32, 3, 100), ProbabilityOf(0.32, 3, 1'000'000));
    EXPECT_DOUBLE_EQ(ProbabilityOf(0.32, 3, 1), ProbabilityOf(0.32, 3, 5));
}

TEST(Calibration, ManyPhotosAreAsGoodAsThree) {
    EXPECT_DOUBLE_EQ(ProbabilityOf(0.33, 3, 20), ProbabilityOf(0.33, 30, 20));
}

}  // namespace
}  // namespace notify::testing
