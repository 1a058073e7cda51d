#include "inference/face_chip.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify {
namespace {

constexpr int kSide = 300;

/// An image whose red grows by one per column and whose green grows by one per row (both modulo 256).
std::vector<std::uint8_t> Ramp(ChannelOrder order, std::ptrdiff_t stride) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(stride) * kSide);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            auto* pixel = pixels.data() + (y * stride) + std::ptrdiff_t{x} * 3;
            pixel[order == ChannelOrder::kRgb ? 0 : 2] = static_cast<std::uint8_t>(x);
            pixel[1] = static_cast<std::uint8_t>(y);
            pixel[order == ChannelOrder::kRgb ? 2 : 0] = 200;
        }
    }
    return pixels;
}

Landmarks Moved(double scale, double angle, double x, double y) {
    const Similarity move{
        .a = scale * std::cos(angle), .b = scale * std::sin(angle), .shift_x = x, .shift_y = y
    };
    Landmarks moved = kFaceChipTemplate;
    for (Point& point : moved) {
        point = move.Apply(point);
    }
    return moved;
}

std::array<int, 3> PixelOf(const FaceChip& chip, int x, int y) {
    const std::size_t at = ((static_cast<std::size_t>(y) * kFaceChipSide) + static_cast<std::size_t>(x)) * 3;
    return {chip.rgb[at], chip.rgb[at + 1], chip.rgb[at + 2]};
}

TEST(Similarity, IsFoundExactlyWhenThereIsOne) {
    const Landmarks from = Moved(2.5, 0.3, -40, 17);
    const auto found = EstimateSimilarity(from, kFaceChipTemplate);
    ASSERT_TRUE(found);
    for (std::size_t i = 0; i < from.size(); ++i) {
        EXPECT_NEAR(found->Apply(from[i]).x, kFaceChipTemplate[i].x, 1e-3F);
        EXPECT_NEAR(found->Apply(from[i]).y, kFaceChipTemplate[i].y, 1e-3F);
    }
    EXPECT_NEAR(std::hypot(found->a, found->b), 1 / 2.5, 1e-6);
}

TEST(Similarity, IsTheLeastSquaresOneWhenThereIsNoExactOne) {
    Landmarks from = kFaceChipTemplate;
    from[2].x += 10;
    const auto found = EstimateSimilarity(from, kFaceChipTemplate).value();
    const auto error_of = [&](const Similarity& similarity) {
        double sum = 0;
        for (std::size_t i = 0; i < from.size(); ++i) {
            const Point p = similarity.Apply(from[i]);
            sum += std::pow(double{p.x - kFaceChipTemplate[i].x}, 2) +
                   std::pow(double{p.y - kFaceChipTemplate[i].y}, 2);
        }
        return sum;
    };
    const double best = error_of(found);
    for (const double step : {-0.01, 0.01}) {
        for (double Similarity::* part :
             {&Similarity::a, &Similarity::b, &Similarity::shift_x, &Similarity::shift_y}) {
            Similarity other = found;
            other.*part += step;
            EXPECT_GT(error_of(other), best);
        }
    }
}

TEST(Similarity, IsRefusedForPointsInOnePlaceOrNotFinite) {
    EXPECT_FALSE(EstimateSimilarity(Landmarks{}, kFaceChipTemplate));
    Landmarks broken = kFaceChipTemplate;
    broken[3].y = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(EstimateSimilarity(broken, kFaceChipTemplate));
    EXPECT_FALSE(EstimateSimilarity(kFaceChipTemplate, broken));
}

