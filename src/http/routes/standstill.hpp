#pragma once

// What keeps an item's whole bucket or source from moving.

#include <optional>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "queue/item_control.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A pause or a hold, while the item waits for that (as TakeBlockedBy leaves it).
[[nodiscard]] Result<std::optional<Standstill>> StandstillOf(
    const Snapshot& snapshot, const Item& item, Timestamp now
);

}  // namespace notify
