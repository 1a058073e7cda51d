#pragma once

// From the detector's raw numbers to faces: priors, scores and non-maximum suppression. Knows nothing of the
// runtime.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "inference/face_chip.hpp"

namespace notify {

/// A rectangle in pixels; `x`, `y` is the top left corner. It may reach beyond the image.
struct FaceBox {
    float x = 0;
    float y = 0;
    float width = 0;
    float height = 0;
};

/// Area of the intersection by area of the union, 0 to 1.
[[nodiscard]] float OverlapOf(const FaceBox& a, const FaceBox& b) noexcept;

struct DetectedFace {
    FaceBox box;
    Landmarks landmarks;
    float score = 0;  ///< 0 to 1
};

/// What the network says at one stride: 16 planes of rows · columns floats, one after the other:
/// class logit, object logit, box (dx, dy, log width, log height), then five landmarks (dx, dy).
struct YunetPlanes {
    static constexpr std::size_t kPlanes = 16;

    int stride = 0;  ///< pixels between neighbouring cells: 8, 16 or 32
    int rows = 0;
    int columns = 0;
    std::span<const float> values;  ///< kPlanes · rows · columns
};

struct DetectionLimits {
    float least_score = 0.6F;   ///< faces below are dropped
    float most_overlap = 0.3F;  ///< of two faces that overlap more, the one with the lower score is dropped
    std::size_t most_candidates = 5000;  ///< best candidates looked at
    std::size_t most_faces = 750;        ///< best faces returned
};

/// Every cell whose score √(class · object) reaches the limit, in the order of levels, rows and columns.
/// Cells with numbers that are not finite are left out. Thread-safe.
[[nodiscard]] std::vector<DetectedFace> DecodeYunet(std::span<const YunetPlanes> levels, float least_score);

/// Keeps the best of overlapping faces, best first; equal scores keep their order, so the result depends on
/// the input alone. Thread-safe.
[[nodiscard]] std::vector<DetectedFace> SuppressOverlaps(
    std::vector<DetectedFace> candidates, const DetectionLimits& limits
);

}  // namespace notify
