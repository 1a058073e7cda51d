#include "people/matching.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <span>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"

namespace notify {

namespace {

constexpr double kFarthest = 2;

constexpr std::size_t kFewest = 4;
constexpr int kUsualCrowd = 5;  // of 16 to 31 people

constexpr double kTemplateSpread = 0.62;  // at which galleries of 1, 2, 3, 5 and 8 photos share a line
constexpr double kNearestPhoto = 0.3;     // as much as the template is 1

struct Nearest {
    std::size_t person = 0;
    double distance = kFarthest;
    double next = kFarthest;
};

Nearest NearestOf(const Gallery& gallery, const Embedding& face, const std::set<std::size_t>& not_these) {
    Nearest nearest;
    for (std::size_t i = 0; i < gallery.people.size(); ++i) {
        if (gallery.people[i].photos.empty() || not_these.contains(i)) {
            continue;
        }
        const double distance = DistanceTo(gallery.people[i], face);
        if (distance < nearest.distance) {
            nearest = {.person = i, .distance = distance, .next = nearest.distance};
        } else {
            nearest.next = std::min(nearest.next, distance);
        }
    }
    return nearest;
}

/// The share of the shots, by weight, that speak for the person.
double VotesFor(
    std::size_t person,
    std::span<const WeighedEmbedding> shots,
    const Gallery& gallery,
    const MatchLimits& limits,
    const std::set<std::size_t>& not_these
) {
    double all = 0;
    double votes = 0;
    for (const auto& shot : shots) {
        const auto nearest = NearestOf(gallery, shot.embedding, not_these);
        all += shot.weight;
        votes += nearest.person == person && nearest.distance <= limits.vote_reach ? shot.weight : 0;
    }
    return all > 0 ? votes / all : 0;
}

}  // namespace

int CrowdOf(const Gallery& gallery) {
    return static_cast<int>(std::bit_width(std::max(gallery.Comparable(), kFewest)));
}

double ThresholdIn(const Gallery& gallery, const MatchLimits& limits) {
    return limits.confirmed - (limits.each_double * (CrowdOf(gallery) - kUsualCrowd));
}

std::optional<NearPerson> NearestPerson(
    const Gallery& gallery, const Embedding& face, const std::set<std::size_t>& not_these
) {
    const auto nearest = NearestOf(gallery, face, not_these);
    return nearest.distance < kFarthest
               ? std::optional(NearPerson{.person = nearest.person, .distance = nearest.distance})
               : std::nullopt;
}

double DistanceTo(const KnownPerson& person, const Embedding& face) noexcept {
    if (person.photos.empty()) {
        return kFarthest;
    }
    double nearest = kFarthest;
    double second = kFarthest;
    for (const auto& photo : person.photos) {
        const double distance = DistanceBetween(photo, face);
        second = std::min(second, std::max(nearest, distance));
        nearest = std::min(nearest, distance);
    }
    const double to_mean = DistanceBetween(person.mean, face);
    const double squared =
        ((to_mean * to_mean) + (kTemplateSpread * person.spread) + (kNearestPhoto * nearest * nearest)) /
        (1 + kNearestPhoto);
    const double distance = std::min(std::sqrt(squared), AsOfSinglePictures(second, kSpreadOfPhotos / 2));
    return AsOfSinglePictures(distance, person.within);
}

double DistanceTo(const KnownPerson& person, std::span<const WeighedEmbedding> shots) noexcept {
    return shots.empty() || person.photos.empty()
               ? kFarthest
               : AsOfSinglePictures(DistanceTo(person, MeanOf(shots)), SpreadOf(shots));
}

std::optional<Match> MatchShots(
    std::span<const WeighedEmbedding> shots,
    const Gallery& gallery,
    const MatchLimits& limits,
    const std::set<std::size_t>& not_these
) {
    if (shots.empty() || gallery.people.empty()) {
        return std::nullopt;
    }
    auto nearest = NearestOf(gallery, MeanOf(shots), not_these);
    const double spread = SpreadOf(shots);
    nearest.distance = AsOfSinglePictures(nearest.distance, spread);
    nearest.next = AsOfSinglePictures(nearest.next, spread);
    if (nearest.distance > limits.possible) {
        return std::nullopt;
    }
    const double margin = nearest.next - nearest.distance;
    const double threshold = ThresholdIn(gallery, limits);
    const bool confirmed = nearest.distance < threshold && margin >= limits.margin &&
                           VotesFor(nearest.person, shots, gallery, limits, not_these) >= limits.least_votes;
    return Match{
        .person = nearest.person,
        .distance = nearest.distance,
        .threshold = threshold,
        .margin = nearest.next < kFarthest ? margin : kFarthest,
        .certainty = confirmed ? Certainty::kConfirmed : Certainty::kPossible,
        .by_user = false
    };
}

}  // namespace notify
