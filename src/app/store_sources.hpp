#pragma once

// The sources of the stores that the settings name.

#include <vector>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Makes the source of each store unless there is one of its kind.
[[nodiscard]] Result<void> EnsureStoreSources(
    Storage& storage, const std::vector<StoreSettings>& stores, Timestamp now
);

}  // namespace notify
