#include "delivery/webhooks/breaker.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"

namespace notify {

std::optional<Timestamp> Breaker::WaitUntil(const Endpoint& endpoint, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    const bool failing = endpoint.consecutive_failures >= kOpensAfter;
    const auto known = moments_.find(endpoint.id);
    if (known == moments_.end() && !failing) {
        return std::nullopt;
    }
    auto& moments = moments_[endpoint.id];
    const auto until = failing ? std::max(moments.next_probe, moments.held_until) : moments.held_until;
    if (now < until) {
        return until;
    }
    if (failing) {
        moments.next_probe = now + kProbeInterval;
    } else {
        moments_.erase(endpoint.id);
    }
    return std::nullopt;
}

void Breaker::HoldOff(const EndpointId& id, Timestamp until) {
    const std::scoped_lock lock(mutex_);
    auto& held_until = moments_[id].held_until;
    held_until = std::max(held_until, until);
}

}  // namespace notify
