#pragma once

// What keeps an item's whole bucket or source from moving, or that no node may take it now.

#include <map>
#include <optional>
#include <utility>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "queue/item_control.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Of the items of one snapshot, at one moment. Of one thread.
class Standstills final {
public:
    /// `of_all`: why nothing moves at all. The snapshot outlives it.
    Standstills(const Snapshot& snapshot, std::optional<Standstill> of_all, Timestamp now)
        : snapshot_(snapshot), of_all_(std::move(of_all)), now_(now) {}

    /// Puts what keeps the item from moving into it. Why, where it is not the item's own: nothing moves at
    /// all; the pause or the hold that it waits for; of one that is ready why no node takes it: none works,
    /// none of them has its folder, all are drained, or as many items of its bucket or source are processed
    /// as may be at a time.
    [[nodiscard]] Result<std::optional<Standstill>> Take(Item& item);

private:
    [[nodiscard]] Result<std::optional<Standstill>> Find(const Item& item);

    const Snapshot& snapshot_;
    const std::optional<Standstill> of_all_;
    const Timestamp now_;
    std::map<BucketId, std::optional<Standstill>> of_ready_;  ///< The same for all ready items of a bucket.
};

}  // namespace notify
