#pragma once

// The body of a webhook: {"type", "timestamp", "data"}, at most 20 kB.

#include <cstddef>
#include <string>

#include "domain/event.hpp"

namespace notify {

inline constexpr std::size_t kMaxPayloadBytes = 20'000;

/// `event.data` as it is. When the body would pass kMaxPayloadBytes, or the data is no JSON object, the data
/// is thin instead: {"event", "subject", "truncated": true, "link"}, where the whole can be read: a path of
/// the API, because the service does not know by which address its receivers reach it.
[[nodiscard]] std::string WebhookPayload(const Event& event);

}  // namespace notify
