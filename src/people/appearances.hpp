#pragma once

// From named tracks to appearances: who is in an item from when to when. Pure.

#include <optional>
#include <span>
#include <vector>

#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

/// Two ranges of a person with less between them are one, if the face may have moved from one to the other.
inline constexpr std::int64_t kJoinGapMs = 1000;

/// The appearances, by start. Tracks of the same person are joined when less than a second lies between them
/// and the second begins where the first ended, or after a cut. Ranges of a person that lie in different
/// places at the same time stay apart: one of them may be a mistake, and must not eat the other. `names`:
/// beside the tracks, as NameTracks gives them. `tracks[i].track.id` becomes part of the appearance; ids and
/// item of the appearances are left empty.
[[nodiscard]] std::vector<Appearance> MakeAppearances(
    const FaceTracks& tracks, std::span<const std::optional<Match>> names, const Gallery& gallery
);

}  // namespace notify
