#pragma once

// What the service would like to know of the faces it has seen, most telling first.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/candidates.hpp"
#include "people/gallery.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A picture of a face: an artifact of a result.
struct FaceCrop {
    ResultId result;
    std::string artifact;
};

/// "Is this Ada?", or "who is this?" of somebody who was found and has no name.
struct ReviewQuestion {
    PersonId person;
    std::string name;      ///< Empty: who is this?
    double gain_bits = 0;  ///< What an answer tells: the entropy of the name, for each face that it settles.
    std::int64_t faces = 0;                   ///< That it settles.
    std::vector<Appearance> appearances;      ///< At most five of them, the one that is asked about first.
    std::vector<FaceCrop> crops;              ///< Of these, the best first.
    std::vector<PersonCandidate> candidates;  ///< The nearest people who are known, at most three.
};

/// The most telling `limit` of: the first thousand proposals by item, and the hundred people without a name
/// who are seen most. Errors of the repositories only.
[[nodiscard]] Result<std::vector<ReviewQuestion>> OpenQuestions(
    const Snapshot& snapshot, const Galleries& galleries, std::size_t limit
);

}  // namespace notify
