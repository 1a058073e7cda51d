#pragma once

// When a delivery is tried again, and how its row ends: docs/webhooks.md, "Schedule".

#include <chrono>
#include <optional>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "domain/event.hpp"

namespace notify {

/// The first try at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h.
inline constexpr int kMaxTries = 10;

/// The longest time a receiver's Retry-After is honoured.
inline constexpr std::chrono::hours kLongestRetryAfter{24};

/// How long to wait after try number `attempt` (from 1) failed, ± 20 %; nothing after the last.
[[nodiscard]] std::optional<std::chrono::milliseconds> RetryDelay(int attempt);

/// `delivery` after a failed try: Pending at the later of the schedule and `retry_after`, or Failed after the
/// last try.
[[nodiscard]] Delivery AfterFailure(
    Delivery delivery,
    std::string_view sentence,
    Timestamp now,
    std::optional<std::chrono::milliseconds> retry_after
);

/// `delivery` after `error`: Failed when trying again cannot help, released when the service stops or there
/// is no room to write, else AfterFailure.
[[nodiscard]] Delivery AfterError(Delivery delivery, const Error& error, Timestamp now);

/// `delivery` given back without burning a try: Pending at `at`.
[[nodiscard]] Delivery Released(Delivery delivery, std::string_view sentence, Timestamp at);

/// `delivery` in the terminal `status`.
[[nodiscard]] Delivery Ended(Delivery delivery, Status status, std::string_view sentence, Timestamp now);

}  // namespace notify
