#pragma once

// Sending again what has ended. A replay is a new delivery of the same event: the same webhook-id.

#include <cstdint>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Of events, both ends in it.
struct SequenceRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// `actor` is who asks, for the audit. Nudge the dispatcher afterwards. Thread-safe.
class Replay final {
public:
    static constexpr int kMostReplayed = 10'000;

    Replay(Storage& storage, const Clock& clock);

    /// Sends one delivery again, whatever became of it; a publication is written again even when it stands
    /// there. kNotFound; kConflict when it is still on its way, or its endpoint is not active.
    [[nodiscard]] Result<DeliveryId> Resend(const DeliveryId& id, std::string_view actor);

    /// Sends again what was made since `since` for the endpoint and ended Failed or Cancelled, each event
    /// once, unless it got through since; how many. kNotFound; kConflict when the endpoint is not active.
    [[nodiscard]] Result<int> ReplayFailed(const EndpointId& id, Timestamp since, std::string_view actor);

    /// Sends the events of the range that the endpoint wants now, whatever became of them before, but those
    /// that are on their way to it; how many. kInvalidArgument when there are more than kMostReplayed events
    /// in the range; kNotFound; kConflict when the endpoint is not active.
    [[nodiscard]] Result<int> ReplayRange(const EndpointId& id, SequenceRange range, std::string_view actor);

private:
    Storage& storage_;
    const Clock& clock_;
};

}  // namespace notify
