#include "http/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace notify {

void RateLimiter::ForgetFull(Timestamp now) {
    if (tokens_.size() < forget_at_) {
        return;
    }
    std::erase_if(tokens_, [&](const auto& each) { return now - each.second.at >= std::chrono::seconds(1); });
    forget_at_ = std::max<std::size_t>(1024, tokens_.size() * 2);
}

RateLimiter::Verdict RateLimiter::Take(std::string_view who, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    ForgetFull(now);
    const double most = per_second_;
    auto found = tokens_.find(who);
    if (found == tokens_.end()) {
        found = tokens_.emplace(std::string(who), Tokens{.left = most, .at = now}).first;
    }
    auto& tokens = found->second;
    const auto passed = std::max(0.0, std::chrono::duration<double>(now - tokens.at).count());
    tokens.left = std::min(most, tokens.left + passed * most);
    tokens.at = now;
    const bool allowed = tokens.left >= 1;
    tokens.left -= allowed ? 1 : 0;
    const double wait = allowed ? (most - tokens.left) / most : (1 - tokens.left) / most;
    return {
        .allowed = allowed,
        .remaining = static_cast<int>(tokens.left),
        .reset = std::chrono::seconds(static_cast<int>(std::ceil(wait)))
    };
}

}  // namespace notify
