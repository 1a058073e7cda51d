#pragma once

// Whose face it is: shots of one face against everybody who is known. Pure.

#include <cstddef>
#include <optional>
#include <set>
#include <span>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"

namespace notify {

/// Where the lines are. Their sources: docs/processors/facial-recognition.md, "Thresholds".
struct MatchLimits {
    double confirmed = 0.31;  ///< A name below this distance …
    double confirmed_small =
        0.33;  ///< … or this, while few people are known: fewer can be taken for another.
    std::size_t small_gallery = 20;
    double few_photos = 0.02;  ///< Taken off both for a person with one or two photos.
    double margin = 0.03;      ///< At least this much nearer than to the next person.
    double possible = 0.36;    ///< Below this it is worth showing to somebody.
    double vote_reach = 0.42;  ///< A single shot speaks for the nearest person up to here …
    double least_votes = 0.5;  ///< … and this share of the shots, by quality, must speak for the name.
};

struct Match {
    std::size_t person = 0;  ///< Index in the gallery.
    double distance = 0;
    double margin = 2;  ///< Distance of the next person minus this; 2 when there is none.
    Certainty certainty = Certainty::kPossible;
    bool by_user = false;  ///< Somebody said so.
};

/// How far a face is from a person: from the template or, if that is nearer, from the second nearest of the
/// photos, so that one odd photo makes no match.
[[nodiscard]] double DistanceTo(const KnownPerson& person, const Embedding& face) noexcept;

/// How far these shots together are from one person. 2 without shots.
[[nodiscard]] double DistanceTo(const KnownPerson& person, std::span<const WeighedEmbedding> shots) noexcept;

/// Who is nearest to a face.
struct NearPerson {
    std::size_t person = 0;  ///< Index in the gallery.
    double distance = 0;
};

/// The nearest of those who can be compared and are not among `not_these`; nothing when there is nobody.
[[nodiscard]] std::optional<NearPerson> NearestPerson(
    const Gallery& gallery, const Embedding& face, const std::set<std::size_t>& not_these = {}
);

/// Whether so few people are known that names are confirmed a step further away.
[[nodiscard]] bool IsSmall(const Gallery& gallery, const MatchLimits& limits = {});

/// The distance under which this person's name is confirmed.
[[nodiscard]] double ThresholdFor(
    const KnownPerson& person, const Gallery& gallery, const MatchLimits& limits
);

/// The person these shots of one face show, if any: the weighted mean of all shots decides and the single
/// shots vote, so never one frame where there are more. `not_these` are passed over as if they
/// were not known. The order of shots and of people does not matter.
[[nodiscard]] std::optional<Match> MatchShots(
    std::span<const WeighedEmbedding> shots,
    const Gallery& gallery,
    const MatchLimits& limits = {},
    const std::set<std::size_t>& not_these = {}
);

}  // namespace notify
