#include "processors/facial_recognition/noise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace notify {
namespace {

/// Smooth shading with a hard edge in the middle, and noise of that standard deviation.
Picture Shaded(int side, double noise) {
    std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
    std::normal_distribution<double> draw(0, std::max(noise, 1e-9));
    Picture picture{.width = side, .height = side, .order = PixelOrder::kRgb, .bytes = {}};
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            for (int channel = 0; channel < 3; ++channel) {
                const double level = 60 + (0.3 * x) + (0.2 * y) + (x > side / 2 ? 80 : 0) + draw(random);
                picture.bytes.push_back(static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0, 255.0)));
            }
        }
    }
    return picture;
}

TEST(Noise, IsWhatWasAdded) {
    for (const double noise : {3.0, 6.0, 12.0}) {
        EXPECT_NEAR(NoiseOf(Shaded(160, noise)), noise, 0.12 * noise);
    }
}

TEST(Noise, IsNoneWhereThereAreEdgesAndShades) {
    EXPECT_LT(NoiseOf(Shaded(160, 0)), 0.5);
}

TEST(Noise, OfHardlyAPictureIsNone) {
    EXPECT_EQ(NoiseOf(Shaded(2, 9)), 0);
    EXPECT_EQ(NoiseOf(Picture{}), 0);
}

TEST(Smoothing, TakesNoiseAwayAndLeavesLevels) {
    const auto noisy = Shaded(160, 12);
    const auto smooth = Smoothed(noisy);
    EXPECT_LT(NoiseOf(smooth), 2);
    const auto clean = Shaded(160, 0);
    double off = 0;
    for (std::size_t i = 0; i < clean.bytes.size(); ++i) {
        off += std::abs(int{smooth.bytes[i]} - int{clean.bytes[i]});
    }
    EXPECT_LT(off / static_cast<double>(clean.bytes.size()), 4);
}

TEST(Smoothing, IsAGaussianOfOnePixel) {
    Picture dot{.width = 9, .height = 9, .order = PixelOrder::kRgb, .bytes = {}};
    dot.bytes.resize(std::size_t{9} * 9 * 3);
    dot.bytes[((4 * 9) + 4) * 3] = 255;  // red
    const auto smooth = Smoothed(dot);
    const auto red = [&](int x, int y) {
        return int{smooth.bytes[static_cast<std::size_t>((y * 9) + x) * 3]};
    };
    EXPECT_NEAR(red(4, 4), 255 * 36 / 256, 1);
    EXPECT_NEAR(red(5, 4), 255 * 24 / 256, 1);
    EXPECT_NEAR(red(4, 5), 255 * 24 / 256, 1);
    EXPECT_NEAR(red(2, 4), 255 * 6 / 256, 1);
    EXPECT_EQ(red(1, 4), 0);
    EXPECT_EQ(smooth.bytes[(((4 * 9) + 4) * 3) + 1], 0) << "green";
}

TEST(Smoothing, LeavesAFlatPictureAsItIsToItsBorder) {
    Picture flat{.width = 3, .height = 5, .order = PixelOrder::kRgb, .bytes = {}};
    flat.bytes.assign(std::size_t{3} * 5 * 3, 130);
    EXPECT_EQ(Smoothed(flat).bytes, flat.bytes);
}

}  // namespace
}  // namespace notify
