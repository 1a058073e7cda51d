#include "processors/facial_recognition/detection.hpp"

#include <algorithm>
#include <vector>

#include "core/result.hpp"
#include "inference/face_detector.hpp"
#include "inference/image_view.hpp"
#include "inference/yunet_decode.hpp"
#include "media/picture.hpp"
#include "processors/facial_recognition/look.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

/// From the analysis picture to the full frame: pixels are squares, so their centres move too.
Point ToFull(Point p, double scale) {
    return {
        .x = static_cast<float>(((double{p.x} + 0.5) * scale) - 0.5),
        .y = static_cast<float>(((double{p.y} + 0.5) * scale) - 0.5)
    };
}

FaceBox ToFull(const FaceBox& box, double scale) {
    return {
        .x = static_cast<float>(box.x * scale),
        .y = static_cast<float>(box.y * scale),
        .width = static_cast<float>(box.width * scale),
        .height = static_cast<float>(box.height * scale)
    };
}

bool IsWanted(const DetectedFace& face, const PictureView& picture, int least_side) {
    const float x = face.box.x + (face.box.width / 2);
    const float y = face.box.y + (face.box.height / 2);
    return std::max(face.box.width, face.box.height) >= static_cast<float>(least_side) && x >= 0 && y >= 0 &&
           x < static_cast<float>(picture.width) && y < static_cast<float>(picture.height);
}

}  // namespace

ImageView ViewOf(const PictureView& picture) noexcept {
    return {
        .pixels = picture.pixels,
        .width = picture.width,
        .height = picture.height,
        .stride_bytes = picture.stride_bytes,
        .order = picture.order == PixelOrder::kBgr ? ChannelOrder::kBgr : ChannelOrder::kRgb
    };
}

Result<std::vector<Sighting>> DetectFaces(
    FaceDetector& detector, const PictureView& picture, double scale, const FaceSettings& settings
) {
    const ImageView image = ViewOf(picture);
    const auto faces =
        detector.Detect(image, {.least_score = static_cast<float>(settings.detection_threshold)});
    if (!faces) {
        return Unexpected(faces.error());
    }
    std::vector<Sighting> sightings;
    for (const auto& face : *faces) {
        if (!IsWanted(face, picture, settings.min_face_px)) {
            continue;
        }
        const auto aligned = LookAtFace(image, face.landmarks);
        Sighting sighting{
            .box = ToFull(face.box, scale),
            .landmarks = face.landmarks,
            .score = face.score,
            .sharpness = aligned.sharpness,
            .look = aligned.look
        };
        std::ranges::transform(sighting.landmarks, sighting.landmarks.begin(), [&](Point p) {
            return ToFull(p, scale);
        });
        sightings.push_back(sighting);
    }
    return sightings;
}

}  // namespace notify
