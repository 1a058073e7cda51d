#pragma once

// Makes pages of what is old (storage/old_rows.hpp) of the rows of a statement, which begin with their place.

#include <algorithm>
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

/// What is looked for in one page.
struct OldLook {
    const OldBefore& before;
    const OldPlace& from;
    int limit;
};

/// The page of `sql`, whose parameters are both times, the later of them, the place and the limit.
template <class Read>
auto SelectOld(Connection& connection, const char* sql, const Read& read, const OldLook& look) {
    const auto& [before, from, limit] = look;
    const auto latest = std::max(before.done, before.failed);
    return connection.Select(sql, read, before.done, before.failed, latest, from.at, from.id, limit)
        .map([&look](auto rows) { return PageOf(std::move(rows), look.limit); });
}

}  // namespace notify::sql
