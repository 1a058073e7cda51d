#pragma once

// One face in one frame, as the stages hand it on.

#include <array>
#include <cmath>
#include <cstdint>

#include "inference/face_chip.hpp"
#include "inference/yunet_decode.hpp"

namespace notify {

/// The inner face in coarse grey, aligned by its landmarks: mean 0, length 1 (all 0 for a face without
/// contrast).
using FaceLook = std::array<float, 64>;

/// How alike two looks are: 1 the same, around 0 unrelated, -1 inverted. Two samples of one shot are mostly
/// above 0.9; another photo of the same person is mostly below 0.8.
[[nodiscard]] inline float LookAlike(const FaceLook& a, const FaceLook& b) noexcept {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// Where the head is turned, from the landmarks alone: 0 is straight ahead, about ±1 a profile.
struct Pose {
    float yaw = 0;
    float pitch = 0;
};

/// Distances are in pixels of the full frame, rotation applied.
struct Sighting {
    FaceBox box;
    Landmarks landmarks;
    float score = 0;      ///< Of the detector, 0 … 1.
    float sharpness = 0;  ///< 0 … 1, by the analysis picture.
    FaceLook look{};
};

/// Bounds of what is read back from a saved state: beyond them sums and conversions would overflow.
inline constexpr int kMostPlausibleCount = 1 << 30;

[[nodiscard]] inline bool IsPlausibleTime(std::int64_t ms) noexcept {
    constexpr auto kMost = std::int64_t{1} << 53U;
    return ms >= -kMost && ms <= kMost;
}

[[nodiscard]] inline bool IsPlausibleBox(const FaceBox& box) noexcept {
    constexpr float kMost = 1e6F;
    return std::abs(box.x) <= kMost && std::abs(box.y) <= kMost && std::abs(box.width) <= kMost &&
           std::abs(box.height) <= kMost;
}

[[nodiscard]] inline float EyeDistance(const Landmarks& landmarks) noexcept {
    return std::hypot(landmarks[1].x - landmarks[0].x, landmarks[1].y - landmarks[0].y);
}

}  // namespace notify
