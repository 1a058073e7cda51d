#pragma once

// People nobody has named yet: faces that come again and again, in any item and any store, get one identity.

#include <optional>
#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "people/indexed_faces.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe; one call at a time does the work. Everything borrowed outlives it.
class UnknownPeople final {
public:
    UnknownPeople(Storage& storage, const Clock& clock, IndexedFaces& faces)
        : storage_(storage), clock_(clock), faces_(faces) {}

    /// Looks at the faces that were stored since it came to its end last: those that nobody is named for join
    /// somebody unknown whom they look like, and where enough of them (ClusterLimits) look alike somebody new
    /// is found. Each is an edit of the service's own, which can be undone, and wants its items looked
    /// at again (Relabelling). How many faces got somebody. Some faces at a time, each time in one
    /// transaction with how far it has come. kStopped when `stop` was requested.
    [[nodiscard]] Result<int> Group(const std::stop_token& stop);

private:
    /// Nothing when there is no more to look at.
    [[nodiscard]] Result<std::optional<int>> GroupSome();

    Storage& storage_;
    const Clock& clock_;
    IndexedFaces& faces_;
};

}  // namespace notify
