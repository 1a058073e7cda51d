#pragma once

// What a face looks like in a coarse aligned grid: to tell samples of one shot from another picture, and
// sharp from blurred.

#include "inference/face_chip.hpp"
#include "inference/image_view.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

struct AlignedLook {
    FaceLook look{};
    float sharpness = 0;  ///< 0 … 1.
};

/// Samples the face with these landmarks (pixels of `image`) on a 32 × 32 grid aligned as a face chip is.
/// All 0 when the landmarks cannot be aligned. About 15 µs. Thread-safe.
[[nodiscard]] AlignedLook LookAtFace(const ImageView& image, const Landmarks& landmarks);

}  // namespace notify
