#include "core/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "core/random.hpp"

namespace notify {

std::chrono::milliseconds BackoffDelay(
    int attempt, std::chrono::milliseconds base, std::chrono::milliseconds cap
) {
    const double doublings = std::clamp(attempt - 1, 0, 40);
    const double millis =
        std::min(static_cast<double>(base.count()) * std::exp2(doublings), static_cast<double>(cap.count()));
    return std::chrono::milliseconds(static_cast<std::int64_t>(millis * RandomBetween(0.5, 1.0)));
}

}  // namespace notify
