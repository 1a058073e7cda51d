#include "delivery/webhooks/breaker.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"

namespace notify {

std::optional<HeldOff> Breaker::HeldOffBy(const Endpoint& endpoint, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    const bool failing = endpoint.consecutive_failures >= kOpensAfter &&
                         now - endpoint.failing_since.value_or(now) >= kOpensIn;
    const auto known = moments_.find(endpoint.id);
    if (known == moments_.end() && !failing) {
        return std::nullopt;
    }
    auto& moments = moments_[endpoint.id];
    const auto until = failing ? std::max(moments.next_probe, moments.held_until) : moments.held_until;
    if (now < until) {
        return HeldOff{.until = until, .asked_for = moments.held_until == until};
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
