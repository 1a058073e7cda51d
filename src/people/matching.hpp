#pragma once

// Whose face it is: shots of one face against everybody who is known. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"

namespace notify {

/// Raised with each change of what names depend on, the lines and the distance: past items, which another
/// program named, are named again.
inline constexpr std::int64_t kNamingRules = 1;

/// Where the lines are. Their sources: docs/processors/facial-recognition.md, "Thresholds".
struct MatchLimits {
    double confirmed = 0.331;     ///< A name is sure below this distance, while 16 to 31 people are known …
    double each_double = 0.0082;  ///< … and this is taken off each time that twice as many are, from 4 on.
    double margin = 0.03;         ///< At least this much nearer than to the next person.
    double possible = 0.38;       ///< Below this it is worth showing to somebody.
    double vote_reach = 0.44;     ///< A single shot speaks for the nearest person up to here …
    double least_votes = 0.5;     ///< … and this share of the shots, by quality, must speak for the name.
};

struct Match {
    std::size_t person = 0;  ///< Index in the gallery.
    double distance = 0;     ///< DistanceTo.
    double threshold = 0;    ///< Under which the name was confirmed; 0 when a verdict or a finding did.
    double margin = 2;       ///< Distance of the next person minus this; 2 when there is none.
    Certainty certainty = Certainty::kPossible;
    bool by_user = false;  ///< Somebody said so.
};

/// How far a face, of one picture, is from a person: from the template and the nearest of the photos, as of
/// single pictures, or, if that is nearer, from the second nearest of the photos: some have two looks, and
/// one odd photo makes no match. 2 from a person who cannot be compared. Its formula:
/// docs/processors/facial-recognition.md, "Distance".
[[nodiscard]] double DistanceTo(const KnownPerson& person, const Embedding& face) noexcept;

/// How far these shots together are from one person: their mean, as of single pictures. 2 without shots or
/// photos.
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

/// How crowded a gallery is: one more each time that twice as many people can be compared. Nothing else of
/// its size changes a threshold.
[[nodiscard]] int CrowdOf(const Gallery& gallery);

/// The distance under which a name is confirmed in this gallery: the more people, the more of them a stranger
/// can be taken for.
[[nodiscard]] double ThresholdIn(const Gallery& gallery, const MatchLimits& limits);

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
