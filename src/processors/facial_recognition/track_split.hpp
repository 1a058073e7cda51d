#pragma once

// A track in which the person changes (a photo swapped in place) is two tracks.

#include <cstdint>
#include <optional>
#include <span>

#include "inference/face_embedder.hpp"

namespace notify {

struct EmbeddedShot {
    std::int64_t ms = 0;
    float quality = 0;
    FaceEmbedding embedding{};
};

/// The shots before and after a change of person.
struct TrackSplit {
    std::size_t first_after = 0;  ///< Index of the first shot of the second person.
    std::int64_t before_ms = 0;   ///< The last shot of the first person …
    std::int64_t after_ms = 0;    ///< … and the first of the second: the change lies between.
};

/// Where shots in the order of time turn from one person into clearly another: every shot before is far from
/// every shot after (mean 0.5 or more, none under 0.42), and each side is closer within itself. Nothing when
/// it is one person, or too few shots to tell. Thread-safe.
[[nodiscard]] std::optional<TrackSplit> FindSplit(std::span<const EmbeddedShot> shots);

}  // namespace notify
