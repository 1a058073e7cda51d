#include "people/distance.hpp"

#include <cmath>
#include <limits>

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

TEST(Similarity, IsFiftyAtTheEvenDistanceAndFallsWithIt) {
    EXPECT_NEAR(SimilarityOf(0.36), 50, 1e-9);
    EXPECT_EQ(SimilarityOf(0.25) * 10, std::round(SimilarityOf(0.25) * 10)) << "in tenths";
    EXPECT_GT(SimilarityOf(0), 99.9);
    EXPECT_LT(SimilarityOf(1.4), 0.1);
    for (double distance = 0; distance < 2; distance += 0.05) {
        EXPECT_GE(SimilarityOf(distance), SimilarityOf(distance + 0.05));
    }
}

}  // namespace
}  // namespace notify::testing
