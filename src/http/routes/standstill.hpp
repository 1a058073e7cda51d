#pragma once

// What keeps an item's whole bucket or source from moving, or that no node may take it.

#include <optional>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "queue/item_control.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A pause or a hold, while the item waits for that (as TakeBlockedBy leaves it); of one that is ready why no
/// node takes it: none works, none of them has its folder, or all are drained.
[[nodiscard]] Result<std::optional<Standstill>> StandstillOf(
    const Snapshot& snapshot, const Item& item, Timestamp now
);

}  // namespace notify
