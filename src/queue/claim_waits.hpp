#pragma once

// How long what was claimed had been ready.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace notify {

/// A histogram. Not thread-safe.
struct ClaimWaits {
    /// Upper ends, in seconds.
    static constexpr std::array<double, 8> kEnds{0.1, 0.5, 1, 5, 30, 120, 600, 3600};

    std::array<std::int64_t, kEnds.size()> within{};  ///< Waits that were not longer than each end.
    std::int64_t count = 0;
    std::chrono::duration<double> sum{0};

    void Add(std::chrono::duration<double> wait) {
        for (std::size_t i = 0; i < kEnds.size(); ++i) {
            within.at(i) += wait.count() <= kEnds.at(i) ? 1 : 0;
        }
        ++count;
        sum += wait;
    }
};

}  // namespace notify
