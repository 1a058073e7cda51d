#include "inference/face_chip.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/image_view.hpp"

namespace notify {
namespace {

constexpr int kChannels = 3;
constexpr double kLargestScale = 64;

/// The pixel left above a position, and how far right and below of it the position lies, in 1/256 pixel.
struct Sample {
    int left = 0;
    int top = 0;
    unsigned right = 0;
    unsigned below = 0;
};

constexpr unsigned kOne = 256;

struct Centre {
    double x = 0;
    double y = 0;
};

Centre CentreOf(const Landmarks& points) {
    Centre centre;
    for (const Point& point : points) {
        centre.x += double{point.x};
        centre.y += double{point.y};
    }
    const auto count = static_cast<double>(points.size());
    return {.x = centre.x / count, .y = centre.y / count};
}

/// Mixes four neighbouring pixels of which none lies outside the image.
void MixInside(const std::uint8_t* top, const std::uint8_t* bottom, const Sample& at, std::uint8_t* out) {
    for (int channel = 0; channel < kChannels; ++channel) {
        const unsigned upper = (top[channel] * (kOne - at.right)) + (top[channel + kChannels] * at.right);
        const unsigned lower =
            (bottom[channel] * (kOne - at.right)) + (bottom[channel + kChannels] * at.right);
        const unsigned mixed = (upper * (kOne - at.below)) + (lower * at.below);
        out[channel] = static_cast<std::uint8_t>((mixed + (kOne * kOne / 2)) / (kOne * kOne));
    }
}

const std::uint8_t* PixelAt(const ImageView& image, int x, int y) {
    return image.pixels + (y * image.stride_bytes) + (std::ptrdiff_t{x} * kChannels);
}

/// The same where some of the four may lie outside; those are black.
void MixAtEdge(const ImageView& image, const Sample& at, std::uint8_t* out) {
    std::array<std::array<std::uint8_t, 2 * std::size_t{kChannels}>, 2> rows{};
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 2; ++column) {
            const int x = at.left + column;
            const int y = at.top + row;
            if (x >= 0 && y >= 0 && x < image.width && y < image.height) {
                std::uint8_t* to =
                    rows.at(static_cast<std::size_t>(row)).data() + (std::ptrdiff_t{column} * kChannels);
                std::copy_n(PixelAt(image, x, y), kChannels, to);
            }
        }
    }
    MixInside(rows[0].data(), rows[1].data(), at, out);
}

void Mix(const ImageView& image, const Sample& at, std::uint8_t* out) {
    if (at.left >= 0 && at.top >= 0 && at.left + 1 < image.width && at.top + 1 < image.height) {
        const std::uint8_t* pixel = PixelAt(image, at.left, at.top);
        MixInside(pixel, pixel + image.stride_bytes, at, out);
    } else {
        MixAtEdge(image, at, out);
    }
}

// Positions run along a row of the chip in 2^-24 pixels, exact enough for 150 steps, and are counted from far
// left above the image so that they are never negative.
constexpr unsigned kPositionBits = 24;
constexpr unsigned kSampleBits = 8;
constexpr double kFar = 1'000'000;
constexpr int kOrigin = 2'000'000;

std::int64_t ToStep(double pixels) {
    return std::llround(pixels * (1U << kPositionBits));
}

/// What is too far away to be counted is still far outside the image.
std::uint64_t ToPosition(double pixels) {
    return static_cast<std::uint64_t>(ToStep(std::clamp(pixels, -kFar, kFar) + kOrigin));
}

Sample SampleAt(std::uint64_t x, std::uint64_t y) {
    constexpr std::uint64_t kHalf = 1U << (kPositionBits - kSampleBits - 1);
    constexpr unsigned kDropped = kPositionBits - kSampleBits;
    return {
        .left = static_cast<int>((x + kHalf) >> kPositionBits) - kOrigin,
        .top = static_cast<int>((y + kHalf) >> kPositionBits) - kOrigin,
        .right = static_cast<unsigned>((x + kHalf) >> kDropped) % kOne,
        .below = static_cast<unsigned>((y + kHalf) >> kDropped) % kOne
    };
}

}  // namespace

