#pragma once

// Who a face may be, nearest first, with how probable each is. Pure.

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"

namespace notify {

struct PersonCandidate {
    PersonId person;
    std::string name;
    double distance = 0;     ///< 0 … 2, as matching takes it.
    double probability = 0;  ///< 0 … 1: ProbabilityOf.
};

/// The `count` nearest to these shots of one face of the people who have a name and can be compared, without
/// `not_these`.
[[nodiscard]] std::vector<PersonCandidate> CandidatesFor(
    std::span<const WeighedEmbedding> shots,
    const Gallery& gallery,
    std::size_t count,
    const std::set<PersonId>& not_these = {}
);

}  // namespace notify
