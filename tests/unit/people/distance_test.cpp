#include "people/distance.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

TEST(Distance, IsZeroToItselfAndRootTwoToSomebodyElse) {
    EXPECT_EQ(DistanceBetween(FaceOf(1), FaceOf(1)), 0);
    EXPECT_NEAR(DistanceBetween(FaceOf(1), FaceOf(2)), std::sqrt(2.0), 1e-6);
    EXPECT_NEAR(DistanceBetween(FaceOf(1), FaceAt(FaceOf(1), 0.3, 2)), 0.3, 1e-6);
}

TEST(Distance, IsTheSameBothWays) {
    EXPECT_EQ(DistanceBetween(DenseFace(1), DenseFace(2)), DistanceBetween(DenseFace(2), DenseFace(1)));
}

TEST(Embeddings, WithoutALengthAreNone) {
    EXPECT_TRUE(IsEmbedding(FaceOf(0)));
    EXPECT_FALSE(IsEmbedding(Embedding{}));
    auto broken = FaceOf(0);
    broken[5] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(IsEmbedding(broken));
    broken[5] = std::numeric_limits<float>::infinity();
    EXPECT_FALSE(IsEmbedding(broken));
}

TEST(MeanOfEmbeddings, HasLengthOneAndLiesBetweenThem) {
    const auto mean = MeanOf(Shots({FaceOf(1), FaceOf(2)}));
    EXPECT_NEAR(DistanceBetween(mean, Embedding{}), 1, 1e-6);
    EXPECT_NEAR(DistanceBetween(mean, FaceOf(1)), DistanceBetween(mean, FaceOf(2)), 1e-6);
}

TEST(MeanOfEmbeddings, LiesNearerToWhatCountsMore) {
    const std::vector<WeighedEmbedding> shots{
        {.embedding = FaceOf(1), .weight = 0.9}, {.embedding = FaceOf(2), .weight = 0.1}
    };
    EXPECT_LT(DistanceBetween(MeanOf(shots), FaceOf(1)), DistanceBetween(MeanOf(shots), FaceOf(2)));
}

TEST(MeanOfEmbeddings, OfNothingOrOfOppositesIsNoEmbedding) {
    EXPECT_FALSE(IsEmbedding(MeanOf({})));
    auto opposite = FaceOf(1);
    opposite[1] = -1;
    EXPECT_FALSE(IsEmbedding(MeanOf(Shots({FaceOf(1), opposite}))));
}

TEST(Spread, IsNoneOfOneFaceAndHalfTheSquaredDistanceOfTwoByTwo) {
    EXPECT_EQ(SpreadOf({}), 0);
    EXPECT_NEAR(SpreadOf(Shots({FaceOf(1)})), 0, 1e-9);
    EXPECT_NEAR(SpreadOf(Shots({FaceOf(1), FaceOf(1), FaceOf(1)})), 0, 1e-9);
    const auto other = FaceAt(FaceOf(1), 0.3, 2);
    // each is half of 0.3 from their mean
    EXPECT_NEAR(SpreadOf(Shots({FaceOf(1), other})), 0.3 * 0.3 / 4, 1e-6);
}

TEST(Spread, CountsWhatCountsMore) {
    const std::vector<WeighedEmbedding> one_counts{
        {.embedding = FaceOf(1), .weight = 0.9}, {.embedding = FaceOf(2), .weight = 0.1}
    };
    EXPECT_NEAR(SpreadOf(one_counts), 1 - (0.81 + 0.01), 1e-6);
    EXPECT_NEAR(SpreadOf(Shots({FaceOf(1), FaceOf(2)})), 0.5, 1e-6);
}

TEST(SinglePictures, AreFurtherApartThanTheirMeans) {
    EXPECT_EQ(AsOfSinglePictures(0.3, 0), 0.3);
    EXPECT_NEAR(AsOfSinglePictures(0.25, 0.06), std::sqrt(0.0625 + 0.03), 1e-12);
}

TEST(Similarity, IsFiftyAtTheEvenDistanceAndFallsWithIt) {
    EXPECT_NEAR(SimilarityOf(0.38), 50, 1e-9);
    EXPECT_EQ(SimilarityOf(0.25) * 10, std::round(SimilarityOf(0.25) * 10)) << "in tenths";
    EXPECT_GT(SimilarityOf(0), 99.9);
    EXPECT_LT(SimilarityOf(1.4), 0.1);
    for (double distance = 0; distance < 2; distance += 0.05) {
        EXPECT_GE(SimilarityOf(distance), SimilarityOf(distance + 0.05));
    }
}

}  // namespace
}  // namespace notify::testing
