#pragma once

// Decides when a running child has passed a limit. Time and memory are told to it, so that it can be tested
// by a table.

#include <chrono>
#include <cstdint>
#include <optional>

#include "processors/host/child_end.hpp"
#include "processors/host/host.hpp"

namespace notify {

/// Not thread-safe.
class Watch final {
public:
    using Time = std::chrono::steady_clock::time_point;

    Watch(const ChildLimits& limits, Time start) : limits_(limits), start_(start), last_sign_(start) {}

    /// The child did something: progress, a read, part of a result. Also when it was we who kept it waiting.
    void SignOfLife(Time now) noexcept { last_sign_ = now; }

    /// Counts a line; false when there were more of them than any honest child sends.
    [[nodiscard]] bool CountLine(Time now) noexcept;

    /// The limit that is passed now, if any.
    [[nodiscard]] std::optional<ChildEnd> Check(Time now, std::uint64_t resident_bytes) const;

private:
    ChildLimits limits_;
    Time start_;
    Time last_sign_;
    std::uint64_t lines_ = 0;
};

}  // namespace notify
