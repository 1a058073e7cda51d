#pragma once

// What tries tell of an endpoint: failures in a row, since when, and when the service switches it off.

#include <chrono>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

/// After so long without one success an endpoint is switched off.
inline constexpr std::chrono::hours kDisableAfter{120};

/// How a try went, as far as its endpoint is concerned.
enum class TryResult : std::uint8_t {
    kSucceeded,
    kFailed,
    kGone,  ///< 410: the receiver asked not to be told any more.
};

/// Counts the try in the endpoint's row, with the sentence of one that failed. When that switches the
/// endpoint off, its reason is written and an event endpoint.disabled with it. An endpoint that is gone
/// meanwhile is left alone.
[[nodiscard]] Result<void> NoteTry(
    Transaction& transaction, const EndpointId& id, TryResult result, std::string_view sentence, Timestamp now
);

}  // namespace notify
