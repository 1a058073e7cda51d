#include "inference/face_chip.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace notify {
namespace {

constexpr int kChannels = 3;
constexpr int kFractionBits = 8;
constexpr int kOne = 1 << kFractionBits;
constexpr double kLargestScale = 64;

struct Sample {
    int x;  ///< in 1/256 pixel
    int y;
};

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
void MixInside(const std::uint8_t* top, const std::uint8_t* bottom, Sample at, std::uint8_t* out) {
    const int right = at.x & (kOne - 1);
    const int below = at.y & (kOne - 1);
    for (int channel = 0; channel < kChannels; ++channel) {
        const int upper = (top[channel] * (kOne - right)) + (top[channel + kChannels] * right);
        const int lower = (bottom[channel] * (kOne - right)) + (bottom[channel + kChannels] * right);
        const int mixed = (upper * (kOne - below)) + (lower * below);
        out[channel] =
            static_cast<std::uint8_t>((mixed + (1 << ((2 * kFractionBits) - 1))) >> (2 * kFractionBits));
    }
}

/// The same where some of the four may lie outside; those are black.
void MixAtEdge(const ImageView& image, Sample at, std::uint8_t* out) {
    const int left = at.x >> kFractionBits;
    const int top = at.y >> kFractionBits;
    std::array<std::uint8_t, 4 * std::size_t{kChannels}> window{};
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 2; ++column) {
            const int x = left + column;
            const int y = top + row;
            if (x >= 0 && y >= 0 && x < image.width && y < image.height) {
                const std::uint8_t* pixel =
                    image.pixels + (y * image.stride_bytes) + std::ptrdiff_t{x} * kChannels;
                std::copy_n(pixel, kChannels, window.data() + (((row * 2) + column) * kChannels));
            }
        }
    }
    MixInside(window.data(), window.data() + std::ptrdiff_t{2} * kChannels, at, out);
}

void Mix(const ImageView& image, Sample at, std::uint8_t* out) {
    const int left = at.x >> kFractionBits;
    const int top = at.y >> kFractionBits;
    if (left >= 0 && top >= 0 && left + 1 < image.width && top + 1 < image.height) {
        const std::uint8_t* pixel =
            image.pixels + (top * image.stride_bytes) + std::ptrdiff_t{left} * kChannels;
        MixInside(pixel, pixel + image.stride_bytes, at, out);
    } else {
        MixAtEdge(image, at, out);
    }
}

/// Far outside every image is still outside, and fits an int.
int ToFixed(double position) {
    constexpr double kFar = 1 << 20;
    return static_cast<int>(std::lround(std::clamp(position, -kFar, kFar) * kOne));
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
    std::uint8_t* out = chip.rgb.data();
    for (int v = 0; v < kFaceChipSide; ++v) {
        for (int u = 0; u < kFaceChipSide; ++u, out += kChannels) {
            const Sample at{
                .x = ToFixed((a * u) - (b * v) + origin_x), .y = ToFixed((b * u) + (a * v) + origin_y)
            };
            Mix(image, at, out);
            if (image.order == ChannelOrder::kBgr) {
                std::swap(out[0], out[2]);
            }
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
