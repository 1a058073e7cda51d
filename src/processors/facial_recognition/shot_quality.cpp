#include "processors/facial_recognition/shot_quality.hpp"

#include <algorithm>
#include <cmath>

#include "inference/face_chip.hpp"
#include "inference/image_view.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

constexpr float kLeastEyeDistance = 12;  ///< Pixels of the full frame.
constexpr float kFullEyeDistance = 55;   ///< That of a face chip: more pixels add nothing.
constexpr float kMostYaw = 0.8F;

/// How far down between eyes and mouth the nose is, for a face looking straight ahead (kFaceChipTemplate).
constexpr float kLevelNose = 0.57F;

Point Middle(Point a, Point b) {
    return {.x = (a.x + b.x) / 2, .y = (a.y + b.y) / 2};
}

}  // namespace

Pose PoseOf(const Landmarks& landmarks) noexcept {
    const auto& [right_eye, left_eye, nose, right_mouth, left_mouth] = landmarks;
    const Point eyes = Middle(right_eye, left_eye);
    const Point mouth = Middle(right_mouth, left_mouth);
    // The face's own axes, so that a tilted head is no turned one.
    const float eye_distance = EyeDistance(landmarks);
    const float down_x = mouth.x - eyes.x;
    const float down_y = mouth.y - eyes.y;
    const float height = std::hypot(down_x, down_y);
    if (!(eye_distance > 0) || !(height > 0)) {
        return {.yaw = 1, .pitch = 1};
    }
    const float x = nose.x - eyes.x;
    const float y = nose.y - eyes.y;
    const float along = ((x * down_x) + (y * down_y)) / height;
    const float across = ((x * down_y) - (y * down_x)) / height;
    // In profile the eyes come together, so the wider of both measures tells how far it is turned.
    const float width = std::max(eye_distance, 0.6F * height);
    return {
        .yaw = std::clamp(2 * across / width, -1.5F, 1.5F),
        .pitch = std::clamp(2 * ((along / height) - kLevelNose), -1.5F, 1.5F)
    };
}

float PoseDifference(const Pose& a, const Pose& b) noexcept {
    return std::hypot(a.yaw - b.yaw, a.pitch - b.pitch);
}

float QualityOf(const Sighting& sighting) noexcept {
    const Pose pose = PoseOf(sighting.landmarks);
    const float size = std::min(1.0F, EyeDistance(sighting.landmarks) / kFullEyeDistance);
    const float frontal = std::exp(-2 * ((pose.yaw * pose.yaw) + (pose.pitch * pose.pitch)));
    return std::clamp(sighting.score * size * frontal * sighting.sharpness, 0.0F, 1.0F);
}

bool IsRecognisable(const Sighting& sighting) noexcept {
    return EyeDistance(sighting.landmarks) >= kLeastEyeDistance &&
           std::abs(PoseOf(sighting.landmarks).yaw) <= kMostYaw;
}

}  // namespace notify
