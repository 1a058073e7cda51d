#include "processors/facial_recognition/look.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

/// A picture of coarse and fine stripes; `blur` averages over that many pixels to each side.
struct Stripes {
    explicit Stripes(int blur, double shift = 0) : pixels(200U * 200U * 3U) {
        for (int y = 0; y < 200; ++y) {
            for (int x = 0; x < 200; ++x) {
                double sum = 0;
                for (int d = -blur; d <= blur; ++d) {
                    sum += 120 + (60 * std::sin((x + d + shift) / 17.0)) + (40 * std::sin((x + d) / 1.5));
                }
                const auto grey = static_cast<std::uint8_t>(sum / ((2 * blur) + 1) * (0.8 + (y / 1000.0)));
                auto* p = &pixels[static_cast<std::size_t>((y * 200) + x) * 3U];
                p[0] = p[1] = p[2] = grey;
            }
        }
    }

    [[nodiscard]] ImageView View() const {
        return {.pixels = pixels.data(), .width = 200, .height = 200, .stride_bytes = 600};
    }

    std::vector<std::uint8_t> pixels;
};

const Landmarks kFace = testing::FaceAt(25, 25, 150).landmarks;

TEST(FaceLook, IsTheSameForTheSameFaceInAnotherLight) {
    const Stripes picture(0);
    Stripes darker(0);
    for (auto& value : darker.pixels) {
        value = static_cast<std::uint8_t>(value / 2);
    }
    EXPECT_GT(
        LookAlike(LookAtFace(picture.View(), kFace).look, LookAtFace(darker.View(), kFace).look), 0.98F
    );
}

TEST(FaceLook, DiffersForAnotherPicture) {
    const Stripes picture(0);
    const Stripes other(0, 50);
    EXPECT_LT(LookAlike(LookAtFace(picture.View(), kFace).look, LookAtFace(other.View(), kFace).look), 0.5F);
}

TEST(FaceLook, CallsABlurredPictureLessSharp) {
    const auto sharp = LookAtFace(Stripes(0).View(), kFace).sharpness;
    // 9 pixels are about one of the fine stripes, so their mean takes those away; that of 13 lets a fifth
    // through
    const auto blurred = LookAtFace(Stripes(4).View(), kFace).sharpness;
    EXPECT_GT(sharp, 0.5F);
    EXPECT_LT(blurred, 0.7F * sharp);
}

TEST(FaceLook, IsNothingForAFaceThatCannotBeAligned) {
    const Stripes picture(0);
    EXPECT_EQ(LookAtFace(picture.View(), Landmarks{}).sharpness, 0);
    const std::vector<std::uint8_t> grey(200U * 200U * 3U, 128);
    const ImageView flat{.pixels = grey.data(), .width = 200, .height = 200, .stride_bytes = 600};
    EXPECT_EQ(LookAtFace(flat, kFace).sharpness, 0);
    EXPECT_EQ(LookAtFace(flat, kFace).look, FaceLook{});
}

TEST(FaceLook, ReadsNothingOutsideThePicture) {
    const Stripes picture(0);
    for (const float x : {-400.0F, -60.0F, 150.0F, 900.0F}) {
        const auto look = LookAtFace(picture.View(), testing::FaceAt(x, x, 150).landmarks);
        EXPECT_TRUE(std::isfinite(look.sharpness));
    }
}

}  // namespace
}  // namespace notify
