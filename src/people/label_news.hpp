#pragma once

// Who is told when the names in an item have changed: receivers of webhooks, and the file beside the media.

#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Appends the event `item.labels_changed` with the item's confirmed people as they are in this transaction,
/// once for each version of the gallery and `cause`, and requests the item's publication. Call it after the
/// appearances were written.
[[nodiscard]] Result<void> TellLabels(
    Transaction& transaction, const ItemId& item, std::string_view cause, Timestamp now
);

}  // namespace notify
