#pragma once

// Names for the tracks of one item: by whole links, unless a track's own evidence speaks against it. Pure.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

struct NamingLimits {
    MatchLimits match;
    /// A track that far from the link's person is somebody else, whatever its link is …
    double contradiction = 0.48;
    /// … and one of `alone_shots` speaks for itself when it is that much above the threshold: two people who
    /// look alike may have become one link.
    double doubt = 0.03;
    /// A track of a link without a name gets one by itself when it is that much below the threshold …
    double alone = 0.04;
    /// … and has that many shots.
    std::size_t alone_shots = 3;
    /// Tracks that overlap by that much are seen together: two faces.
    std::int64_t together_ms = 400;
};

/// What people said of tracks, by anchor.
using Verdicts = std::map<TrackId, TrackVerdict>;

/// Whom the tracks of each link were said not to be: places in the gallery. Links of which nothing is said
/// are not in it.
[[nodiscard]] std::map<int, std::set<std::size_t>> RejectedByLink(
    std::span<const TrackFacts> tracks, const Gallery& gallery, const Verdicts& verdicts
);

/// For each track the match that names it, or nothing. A verdict stands whatever the distance: whom somebody
/// named, whom a track never gets, and that it is nobody known; a link whose verdicts agree is named by them.
/// Somebody without a name whom the service found is shown where nobody known is sure.
/// Of tracks that are seen together one at most is named as each person, but for verdicts.
[[nodiscard]] std::vector<std::optional<Match>> NameTracks(
    std::span<const TrackFacts> tracks,
    const Gallery& gallery,
    const Verdicts& verdicts = {},
    const NamingLimits& limits = {}
);

}  // namespace notify
