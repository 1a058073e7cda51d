#include "people/appearances.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "domain/person.hpp"
#include "people/calibration.hpp"
#include "people/distance.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

namespace {

/// Without a cut a face that was away comes back where it was: by the tracker's own measure.
constexpr double kLeastOverlap = 0.3;

struct Named {
    const TrackFacts* facts;
    Match match;
};

/// An appearance in the making, with where its last track ended.
struct Range {
    Appearance appearance;
    std::size_t person;
    const TrackFacts* last;
    double best_quality;
};

bool IsCutBetween(const std::vector<std::int64_t>& cuts, std::int64_t from_ms, std::int64_t to_ms) {
    const auto cut = std::ranges::lower_bound(cuts, from_ms);
    return cut != cuts.end() && *cut <= to_ms;
}

/// Only what follows is joined. Tracks that overlap in time were seen together or nearly so: two faces.
bool Continues(const Range& range, const Named& next, const std::vector<std::int64_t>& cuts) {
    const auto& track = next.facts->track;
    const auto end_ms = range.appearance.end_ms;
    return range.person == next.match.person && range.appearance.certainty == next.match.certainty &&
           track.start_ms >= end_ms && track.start_ms - end_ms < kJoinGapMs &&
           (IsCutBetween(cuts, end_ms, track.start_ms) ||
            OverlapOf(range.last->boxes.back().box, next.facts->boxes.front().box) >= kLeastOverlap);
}

void Extend(Range& range, const Named& named) {
    auto& appearance = range.appearance;
    const auto& track = named.facts->track;
    appearance.end_ms = std::max(appearance.end_ms, track.end_ms);
    appearance.by_user = appearance.by_user && named.match.by_user;
    appearance.tracks.push_back(track.id);
    range.last = named.facts;
    if (named.match.distance < appearance.distance) {
        appearance.distance = named.match.distance;
    }
    if (track.quality > range.best_quality) {
        range.best_quality = track.quality;
        appearance.best_shot_ms = track.best_shot_ms;
        appearance.box = track.best_box;
    }
}

Range Begin(const Named& named, const Gallery& gallery) {
    const auto& track = named.facts->track;
    const auto& person = gallery.people[named.match.person];
    Appearance appearance;
    appearance.person_id = person.id;
    appearance.person_name = person.name;
    appearance.certainty = named.match.certainty;
    appearance.by_user = named.match.by_user;
    appearance.start_ms = track.start_ms;
    appearance.end_ms = track.end_ms;
    appearance.distance = named.match.distance;
    appearance.best_shot_ms = track.best_shot_ms;
    appearance.box = track.best_box;
    appearance.tracks = {track.id};
    return {
        .appearance = std::move(appearance),
        .person = named.match.person,
        .last = named.facts,
        .best_quality = track.quality
    };
}

double ProbabilityFor(const Range& range, const Gallery& gallery) {
    if (range.appearance.by_user) {
        return 1;
    }
    const bool is_comparable = !gallery.people[range.person].photos.empty();
    return is_comparable ? ProbabilityOf(range.appearance.distance, gallery.Comparable()) : 0;
}

}  // namespace

std::vector<Appearance> MakeAppearances(
    const FaceTracks& tracks, std::span<const std::optional<Match>> names, const Gallery& gallery
) {
    std::vector<Named> named;
    for (std::size_t i = 0; i < tracks.tracks.size() && i < names.size(); ++i) {
        if (const auto& match = names[i]; match) {
            named.push_back({.facts = &tracks.tracks[i], .match = *match});
        }
    }
    std::ranges::stable_sort(named, {}, [](const Named& n) { return n.facts->track.start_ms; });
    std::vector<Range> ranges;
    for (const auto& next : named) {
        // The one that ended last is the one that goes on.
        Range* before = nullptr;
        for (auto& range : ranges) {
            const bool later = before == nullptr || range.appearance.end_ms > before->appearance.end_ms;
            if (later && Continues(range, next, tracks.cuts_ms)) {
                before = &range;
            }
        }
        if (before != nullptr) {
            Extend(*before, next);
        } else {
            ranges.push_back(Begin(next, gallery));
        }
    }
    std::vector<Appearance> appearances;
    for (auto& range : ranges) {
        range.appearance.similarity = SimilarityOf(range.appearance.distance);
        range.appearance.probability = ProbabilityFor(range, gallery);
        range.appearance.timebase = tracks.timebase;
        appearances.push_back(std::move(range.appearance));
    }
    return appearances;
}

}  // namespace notify
