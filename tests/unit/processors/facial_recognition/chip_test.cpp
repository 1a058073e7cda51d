#include "processors/facial_recognition/chip.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "inference/face_chip.hpp"
#include "media/picture.hpp"
#include "processors/facial_recognition/noise.hpp"

namespace notify {
namespace {

constexpr int kSide = 500;

/// A frame of these pixels and no other.
class Frame final : public FrameView {
public:
    explicit Frame(double noise)
        : all_{.width = kSide, .height = kSide, .order = PixelOrder::kRgb, .bytes = {}} {
        full_width = kSide;
        full_height = kSide;
        std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
        std::normal_distribution<double> draw(0, 1);
        for (int i = 0; i < kSide * kSide; ++i) {
            const double level = 60 + (0.1 * (i % kSide)) + (((i / kSide) / 25) % 2 * 60);
            for (int channel = 0; channel < 3; ++channel) {
                const double shown = std::round(level + (noise * draw(random)));
                all_.bytes.push_back(static_cast<std::uint8_t>(std::clamp(shown, 0.0, 255.0)));
            }
        }
    }

    [[nodiscard]] Result<Picture> FullRegion(const Rectangle& rectangle) const override {
        const auto cut = Clip(rectangle, kSide, kSide);
        Picture part{.width = cut.width, .height = cut.height, .order = all_.order, .bytes = {}};
        for (int y = 0; y < cut.height; ++y) {
            const auto* row = all_.bytes.data() + (std::ptrdiff_t{cut.y + y} * kSide + cut.x) * 3;
            part.bytes.insert(part.bytes.end(), row, row + (std::ptrdiff_t{cut.width} * 3));
        }
        return part;
    }

    [[nodiscard]] const Picture& All() const noexcept { return all_; }

private:
    Picture all_;
};

/// A face as large as its chip, there.
Landmarks FaceThere(float x, float y) {
    Landmarks landmarks = kFaceChipTemplate;
    for (auto& point : landmarks) {
        point.x += x;
        point.y += y;
    }
    return landmarks;
}

double NoiseIn(const FaceChip& chip) {
    return NoiseOf(
        {.width = kFaceChipSide, .height = kFaceChipSide, .order = PixelOrder::kRgb, .bytes = chip.rgb}
    );
}

TEST(CutChip, LeavesAQuietPictureAsItIs) {
    const Frame frame(0);
    const auto chip = CutChip(frame, FaceThere(120, 130));
    ASSERT_TRUE(chip);
    std::size_t others = 0;
    for (int y = 0; y < kFaceChipSide; ++y) {
        for (int x = 0; x < kFaceChipSide; ++x) {
            const auto in_chip = static_cast<std::size_t>((y * kFaceChipSide) + x) * 3;
            const auto in_frame = static_cast<std::size_t>(((y + 130) * kSide) + x + 120) * 3;
            const int off = int{chip->rgb[in_chip]} - int{frame.All().bytes[in_frame]};
            others += std::abs(off) > 2 ? 1U : 0U;
        }
    }
    EXPECT_EQ(others, 0U);
}

TEST(CutChip, SmoothesANoisyPicture) {
    const Frame frame(10);
    const auto chip = CutChip(frame, FaceThere(120, 130));
    ASSERT_TRUE(chip);
    EXPECT_LT(NoiseIn(*chip), 3) << "of 10";
}

TEST(CutChip, RefusesAFaceOutsideTheFrame) {
    const Frame frame(0);
    const auto chip = CutChip(frame, FaceThere(kSide + 20, 130));
    ASSERT_FALSE(chip);
    EXPECT_EQ(chip.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace notify
