#pragma once

// How the webhooks that tell us of news stand in Iconik. Source: Iconik's OpenAPI document of the service
// notifications, May 2025.

#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

inline constexpr RowKind kWebhookKind{
    .what = "webhook",
    .plural = "the webhooks",
    .list = "notifications/v1/webhooks/",
    .change = "PUT",
    .roles = "webhooks",
    .label = "name"
};

/// One for each of `ids`, in their order; "gone" what Iconik does not list any more, or as deleted. No
/// request when there are none. Errors of ListRows.
[[nodiscard]] Result<std::vector<StoreWebhook>> ReadWebhooks(
    Client& client, const std::vector<std::string>& ids, const std::stop_token& stop
);

}  // namespace notify::iconik
