#pragma once

// The places of buckets in the fair queue, as the database has them.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/fair_turns.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Buckets of which something could be claimed.
struct ReadyBuckets {
    std::vector<BucketTurn> turns;          ///< `waiting`: how many items the bucket has room for.
    std::vector<std::size_t> source_rooms;  ///< How many items the sources of the turns have room for.
};

/// Of those that ProcessRepository::Claim may take from for that node.
[[nodiscard]] Result<ReadyBuckets> ReadReadyBuckets(
    Connection& connection, const NodeId& node, Timestamp now
);

/// The latest start of any bucket.
[[nodiscard]] Result<std::int64_t> LatestTurn(Connection& connection);

/// Writes the bucket's place.
[[nodiscard]] Result<void> KeepTurn(Connection& connection, const BucketTurn& turn);

}  // namespace notify::sql
