#pragma once

// What becomes of items whose objects are in the store no more.

#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Marks each item as removed and tells item.removed: what waits of it is Skipped with reason `removed`, what
/// runs goes on; history and results stay until it is forgotten (queue/retention.hpp). One that was removed
/// before, or is not its key's newest any more, stays as it is. kNotFound.
[[nodiscard]] Result<void> RemoveItems(
    Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now
);

}  // namespace notify
