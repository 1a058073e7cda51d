#pragma once

// Spares an endpoint that fails, and everybody else the time it would take.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "domain/event.hpp"

namespace notify {

/// Why and until when nothing is sent to an endpoint.
struct HeldOff {
    Timestamp until;
    bool asked_for = false;  ///< By the receiver (Retry-After); else it fails.
};

/// Of this node: its moments are not stored. After kOpensAfter failures in a row over kOpensIn at least (a
/// burst of events into a receiver that restarts is one failure, not ten) an endpoint gets one try in
/// kProbeInterval, until one succeeds. Thread-safe.
class Breaker final {
public:
    static constexpr int kOpensAfter = 10;
    static constexpr std::chrono::seconds kOpensIn{30};
    static constexpr std::chrono::seconds kProbeInterval{60};

    /// Nothing when a try may be made now (it then counts as the probe), else when to ask again.
    [[nodiscard]] std::optional<HeldOff> HeldOffBy(const Endpoint& endpoint, Timestamp now);

    /// Lets nothing through to the endpoint before `until`: its receiver asked for it.
    void HoldOff(const EndpointId& id, Timestamp until);

private:
    struct Moments {
        Timestamp next_probe;  ///< Counts while the endpoint fails.
        Timestamp held_until;  ///< Counts always.
    };

    std::mutex mutex_;
    std::map<EndpointId, Moments> moments_;
};

}  // namespace notify