Result<Similarity> EstimateSimilarity(const Landmarks& from, const Landmarks& to) {
    for (const Landmarks* points : {&from, &to}) {
        if (!std::ranges::all_of(*points, [](const Point& p) {
                return std::isfinite(p.x) && std::isfinite(p.y);
            })) {
            return Fail(ErrorCode::kInvalidArgument, "a face's landmarks are not finite");
        }
    }
    const Centre from_mean = CentreOf(from);
    const Centre to_mean = CentreOf(to);
    double spread = 0;
    double along = 0;
    double across = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const double x = double{from[i].x} - from_mean.x;
        const double y = double{from[i].y} - from_mean.y;
        const double u = double{to[i].x} - to_mean.x;
        const double v = double{to[i].y} - to_mean.y;
        spread += (x * x) + (y * y);
        along += (x * u) + (y * v);
        across += (x * v) - (y * u);
    }
    if (!(spread > 1e-6)) {
        return Fail(ErrorCode::kInvalidArgument, "a face's landmarks all lie in one place");
    }
    const double a = along / spread;
    const double b = across / spread;
    return Similarity{
        .a = a,
        .b = b,
        .shift_x = to_mean.x - (a * from_mean.x) + (b * from_mean.y),
        .shift_y = to_mean.y - (b * from_mean.x) - (a * from_mean.y)
    };
}

Result<FaceChip> CutFaceChip(const ImageView& image, const Landmarks& landmarks) {
    if (!IsReadable(image)) {
        return Fail(ErrorCode::kInvalidArgument, "the image to cut a face from is not readable");
    }
    const Result<Similarity> to_chip = EstimateSimilarity(landmarks, kFaceChipTemplate);
    if (!to_chip) {
        return Unexpected(to_chip.error());
    }
    const double squared = (to_chip->a * to_chip->a) + (to_chip->b * to_chip->b);
    if (!(squared > 1 / (kLargestScale * kLargestScale)) || !(squared < kLargestScale * kLargestScale)) {
        return Fail(ErrorCode::kInvalidArgument, "a face is too large or too small to be aligned");
    }
    // The inverse: where in the image a chip's pixel is taken from.
    const double a = to_chip->a / squared;
    const double b = -to_chip->b / squared;
    const double origin_x = -(a * to_chip->shift_x) + (b * to_chip->shift_y);
    const double origin_y = -(b * to_chip->shift_x) - (a * to_chip->shift_y);
    FaceChip chip;
    chip.rgb.resize(std::size_t{kFaceChipSide} * kFaceChipSide * kChannels);
    const auto step_x = static_cast<std::uint64_t>(ToStep(a));
    const auto step_y = static_cast<std::uint64_t>(ToStep(b));
    std::uint8_t* out = chip.rgb.data();
    for (int v = 0; v < kFaceChipSide; ++v) {
        std::uint64_t x = ToPosition(origin_x - (b * v));
        std::uint64_t y = ToPosition(origin_y + (a * v));
        for (int u = 0; u < kFaceChipSide; ++u, out += kChannels) {
            Mix(image, SampleAt(x, y), out);
            if (image.order == ChannelOrder::kBgr) {
                std::swap(out[0], out[2]);
            }
            x += step_x;  // modulo 2^64, so a negative step goes back
            y += step_y;
        }
    }
    return chip;
}

FaceChip Mirrored(const FaceChip& chip) {
    FaceChip mirrored;
    mirrored.rgb.resize(chip.rgb.size());
    constexpr std::size_t kRowBytes = std::size_t{kFaceChipSide} * kChannels;
    for (std::size_t i = 0; i + kChannels <= chip.rgb.size(); i += kChannels) {
        const std::size_t row = i / kRowBytes * kRowBytes;
        std::copy_n(
            chip.rgb.data() + i, kChannels, mirrored.rgb.data() + row + (kRowBytes - kChannels - (i - row))
        );
    }
    return mirrored;
}

}  // namespace notify
