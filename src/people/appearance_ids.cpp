#include "people/appearance_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "domain/ids.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

/// An appearance that may be a stored one: their places.
struct Candidate {
    std::size_t appearance;
    std::size_t stored;
    std::size_t common;
};

std::map<TrackId, std::size_t> PlacesOfTracks(std::span<const Appearance> stored) {
    std::map<TrackId, std::size_t> places;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        for (const auto& track : stored[i].tracks) {
            places.emplace(track, i);
        }
    }
    return places;
}

std::vector<Candidate> CandidatesAmong(
    const std::vector<Appearance>& appearances, std::span<const Appearance> stored
) {
    const auto places = PlacesOfTracks(stored);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < appearances.size(); ++i) {
        const auto& appearance = appearances[i];
        std::map<std::size_t, std::size_t> common;
        for (const auto& track : appearance.tracks) {
            if (const auto place = places.find(track); place != places.end()) {
                ++common[place->second];
            }
        }
        for (const auto& [place, count] : common) {
            const auto& before = stored[place];
            const bool all = count == appearance.tracks.size() && count == before.tracks.size();
            if (all || appearance.person_id == before.person_id) {
                candidates.push_back({.appearance = i, .stored = place, .common = count});
            }
        }
    }
    return candidates;
}

}  // namespace

void KeepIds(std::vector<Appearance>& appearances, std::span<const Appearance> stored) {
    auto candidates = CandidatesAmong(appearances, stored);
    std::ranges::sort(candidates, [&](const Candidate& a, const Candidate& b) {
        const auto rank = [&](const Candidate& each) {
            return std::tuple(
                appearances[each.appearance].start_ms,
                each.appearance,
                stored[each.stored].start_ms,
                each.stored
            );
        };
        return a.common != b.common ? a.common > b.common : rank(a) < rank(b);
    });
    std::set<std::size_t> named;
    std::set<std::size_t> given;
    for (const auto& [appearance, before, common] : candidates) {
        if (!named.contains(appearance) && given.insert(before).second) {
            named.insert(appearance);
            appearances[appearance].id = stored[before].id;
        }
    }
}

}  // namespace notify
