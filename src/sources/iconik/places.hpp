#pragma once

// What is in a place of Iconik (a collection, a saved search, all assets), and whether it is there.

#include <optional>
#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/paging.hpp"

namespace notify::iconik {

/// Visits the assets that are in the place now, as JSON. `changed_since`: only those that changed since then,
/// where the place is all assets. kUnavailable (no_bucket): there is no such collection or search.
[[nodiscard]] Result<void> EachAssetIn(
    Client& client,
    const Place& place,
    std::optional<Timestamp> changed_since,
    const Visit& visit,
    const std::stop_token& stop
);

/// That the place is there and may be read. Errors as above.
[[nodiscard]] Result<void> CheckPlace(Client& client, const Place& place, const std::stop_token& stop);

}  // namespace notify::iconik
