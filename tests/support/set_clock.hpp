#pragma once

// A clock that moves only when a test moves it.

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/clock.hpp"

namespace notify::testing {

/// Starts at 2026-01-01T00:00:00Z. Thread-safe.
class SetClock final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override { return FromMillis(millis_.load()); }

    void Advance(std::chrono::milliseconds by) { millis_ += by.count(); }

private:
    std::atomic<std::int64_t> millis_{1'767'225'600'000};
};

}  // namespace notify::testing
