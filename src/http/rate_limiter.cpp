#include "http/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/ip_address.hpp"

namespace notify {

namespace {

constexpr std::uint32_t kMapped = 0xffff;  // ::ffff:0:0/96 (RFC 4291, 2.5.5.2)

}  // namespace

std::string PartyAt(std::string_view address) {
    const auto known = IpAddress::Parse(address.substr(0, address.find('%')));  // of link-local with its zone
    if (!known || known->IsV4()) {
        return std::string(address);
    }
    if (known->Word(0) == 0 && known->Word(4) == 0 && known->Word(8) == kMapped) {
        return IpAddress::V4(known->Word(12)).ToString();
    }
    return fmt::format("{:08x}{:08x}::/64", known->Word(0), known->Word(4));
}

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
