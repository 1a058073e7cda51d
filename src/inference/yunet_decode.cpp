#include "inference/yunet_decode.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "inference/image_view.hpp"

namespace notify {
namespace {

enum Plane : std::uint8_t { kClass, kObject, kBox, kLandmarks = 6 };

float Sigmoid(float logit) {
    return 1.0F / (1.0F + std::exp(-logit));
}

float Logit(float probability) {
    return std::log(probability / (1.0F - probability));
}

/// Reads the planes of one level at one cell.
struct Cell {
    const YunetPlanes& level;
    std::size_t index;

    [[nodiscard]] float At(std::size_t plane) const {
        const std::size_t area =
            static_cast<std::size_t>(level.rows) * static_cast<std::size_t>(level.columns);
        return level.values[(plane * area) + index];
    }
};

DetectedFace FaceAt(const Cell& cell, float score) {
    const auto columns = static_cast<std::size_t>(cell.level.columns);
    const auto column = static_cast<float>(cell.index % columns);
    const std::size_t rows_above = cell.index / columns;
    const auto row = static_cast<float>(rows_above);
    const auto stride = static_cast<float>(cell.level.stride);
    DetectedFace face;
    face.score = score;
    face.box.width = std::exp(cell.At(kBox + 2)) * stride;
    face.box.height = std::exp(cell.At(kBox + 3)) * stride;
    face.box.x = ((column + cell.At(kBox)) * stride) - (face.box.width / 2);
    face.box.y = ((row + cell.At(kBox + 1)) * stride) - (face.box.height / 2);
    for (std::size_t i = 0; i < face.landmarks.size(); ++i) {
        face.landmarks[i].x = (column + cell.At(kLandmarks + (2 * i))) * stride;
        face.landmarks[i].y = (row + cell.At(kLandmarks + (2 * i) + 1)) * stride;
    }
    return face;
}

bool IsFinite(const DetectedFace& face) {
    float sum = face.box.x + face.box.y + face.box.width + face.box.height;
    for (const Point& point : face.landmarks) {
        sum += point.x + point.y;
    }
    return std::isfinite(sum);
}

void DecodeLevel(const YunetPlanes& level, float least_score, std::vector<DetectedFace>& faces) {
    const std::size_t area = static_cast<std::size_t>(level.rows) * static_cast<std::size_t>(level.columns);
    if (level.values.size() != area * YunetPlanes::kPlanes) {
        return;
    }
    // √(class · object) ≥ s needs both ≥ s²: a comparison of logits spares nearly every cell the
    // exponentials.
    const float least_logit = Logit(std::clamp(least_score * least_score, 1e-6F, 1.0F - 1e-6F)) - 1e-3F;
    for (std::size_t index = 0; index < area; ++index) {
        const Cell cell{.level = level, .index = index};
        if (!(cell.At(kClass) >= least_logit) || !(cell.At(kObject) >= least_logit)) {
            continue;
        }
        const float score = std::sqrt(Sigmoid(cell.At(kClass)) * Sigmoid(cell.At(kObject)));
        if (!(score >= least_score)) {
            continue;
        }
        if (const DetectedFace face = FaceAt(cell, score); IsFinite(face)) {
            faces.push_back(face);
        }
    }
}

}  // namespace

float OverlapOf(const FaceBox& a, const FaceBox& b) noexcept {
    const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
    const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
    if (!(width > 0) || !(height > 0)) {
        return 0;
    }
    const float both = width * height;
    return both / ((a.width * a.height) + (b.width * b.height) - both);
}

std::vector<DetectedFace> DecodeYunet(std::span<const YunetPlanes> levels, float least_score) {
    std::vector<DetectedFace> faces;
    for (const YunetPlanes& level : levels) {
        DecodeLevel(level, least_score, faces);
    }
    return faces;
}

std::vector<DetectedFace> SuppressOverlaps(
    std::vector<DetectedFace> candidates, const DetectionLimits& limits
) {
    std::ranges::stable_sort(candidates, std::ranges::greater{}, &DetectedFace::score);
    if (candidates.size() > limits.most_candidates) {
        candidates.resize(limits.most_candidates);
    }
    std::vector<DetectedFace> kept;
    for (const DetectedFace& candidate : candidates) {
        if (kept.size() >= limits.most_faces) {
            break;
        }
        const bool is_new = std::ranges::none_of(kept, [&](const DetectedFace& face) {
            return OverlapOf(face.box, candidate.box) > limits.most_overlap;
        });
        if (is_new) {
            kept.push_back(candidate);
        }
    }
    return kept;
}

}  // namespace notify
