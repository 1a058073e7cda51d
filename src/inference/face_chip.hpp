#pragma once

// The aligned 150×150 picture of a face that the embedding network expects, cut from an image by five
// landmarks.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "inference/image_view.hpp"

namespace notify {

/// The landmarks of a face in the detector's order: right eye, left eye, nose, right and left corner of the
/// mouth (the person's right, which is left in the image).
using Landmarks = std::array<Point, 5>;

/// Width and height of a chip in pixels.
inline constexpr int kFaceChipSide = 150;

/// Where the landmarks lie in a chip (mean over 250 photos aligned as dlib's training data was;
/// docs/processors/facial-recognition.md).
inline constexpr Landmarks kFaceChipTemplate{
    Point{.x = 47.41F, .y = 44.81F},
    Point{.x = 102.93F, .y = 45.34F},
    Point{.x = 74.84F, .y = 77.28F},
    Point{.x = 51.57F, .y = 101.51F},
    Point{.x = 99.82F, .y = 101.70F}
};

/// Turn, scale and shift: (x, y) → (a·x − b·y + shift_x, b·x + a·y + shift_y).
struct Similarity {
    double a = 1;
    double b = 0;
    double shift_x = 0;
    double shift_y = 0;

    [[nodiscard]] constexpr Point Apply(Point p) const noexcept {
        return {
            .x = static_cast<float>((a * double{p.x}) - (b * double{p.y}) + shift_x),
            .y = static_cast<float>((b * double{p.x}) + (a * double{p.y}) + shift_y)
        };
    }
};

/// The similarity that takes `from` closest to `to` in the least-squares sense. kInvalidArgument when the
/// points are not finite or all lie in one place. Thread-safe.
[[nodiscard]] Result<Similarity> EstimateSimilarity(const Landmarks& from, const Landmarks& to);

/// An aligned face: 150×150 pixels, rows without gaps, red first.
struct FaceChip {
    std::vector<std::uint8_t> rgb;  ///< kFaceChipSide · kFaceChipSide · 3 bytes
};

/// Cuts the face with these landmarks (pixels of `image`) out of the image: similarity to the template,
/// bilinear, black outside the image. Best given the full-resolution frame. kInvalidArgument when the image
/// is not readable or the landmarks give no similarity between 1/64 and 64 image pixels per chip pixel.
/// Thread-safe; about 0.2 ms.
[[nodiscard]] Result<FaceChip> CutFaceChip(const ImageView& image, const Landmarks& landmarks);

/// The chip seen in a mirror.
[[nodiscard]] FaceChip Mirrored(const FaceChip& chip);

}  // namespace notify
