#pragma once

// Why an appearance has its name: recomputed from what is stored, by the same rules. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "people/matching.hpp"

namespace notify {

/// What decided.
enum class DecidedBy : std::uint8_t {
    kVerdict,      ///< Somebody said so of this face.
    kLinkVerdict,  ///< Somebody said so of another track of the same face in this item.
    kLink,         ///< All shots of the face in this item.
    kTrack,        ///< This track's own shots, against those of its link.
    kFound,        ///< The service found the same face again and again, and nobody has named it.
};

inline constexpr std::array<std::string_view, 5> kDecidedByWords{
    "verdict", "link_verdict", "link", "track", "found"
};

[[nodiscard]] std::string_view ToString(DecidedBy decided) noexcept;

/// A shot that was compared.
struct ShotVote {
    TrackId track;
    double quality = 0;   ///< 0 … 1: how much it counts.
    PersonId nearest;     ///< Empty when nobody can be compared.
    double distance = 0;  ///< To that person, 0 … 2.
    bool counts = false;  ///< It speaks for the appearance's person.
};

/// A photo of the person.
struct Exemplar {
    PhotoId photo;
    std::string file_name;
    double distance = 0;     ///< Of the mean of the shots, as of single pictures (AsOfSinglePictures), 0 … 2.
    double probability = 0;  ///< ProbabilityOf that distance: what this photo alone would say.
    bool has_crop = false;   ///< A picture of the face is kept.
};

struct Explanation {
    Appearance appearance;
    DecidedBy decided_by = DecidedBy::kLink;
    Match match;            ///< As it comes out when it is computed again.
    double vote_share = 0;  ///< Of the shots, by quality.
    MatchLimits limits;
    std::optional<PersonId> runner_up;  ///< The next person, if there is one.
    double runner_up_distance = 0;
    std::vector<ShotVote> votes;
    std::vector<std::string> crops;   ///< Artifacts of the appearance's result that show the face.
    std::vector<Exemplar> exemplars;  ///< Nearest first, at most five. None of a face that no shot shows.
    std::size_t people = 0;  ///< How many could be compared with: the line and probabilities hang on it.
    std::string processor;   ///< Name@version.
    Lineage lineage;
    std::int64_t gallery_version = 0;
};

/// Explains one of `faces.present`; `photos` are its person's. kConflict when it would not have that name
/// now: people have changed, and the item waits to be looked at again.
[[nodiscard]] Result<Explanation> Explain(
    const ItemFaces& faces,
    const Galleries& galleries,
    const Appearance& appearance,
    const std::vector<EnrolmentPhoto>& photos
);

}  // namespace notify
