#pragma once

// Keeps an item's own row true to its processes, and tells the outbox when it ended. Above the SQL: the same
// for every database.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Item::reason_code of an item that ended although a consumer of a result could never apply its writes; the
/// sentence says why.
inline constexpr std::string_view kUnresolved = "unresolved";

/// True of the reasons for which an item waits by itself: its media is archived or on its way back, or
/// another item is being processed for the same bytes. Whatever else its source has goes on meanwhile.
[[nodiscard]] bool IsOfTheItem(std::string_view reason) noexcept;

/// Computes the item's status from the latest run of each of its processes, why it does not move, and its
/// sentence; writes what changed with a line of history; and when it became terminal appends item.completed,
/// item.failed, item.skipped or item.cancelled. While a `resolve` row waits a finished item stays Processing,
/// blocked by kResolving. An item without processes keeps what it has. Returns the item as it is now.
/// kNotFound.
[[nodiscard]] Result<Item> RefreshItem(Transaction& transaction, const ItemId& id, Timestamp now);

/// As RefreshItem, for several, each named once; the items in the order of `ids`.
[[nodiscard]] Result<std::vector<Item>> RefreshItems(
    Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now
);

/// Puts into a Pending item what keeps it from moving at `now`: its row says what was so when it was written,
/// and neither a bucket that was switched off or on nor a delay that is over writes it.
[[nodiscard]] Result<void> TakeBlockedBy(const Snapshot& snapshot, Item& item, Timestamp now);

/// How far a Processing item is, 0 … 1: the mean of its `runs` (LatestRuns), of which one that ended
/// counts 1. Nothing for an item that is not Processing.
[[nodiscard]] std::optional<double> ProgressOf(const Item& item, const std::vector<Process>& runs);

/// The event's data about an item: what webhooks carry. `people`: of ConfirmedPeople.
[[nodiscard]] std::string ItemEventData(
    const Item& item, const std::vector<Process>& processes, boost::json::array people
);

}  // namespace notify
