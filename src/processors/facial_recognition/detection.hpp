#pragma once

// Finds the faces of a frame: detection on the analysis picture, coordinates of the full frame.

#include <vector>

#include "inference/face_detector.hpp"
#include "media/picture.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// The picture as inference reads it.
[[nodiscard]] ImageView ViewOf(const PictureView& picture) noexcept;

/// Faces of at least `settings.min_face_px` whose centre is inside the analysis picture, of whose pixels each
/// is `scale` pixels of the full frame; in a fixed order: by score, best first. Errors of the detector.
[[nodiscard]] Result<std::vector<Sighting>> DetectFaces(
    FaceDetector& detector, const PictureView& picture, double scale, const FaceSettings& settings
);

}  // namespace notify
