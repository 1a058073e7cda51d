#pragma once

// The body of a webhook: {"type", "timestamp", "data"}, at most 20 kB.

#include <cstddef>
#include <string>
#include <string_view>

#include "domain/event.hpp"

namespace notify {

inline constexpr std::size_t kMaxPayloadBytes = 20'000;

/// `event.data` as it is. When the body would pass kMaxPayloadBytes, or the data is no JSON object, the data
/// is thin instead: {"event", "subject", "truncated": true, "link"}, where the whole can be read:
/// `api_address` + "/v1/events/" + id (a path alone when `api_address` is empty).
[[nodiscard]] std::string WebhookPayload(const Event& event, std::string_view api_address);

}  // namespace notify
