#pragma once

// The sources of the stores that the settings name.

#include <vector>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/registry.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Makes the source of each store unless there is one of its kind; one that is there keeps its configuration,
/// and a warning says so when the settings name another endpoint. kInvalidArgument when a configuration is
/// wrong.
[[nodiscard]] Result<void> EnsureStoreSources(
    Storage& storage, const SourceRegistry& sources, const std::vector<StoreSettings>& stores, Timestamp now
);

}  // namespace notify
