#include "inference/yunet_decode.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify {
namespace {

/// One level of the network's output in which no cell is a face until a test says so.
struct Level {
    int stride;
    int rows;
    int columns;
    std::vector<float> values;

    Level(int stride_, int rows_, int columns_)
        : stride(stride_),
          rows(rows_),
          columns(columns_),
          values(16 * static_cast<std::size_t>(rows_ * columns_)) {
        for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(rows * columns); ++i) {
            values[i] = -20;
        }
    }

    float& At(int plane, int row, int column) {
        return values.at(static_cast<std::size_t>((((plane * rows) + row) * columns) + column));
    }

    [[nodiscard]] YunetPlanes View() const {
        return {.stride = stride, .rows = rows, .columns = columns, .values = values};
    }
};

std::vector<DetectedFace> Decode(const Level& level, float least_score = 0.6F) {
    const std::array<YunetPlanes, 1> levels{level.View()};
    return DecodeYunet(levels, least_score);
}

DetectedFace Face(float x, float score) {
    return {.box = {.x = x, .y = 0, .width = 10, .height = 10}, .landmarks = {}, .score = score};
}

TEST(YunetDecode, PlacesBoxAndLandmarksRelativeToTheCell) {
    Level level(16, 4, 6);
    level.At(0, 2, 3) = 3;
    level.At(1, 2, 3) = 5;
    level.At(2, 2, 3) = 0.5F;  // centre, from the cell's corner
    level.At(3, 2, 3) = 0.25F;
    level.At(4, 2, 3) = std::log(2.0F);
    level.At(5, 2, 3) = std::log(3.0F);
    level.At(6, 2, 3) = -1;
    level.At(7, 2, 3) = 1;
    level.At(15, 2, 3) = 0.5F;
    const auto faces = Decode(level);
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_FLOAT_EQ(faces[0].box.width, 32);
    EXPECT_FLOAT_EQ(faces[0].box.height, 48);
    EXPECT_FLOAT_EQ(faces[0].box.x, (3.5F * 16) - 16);
    EXPECT_FLOAT_EQ(faces[0].box.y, (2.25F * 16) - 24);
    EXPECT_FLOAT_EQ(faces[0].landmarks[0].x, 32);
    EXPECT_FLOAT_EQ(faces[0].landmarks[0].y, 48);
    EXPECT_FLOAT_EQ(faces[0].landmarks[4].y, 40);
    const float expected = std::sqrt((1 / (1 + std::exp(-3.0F))) * (1 / (1 + std::exp(-5.0F))));
    EXPECT_FLOAT_EQ(faces[0].score, expected);
}

TEST(YunetDecode, DropsCellsBelowTheScoreAndKeepsThoseJustAbove) {
    for (const float logit : {0.0F, 0.404F, 0.407F, 2.0F}) {
        Level level(8, 4, 4);
        level.At(0, 0, 0) = logit;
        level.At(1, 0, 0) = logit;
        const float score = 1 / (1 + std::exp(-logit));
        EXPECT_EQ(Decode(level, 0.6F).size(), score >= 0.6F ? 1U : 0U) << logit;
    }
}

TEST(YunetDecode, LeavesOutCellsThatAreNotFinite) {
    Level level(8, 4, 4);
    level.At(0, 0, 0) = std::numeric_limits<float>::quiet_NaN();
    level.At(1, 0, 0) = 9;
    level.At(0, 1, 1) = 9;
    level.At(1, 1, 1) = 9;
    level.At(4, 1, 1) = 1000;  // exp overflows
    EXPECT_TRUE(Decode(level).empty());
}

TEST(YunetDecode, LeavesOutALevelWhoseSizeIsNotWhatItSays) {
    Level level(8, 4, 4);
    level.At(0, 0, 0) = 9;
    level.At(1, 0, 0) = 9;
    level.rows = 5;
    EXPECT_TRUE(Decode(level).empty());
}

TEST(YunetDecode, ReadsLevelsInTheirOrder) {
    Level fine(8, 4, 4);
    Level coarse(32, 1, 1);
    fine.At(0, 3, 3) = fine.At(1, 3, 3) = 4;
    coarse.At(0, 0, 0) = coarse.At(1, 0, 0) = 6;
    const std::array<YunetPlanes, 2> levels{fine.View(), coarse.View()};
    const auto faces = DecodeYunet(levels, 0.6F);
    ASSERT_EQ(faces.size(), 2U);
    EXPECT_FLOAT_EQ(faces[0].box.width, 8);
    EXPECT_FLOAT_EQ(faces[1].box.width, 32);
}

TEST(Overlap, IsIntersectionByUnion) {
    const FaceBox a{.x = 0, .y = 0, .width = 10, .height = 10};
    EXPECT_FLOAT_EQ(OverlapOf(a, a), 1);
    EXPECT_FLOAT_EQ(OverlapOf(a, {.x = 5, .y = 0, .width = 10, .height = 10}), 50.0F / 150.0F);
    EXPECT_FLOAT_EQ(OverlapOf(a, {.x = 10, .y = 0, .width = 10, .height = 10}), 0);
    EXPECT_FLOAT_EQ(OverlapOf(a, {}), 0);
}

TEST(SuppressOverlaps, KeepsTheBestOfOverlappingFacesBestFirst) {
    const auto kept = SuppressOverlaps({Face(0, 0.7F), Face(2, 0.9F), Face(50, 0.8F)}, {});
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_FLOAT_EQ(kept[0].score, 0.9F);
    EXPECT_FLOAT_EQ(kept[1].box.x, 50);
}

TEST(SuppressOverlaps, KeepsFacesThatOverlapNoMoreThanTheLimit) {
    DetectionLimits limits;
    limits.most_overlap = 0.34F;
    EXPECT_EQ(SuppressOverlaps({Face(0, 0.7F), Face(5, 0.9F)}, limits).size(), 2U);
    limits.most_overlap = 0.33F;
    EXPECT_EQ(SuppressOverlaps({Face(0, 0.7F), Face(5, 0.9F)}, limits).size(), 1U);
}

TEST(SuppressOverlaps, KeepsTheOrderOfEqualScores) {
    const auto kept = SuppressOverlaps({Face(100, 0.7F), Face(50, 0.7F), Face(0, 0.7F)}, {});
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_FLOAT_EQ(kept[0].box.x, 100);
    EXPECT_FLOAT_EQ(kept[2].box.x, 0);
}

TEST(SuppressOverlaps, StopsAtTheLimitsOfCandidatesAndFaces) {
    std::vector<DetectedFace> many;
    for (int i = 0; i < 40; ++i) {
        many.push_back(Face(static_cast<float>(20 * i), 0.6F + (0.001F * static_cast<float>(i))));
    }
    DetectionLimits limits;
    limits.most_candidates = 10;
    EXPECT_EQ(SuppressOverlaps(many, limits).size(), 10U);
    limits.most_faces = 3;
    const auto kept = SuppressOverlaps(many, limits);
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_FLOAT_EQ(kept[0].box.x, 780);
}

}  // namespace
}  // namespace notify
