#include "processors/facial_recognition/chip.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/face_chip.hpp"
#include "inference/image_view.hpp"
#include "media/decode.hpp"
#include "media/picture.hpp"
#include "processors/facial_recognition/detection.hpp"
#include "processors/facial_recognition/noise.hpp"

namespace notify {

namespace {

/// From here on the embedding is nearer to the person's without the noise than with all details.
constexpr double kNoisy = 2.5;

/// A small face alone is all detail: noise is looked for in so many pixels around it.
constexpr int kLeastSide = 200;

/// What the chip shows, in pixels of the frame, with a border for interpolation.
Rectangle ChipRegion(const Similarity& to_chip) {
    const double squared = (to_chip.a * to_chip.a) + (to_chip.b * to_chip.b);
    const double a = to_chip.a / squared;
    const double b = -to_chip.b / squared;
    double left = std::numeric_limits<double>::max();
    double top = left;
    double right = -left;
    double bottom = -left;
    for (const double u : {0.0, double{kFaceChipSide}}) {
        for (const double v : {0.0, double{kFaceChipSide}}) {
            const double x = (a * (u - to_chip.shift_x)) - (b * (v - to_chip.shift_y));
            const double y = (b * (u - to_chip.shift_x)) + (a * (v - to_chip.shift_y));
            left = std::min(left, x);
            right = std::max(right, x);
            top = std::min(top, y);
            bottom = std::max(bottom, y);
        }
    }
    const auto whole = [](double value) { return static_cast<int>(std::clamp(value, -1e6, 1e6)); };
    const int x = whole(std::floor(left)) - 2;
    const int y = whole(std::floor(top)) - 2;
    return {
        .x = x, .y = y, .width = whole(std::ceil(right)) + 3 - x, .height = whole(std::ceil(bottom)) + 3 - y
    };
}

/// Around the same middle, no side shorter than `least`.
Rectangle Widened(const Rectangle& region, int least) {
    const int across = std::max(0, least - region.width);
    const int down = std::max(0, least - region.height);
    return {
        .x = region.x - (across / 2),
        .y = region.y - (down / 2),
        .width = region.width + across,
        .height = region.height + down
    };
}

/// Half the size: the mean of each four pixels; an odd last row or column is left out.
Picture Halved(const Picture& picture) {
    Picture half{
        .width = picture.width / 2, .height = picture.height / 2, .order = picture.order, .bytes = {}
    };
    half.bytes.resize(static_cast<std::size_t>(half.width) * static_cast<std::size_t>(half.height) * 3);
    const auto row_bytes = static_cast<std::size_t>(picture.width) * 3;
    auto* out = half.bytes.data();
    for (int y = 0; y < half.height; ++y) {
        const auto* above = picture.bytes.data() + (2 * static_cast<std::size_t>(y) * row_bytes);
        for (int x = 0; x < half.width; ++x, above += 6) {
            for (int channel = 0; channel < 3; ++channel) {
                const auto* p = above + channel;
                *out++ = static_cast<std::uint8_t>((p[0] + p[3] + p[row_bytes] + p[row_bytes + 3] + 2) / 4);
            }
        }
    }
    return half;
}

}  // namespace

Result<FaceChip> CutChip(const FrameView& frame, const Landmarks& landmarks) {
    const auto to_chip = EstimateSimilarity(landmarks, kFaceChipTemplate);
    if (!to_chip) {
        return Unexpected(to_chip.error());
    }
    double shrink = std::hypot(to_chip->a, to_chip->b);  // chip pixels per pixel of the frame
    if (!(shrink > 1.0 / 64) || !(shrink < 64)) {
        return Fail(ErrorCode::kInvalidArgument, "a face is too large or too small to be aligned");
    }
    const Rectangle face = Clip(ChipRegion(*to_chip), frame.full_width, frame.full_height);
    if (face.width == 0 || face.height == 0) {
        return Fail(ErrorCode::kInvalidArgument, "a face lies outside the frame");
    }
    const Rectangle region = Clip(Widened(face, kLeastSide), frame.full_width, frame.full_height);
    auto picture = frame.FullRegion(region);
    if (!picture) {
        return Unexpected(picture.error());
    }
    Landmarks inside = landmarks;
    for (Point& p : inside) {
        p.x -= static_cast<float>(region.x);
        p.y -= static_cast<float>(region.y);
    }
    while (shrink <= 0.5 && picture->width >= 4 && picture->height >= 4) {
        shrink *= 2;
        *picture = Halved(*picture);
        for (Point& p : inside) {
            p.x = (p.x - 0.5F) / 2;
            p.y = (p.y - 0.5F) / 2;
        }
    }
    if (NoiseOf(*picture) >= kNoisy) {
        *picture = Smoothed(*picture);
    }
    return CutFaceChip(ViewOf(picture->View()), inside);
}

}  // namespace notify
