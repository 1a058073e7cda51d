#pragma once

// Which tracks of one item show the same face, without knowing whose it is.

#include <cstdint>
#include <span>
#include <vector>

#include "inference/face_embedder.hpp"

namespace notify {

struct LinkLimits {
    float same_face = 0.36F;          ///< Largest root mean square distance of a track and a link …
    float same_link = 0.345F;         ///< … and of two links of several tracks, which is known more exactly.
    std::size_t exact_tracks = 2048;  ///< Beyond, the best tracks are linked first and the others join them.
};

/// What linking reads of a track.
struct LinkTrack {
    std::int64_t first_sample = 0;  ///< Seen from this sample …
    std::int64_t last_sample = 0;   ///< … to this one: tracks seen in the same sample are never one face.
    double quality = 0;
    std::span<const FaceEmbedding> shots;  ///< Unit length. A track without shots is a link of its own.
};

/// For each track the number of its link, from 1 in the order in which links first appear. Average linkage on
/// the squared distances of shots; the result depends on the tracks alone. About n² · 128 operations.
[[nodiscard]] std::vector<int> LinkTracks(std::span<const LinkTrack> tracks, const LinkLimits& limits = {});

}  // namespace notify
