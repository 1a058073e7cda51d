#pragma once

// Asks for what is known of an item to be written where its bucket publishes. Above the SQL: the same for
// every database.

#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "storage/storage.hpp"

namespace notify {

/// When the item's bucket publishes, the item has ended, and the latest run of one of its processes completed
/// or something of it was published before: makes sure that its publications, one in each format the bucket
/// wants, wait in the outbox; true then. False for all others and for a version that was replaced. kNotFound.
/// Call inside a transaction.
[[nodiscard]] Result<bool> RequestPublications(Transaction& transaction, const ItemId& id, Timestamp now);

/// When the item is an asset in a bucket that publishes, or whose status was published before it ceased to:
/// makes sure that the publication of its status waits in the outbox. Call inside a transaction that changes
/// the status of the item or of one of its processes.
[[nodiscard]] Result<void> RequestStatus(Transaction& transaction, const Item& item, Timestamp now);

/// As RequestStatus, for several.
[[nodiscard]] Result<void> RequestStatuses(
    Transaction& transaction, const std::vector<Item>& items, Timestamp now
);

/// As RequestPublications, for several.
[[nodiscard]] Result<void> RequestAllPublications(
    Transaction& transaction, const std::vector<Item>& items, Timestamp now
);

}  // namespace notify
