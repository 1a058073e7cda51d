#include "processors/facial_recognition/edges.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "core/result.hpp"
#include "inference/yunet_decode.hpp"
#include "processors/facial_recognition/detection.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/tracker.hpp"

namespace notify {

Result<bool> EdgeSearch::Shows(std::size_t index, const FaceBox& box, const FaceLook& look) {
    auto& seen = seen_[index];
    if (!seen) {
        const auto picture = sample_.Between(index);
        if (!picture) {
            return Unexpected(picture.error());
        }
        auto found = DetectFaces(detector_, picture->View(), sample_.scale, settings_);
        if (!found) {
            return Unexpected(found.error());
        }
        seen = std::move(*found);
    }
    return std::ranges::any_of(*seen, [&](const Sighting& other) { return IsStill(box, look, other); });
}

Result<EdgeSearch::Edge> EdgeSearch::EdgeOf(const FaceBox& box, const FaceLook& look, bool shown_after) {
    Edge edge{.before_ms = previous_ms_, .after_ms = sample_.pts_ms};
    std::size_t first = 0;
    std::size_t last = seen_.size();
    while (first < last) {
        const auto middle = std::midpoint(first, last);
        const auto shows = Shows(middle, box, look);
        if (!shows) {
            return Unexpected(shows.error());
        }
        if (*shows == shown_after) {
            edge.after_ms = sample_.between_ms[middle];
            last = middle;
        } else {
            edge.before_ms = sample_.between_ms[middle];
            first = middle + 1;
        }
    }
    return edge;
}

std::int64_t EdgeSearch::HalfOf(const Edge& edge) const {
    return std::lround(std::min(static_cast<double>(edge.after_ms - edge.before_ms), settings_.StepMs()) / 2);
}

Result<std::int64_t> EdgeSearch::StartOf(const Sighting& face) {
    if (sample_.after_cut) {
        return sample_.pts_ms;
    }
    return EdgeOf(face.box, face.look, true).map([&](const Edge& edge) {
        return edge.after_ms - HalfOf(edge);
    });
}

Result<std::int64_t> EdgeSearch::EndOf(const FaceBox& box, const FaceLook& look) {
    if (sample_.after_cut) {
        return sample_.pts_ms;
    }
    return EdgeOf(box, look, false).map([&](const Edge& edge) { return edge.before_ms + HalfOf(edge); });
}

}  // namespace notify
