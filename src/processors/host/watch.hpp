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

    Watch(const ChildLimits& limits, Time start)
        : limits_(limits), start_(start), last_sign_(start), last_check_(start) {}

    /// The child did something: progress, a read, part of a result. Also when it was we who kept it waiting.
    void SignOfLife(Time now) noexcept { last_sign_ = now; }

    /// Counts a line; false when there were more of them than any honest child sends.
    [[nodiscard]] bool CountLine(Time now) noexcept;

    /// The limit that is passed now, if any. Called several times a second; when it was not for a while, we
    /// stood still ourselves (frozen, held up by a disk), perhaps the child with us, and that time does not
    /// count.
    [[nodiscard]] std::optional<ChildEnd> Check(Time now, std::uint64_t resident_bytes);

private:
    ChildLimits limits_;
    Time start_;
    Time last_sign_;
    Time last_check_;
    Time::duration stood_still_{0};
    std::uint64_t lines_ = 0;
};

}  // namespace notify
