#pragma once

// Appearances of an item or a person, all pages of them, and who they are of.

#include <vector>

#include <boost/json/array.hpp>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/people_repository.hpp"

namespace notify {

/// By item and start. Errors of the repository only.
[[nodiscard]] Result<std::vector<Appearance>> AllAppearances(
    const PeopleRepository& people, const AppearanceFilter& filter
);

/// Each confirmed person of the item who has a name and is not hidden, once, as events tell it: [{"person",
/// "name"}]. Errors of the repository only.
[[nodiscard]] Result<boost::json::array> ConfirmedPeople(const PeopleRepository& people, const ItemId& item);

}  // namespace notify
