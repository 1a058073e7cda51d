#pragma once

// Appearances of an item or a person, all pages of them.

#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/people_repository.hpp"

namespace notify {

/// By item and start. Errors of the repository only.
[[nodiscard]] Result<std::vector<Appearance>> AllAppearances(
    const PeopleRepository& people, const AppearanceFilter& filter
);

}  // namespace notify
