#pragma once

// Which bucket is served next: weighted fair queueing (start-time fair queueing: Goyal, Vin, Cheng, 1996).
// Portable and deterministic; where the numbers are kept is up to the database.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "domain/ids.hpp"

namespace notify {

/// A bucket that has something to be claimed, and its place in virtual time.
struct BucketTurn {
    BucketId id;
    int weight = 1;           ///< ≥ 1.
    std::int64_t start = 0;   ///< When it was served last, in virtual time.
    std::int64_t finish = 0;  ///< When that turn was used up: start + 1'000'000 / weight.
    std::size_t waiting = 0;  ///< How many items it has to offer.
};

/// The next `count` turns, or fewer when nothing is left: indexes into `buckets`, whose start, finish and
/// waiting it brings up to date. `now`: the latest start of any bucket, also of those that have nothing to
/// offer. A bucket that had nothing for a while joins at `now`: it neither gets credit nor owes any.
[[nodiscard]] std::vector<std::size_t> TakeTurns(
    std::vector<BucketTurn>& buckets, std::int64_t now, std::size_t count
);

}  // namespace notify
