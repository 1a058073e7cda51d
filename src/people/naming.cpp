#include "people/naming.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

namespace {

bool IsConfirmed(const std::optional<Match>& match) {
    return match && match->certainty == Certainty::kConfirmed;
}

/// The limits for a track that is judged apart from its link: everything a step stricter.
MatchLimits Stricter(const NamingLimits& limits) {
    MatchLimits strict = limits.match;
    strict.confirmed -= limits.alone;
    strict.confirmed_small -= limits.alone;
    return strict;
}

std::optional<Match> NameTrack(
    const TrackFacts& facts,
    const std::optional<Match>& of_link,
    const Gallery& gallery,
    const NamingLimits& limits
) {
    const auto shots = facts.Shots();
    if (shots.empty()) {
        return std::nullopt;
    }
    auto own = MatchShots(shots, gallery, Stricter(limits));
    const bool own_is_strong = IsConfirmed(own) && shots.size() >= limits.alone_shots;
    if (!of_link) {
        return own_is_strong ? own : std::nullopt;
    }
    if (own && own_is_strong && (own->person != of_link->person || !IsConfirmed(of_link))) {
        return own;
    }
    const double distance = DistanceTo(gallery.people[of_link->person], shots);
    return distance > limits.contradiction ? std::nullopt : of_link;
}

}  // namespace

std::vector<std::optional<Match>> NameTracks(
    std::span<const TrackFacts> tracks, const Gallery& gallery, const NamingLimits& limits
) {
    std::map<int, std::vector<WeighedEmbedding>> shots_of;
    for (const auto& facts : tracks) {
        std::ranges::move(facts.Shots(), std::back_inserter(shots_of[facts.track.link]));
    }
    std::map<int, std::optional<Match>> match_of;
    for (const auto& [link, shots] : shots_of) {
        match_of[link] = MatchShots(shots, gallery, limits.match);
    }
    std::vector<std::optional<Match>> names;
    for (const auto& facts : tracks) {
        names.push_back(NameTrack(facts, match_of[facts.track.link], gallery, limits));
    }
    return names;
}

}  // namespace notify
