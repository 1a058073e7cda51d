#include "delivery/webhooks/breaker.hpp"

#include <algorithm>

namespace notify {

std::optional<Timestamp> Breaker::WaitUntil(const Endpoint& endpoint, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    const auto held = closed_until_.find(endpoint.id);
    if (held != closed_until_.end() && now < held->second) {
        return held->second;
    }
    if (endpoint.consecutive_failures >= kOpensAfter) {
        closed_until_[endpoint.id] = now + kProbeInterval;
    } else if (held != closed_until_.end()) {
        closed_until_.erase(held);
    }
    return std::nullopt;
}

void Breaker::HoldOff(const EndpointId& id, Timestamp until) {
    const std::scoped_lock lock(mutex_);
    auto& closed_until = closed_until_[id];
    closed_until = std::max(closed_until, until);
}

}  // namespace notify
