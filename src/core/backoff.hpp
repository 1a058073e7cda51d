#pragma once

// How long to wait before trying again.

#include <chrono>

namespace notify {

/// Doubling with jitter: min(cap, base · 2^(attempt−1)) · U(0.5, 1.0). `attempt` counts from 1.
/// (Design: docs/architecture.md, "Failures".)
[[nodiscard]] std::chrono::milliseconds BackoffDelay(
    int attempt, std::chrono::milliseconds base, std::chrono::milliseconds cap
);

}  // namespace notify
