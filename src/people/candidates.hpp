#pragma once

// Who a face may be, nearest first, with how probable each is. Pure.

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/gallery.hpp"

namespace notify {

struct PersonCandidate {
    PersonId person;
    std::string name;
    double distance = 0;     ///< 0 … 2, as matching takes it.
    double probability = 0;  ///< 0 … 1: ProbabilityOf.
};

/// The `count` nearest of the people who have a name and can be compared, without `not_these`.
[[nodiscard]] std::vector<PersonCandidate> CandidatesFor(
    const Embedding& face, const Gallery& gallery, std::size_t count, const std::set<PersonId>& not_these = {}
);

}  // namespace notify
