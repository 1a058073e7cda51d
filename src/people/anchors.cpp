#include "people/anchors.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/face_tracks.hpp"

namespace notify {

namespace {

constexpr double kLeastOverlap = 0.4;

/// Where the face is then: as it was last seen before, or first after.
const Box& BoxAt(const TrackFacts& facts, std::int64_t ms) {
    const auto after = std::ranges::upper_bound(facts.boxes, ms, {}, &TimedBox::ms);
    return after == facts.boxes.begin() ? after->box : std::prev(after)->box;
}

}  // namespace

void FindAnchors(FaceTracks& tracks, std::span<const FaceTrack> judged) {
    for (auto& facts : tracks.tracks) {
        auto& track = facts.track;
        double best = kLeastOverlap;
        TrackId anchor = track.id;
        for (const auto& earlier : judged) {
            const auto ms = earlier.best_shot_ms;
            if (ms < track.start_ms || ms > track.end_ms) {
                continue;
            }
            if (const double overlap = OverlapOf(BoxAt(facts, ms), earlier.best_box); overlap >= best) {
                best = overlap;
                anchor = earlier.anchor;
            }
        }
        if (track.anchor.IsEmpty()) {
            track.anchor = anchor;
        }
    }
}

}  // namespace notify
