#pragma once

// Which bucket is served next: weighted fair queueing over the time that workers spend. A place in virtual
// time is microseconds of work divided by weight. As in start-time fair queueing (Goyal, Vin, Cheng, 1996)
// the least place goes first; what an item takes is known late, so a turn is charged what it is expected to
// take and put right as the work goes on. Portable and deterministic; where the numbers are kept is up to the
// database.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/ids.hpp"

namespace notify {

/// A bucket that has something to be claimed, or had, and its place in virtual time.
struct BucketTurn {
    BucketId id;
    int weight = 1;           ///< ≥ 1.
    std::int64_t start = 0;   ///< When it was served last, in virtual time.
    std::int64_t finish = 0;  ///< When what it was given since is used up.
    std::chrono::microseconds cost =
        std::chrono::seconds(1);  ///< Of a worker, that its next item is expected to take.
    std::size_t waiting = 0;      ///< How many items it has to offer.
    std::size_t source = 0;       ///< Index into the rooms of sources.
};

/// The next `count` turns, or fewer when nothing is left: indexes into `buckets`, whose start, finish and
/// waiting it brings up to date. `now`: the latest start of any bucket, also of those that have nothing to
/// offer. A bucket that had nothing for a while joins at `now`: it neither gets credit nor owes any. `room`:
/// how many items each source may still have; empty: any number.
[[nodiscard]] std::vector<std::size_t> TakeTurns(
    std::vector<BucketTurn>& buckets, std::int64_t now, std::size_t count, std::span<std::size_t> room = {}
);

/// What workers did for a bucket since it was charged last.
struct TurnWork {
    std::size_t bucket = 0;              ///< Index into `buckets`.
    std::chrono::microseconds beyond{};  ///< Above what its turns were charged; negative below.
    int items = 0;                       ///< That ended.
    std::chrono::microseconds took{};    ///< All the work on these.
};

/// Moves the buckets of `work` to where that work brings them, and expects of their next items what these
/// took (a mean that forgets). Time goes on with those that are charged while nobody else waits, so that who
/// comes then gets no credit for having been away. `buckets`: those, and all that have something to offer.
void ChargeTurns(std::vector<BucketTurn>& buckets, std::int64_t now, const std::vector<TurnWork>& work);

}  // namespace notify
