#pragma once

// Makes pages of what is old (storage/old_rows.hpp) of the rows of a statement, which begin with their place.

#include <optional>
#include <utility>
#include <vector>

#include "storage/old_rows.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// A row that was looked at, and what is old by it.
template <class T>
struct LookedAtRow {
    OldPlace place;
    std::optional<T> found;
};

inline OldPlace ReadPlace(Row& row) {
    OldPlace place;
    place.at = row.Time();
    place.id = row.Text();
    return place;
}

/// `rows` in the order of their places, of which there are up to `limit`; several may have one place.
template <class T>
OldPage<T> PageOf(std::vector<LookedAtRow<T>> rows, int limit) {
    OldPage<T> page;
    int places = 0;
    for (auto& row : rows) {
        if (!page.next || page.next->id != row.place.id) {
            ++places;
            page.next = std::move(row.place);
        }
        if (row.found) {
            page.rows.push_back(*std::move(row.found));
        }
    }
    if (places < limit) {
        page.next.reset();
    }
    return page;
}

}  // namespace notify::sql
