#pragma once

// How many requests somebody may make: a bucket of tokens for each.

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace notify {

/// Who counts as one at that address: an IPv4 address, also within an IPv6 one, or the /64 of an IPv6
/// address, for whoever has one address of it has all of them. What is no address is as it is.
[[nodiscard]] std::string PartyAt(std::string_view address);

/// Thread-safe.
class RateLimiter final {
public:
    /// What became of one request.
    struct Verdict {
        bool allowed = true;
        int remaining = 0;              ///< That may be made at once after this one.
        std::chrono::seconds reset{0};  ///< Until all may be made again; of a refused one until the next.
    };

    /// `per_second` on average, and as many at once.
    explicit RateLimiter(int per_second) : per_second_(per_second) {}

    [[nodiscard]] int PerSecond() const noexcept { return per_second_; }

    /// Counts a request of `who`. Those who made none for a second are forgotten.
    /// A clock that goes back gives nothing.
    [[nodiscard]] Verdict Take(std::string_view who, Timestamp now);

private:
    struct Tokens {
        double left = 0;
        Timestamp at;
    };

    void ForgetFull(Timestamp now);

    const int per_second_;
    std::mutex mutex_;
    std::map<std::string, Tokens, std::less<>> tokens_;
    std::size_t forget_at_ = 1024;
};

}  // namespace notify
