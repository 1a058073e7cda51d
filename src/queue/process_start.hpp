#pragma once

// New processes: an item's first ones, and runs after the first.

#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"

namespace notify {

/// The first run of a processor that is chosen for the item's bucket; ready at once.
[[nodiscard]] Process FirstRun(const Item& item, const Assignment& assignment, Timestamp now);

/// The run after one that ended; ready at once.
[[nodiscard]] Process NextRun(const Process& ended, Timestamp now);

}  // namespace notify
