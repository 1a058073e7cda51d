#pragma once

// Finds the faces of a frame: detection on the analysis picture, coordinates of the full frame.

#include <vector>

#include "inference/face_detector.hpp"
#include "media/decode.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// The picture as inference reads it.
[[nodiscard]] ImageView ViewOf(const PictureView& picture) noexcept;

/// Faces of at least `settings.min_face_px` whose centre is inside the frame, in a fixed order: by score,
/// best first. Errors of the detector.
[[nodiscard]] Result<std::vector<Sighting>> DetectFaces(
    FaceDetector& detector, const FrameView& frame, const FaceSettings& settings
);

}  // namespace notify