TEST(FaceChip, TakesPixelsAsTheyAreWhenTheFaceAlreadyFitsTheTemplate) {
    const auto pixels = Ramp(ChannelOrder::kRgb, std::ptrdiff_t{kSide} * 3);
    const ImageView image{pixels.data(), kSide, kSide, std::ptrdiff_t{kSide} * 3, ChannelOrder::kRgb};
    const auto chip = CutFaceChip(image, Moved(1, 0, 20, 30));
    ASSERT_TRUE(chip);
    ASSERT_EQ(chip->rgb.size(), 67'500U);
    EXPECT_THAT(PixelOf(*chip, 0, 0), testing::ElementsAre(20, 30, 200));
    EXPECT_THAT(PixelOf(*chip, 149, 7), testing::ElementsAre(169, 37, 200));
}

TEST(FaceChip, IsTheSameFromBgrAndFromPaddedRows) {
    const auto rgb = Ramp(ChannelOrder::kRgb, std::ptrdiff_t{kSide} * 3);
    const auto bgr = Ramp(ChannelOrder::kBgr, 1024);
    const Landmarks face = Moved(1.3, 0.2, 60, 30);
    const auto a =
        CutFaceChip({rgb.data(), kSide, kSide, std::ptrdiff_t{kSide} * 3, ChannelOrder::kRgb}, face);
    const auto b = CutFaceChip({bgr.data(), kSide, kSide, 1024, ChannelOrder::kBgr}, face);
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    EXPECT_EQ(a->rgb, b->rgb);
}

TEST(FaceChip, InterpolatesBetweenPixels) {
    const auto pixels = Ramp(ChannelOrder::kRgb, std::ptrdiff_t{kSide} * 3);
    const ImageView image{pixels.data(), kSide, kSide, std::ptrdiff_t{kSide} * 3, ChannelOrder::kRgb};
    const double scale = 1.25;
    const double angle = 0.4;
    const auto chip = CutFaceChip(image, Moved(scale, angle, 70, 20)).value();
    for (const auto& [u, v] : {std::pair{10, 20}, std::pair{75, 75}, std::pair{120, 40}}) {
        const double x = (scale * std::cos(angle) * u) - (scale * std::sin(angle) * v) + 70;
        const double y = (scale * std::sin(angle) * u) + (scale * std::cos(angle) * v) + 20;
        EXPECT_NEAR(PixelOf(chip, u, v)[0], x, 0.6) << u << " " << v;
        EXPECT_NEAR(PixelOf(chip, u, v)[1], y, 0.6) << u << " " << v;
    }
}

TEST(FaceChip, IsBlackOutsideTheImage) {
    const std::vector<std::uint8_t> white(std::size_t{100} * 100 * 3, 255);
    const ImageView image{white.data(), 100, 100, 300, ChannelOrder::kRgb};
    const auto chip = CutFaceChip(image, Moved(1, 0, -50, -50)).value();
    EXPECT_THAT(PixelOf(chip, 10, 100), testing::ElementsAre(0, 0, 0));
    EXPECT_THAT(PixelOf(chip, 50, 50), testing::ElementsAre(255, 255, 255));
    EXPECT_THAT(PixelOf(chip, 149, 149), testing::ElementsAre(255, 255, 255));
    const auto far = CutFaceChip(image, Moved(1, 0, 1e9, 0));
    ASSERT_TRUE(far);
    EXPECT_THAT(far->rgb, testing::Each(0));
}

TEST(FaceChip, IsRefusedForImpossibleFacesAndImages) {
    const std::vector<std::uint8_t> pixels(300);
    const ImageView image{pixels.data(), 10, 10, 30, ChannelOrder::kRgb};
    EXPECT_FALSE(CutFaceChip(image, Landmarks{}));
    EXPECT_FALSE(CutFaceChip(image, Moved(1e-3, 0, 0, 0)));
    EXPECT_FALSE(CutFaceChip(image, Moved(1e3, 0, 0, 0)));
    EXPECT_FALSE(CutFaceChip({nullptr, 10, 10, 30, ChannelOrder::kRgb}, kFaceChipTemplate));
    EXPECT_FALSE(CutFaceChip({pixels.data(), 10, 10, 29, ChannelOrder::kRgb}, kFaceChipTemplate));
    EXPECT_FALSE(CutFaceChip({pixels.data(), 10, 0, 30, ChannelOrder::kRgb}, kFaceChipTemplate));
}

TEST(FaceChip, MirroredSwapsLeftAndRightOnly) {
    const auto pixels = Ramp(ChannelOrder::kRgb, std::ptrdiff_t{kSide} * 3);
    const ImageView image{pixels.data(), kSide, kSide, std::ptrdiff_t{kSide} * 3, ChannelOrder::kRgb};
    const auto chip = CutFaceChip(image, Moved(1, 0, 0, 0)).value();
    const FaceChip mirrored = Mirrored(chip);
    EXPECT_EQ(PixelOf(mirrored, 0, 5), PixelOf(chip, 149, 5));
    EXPECT_EQ(PixelOf(mirrored, 149, 149), PixelOf(chip, 0, 149));
    EXPECT_EQ(Mirrored(mirrored).rgb, chip.rgb);
}

}  // namespace
}  // namespace notify
