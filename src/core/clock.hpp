#pragma once

// Time as the project counts it: milliseconds since 1970 UTC on the wall, and RFC 3339 as text.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// A moment, UTC, to the millisecond. What the database, the API and the events hold.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Tells the time. Injected wherever a decision depends on it, so that tests set it. Thread-safe.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Timestamp Now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override;
};

/// The clock of another machine, as far as it was told here: all that share a database agree on its time, and
/// a jump of this machine's changes nothing. The machine's clock until then.
class FollowingClock final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override;

    /// It is `there` now, over there.
    void Follow(Timestamp there) noexcept;

private:
    static constexpr std::int64_t kOwn = INT64_MIN;

    std::atomic<std::int64_t> ahead_ = kOwn;  ///< Milliseconds, of the steady clock.
};

/// "2026-11-24T02:31:00.000Z".
[[nodiscard]] std::string ToRfc3339(Timestamp time);

/// Reads RFC 3339 with "Z" or an offset, with or without a fraction. kInvalidArgument otherwise.
[[nodiscard]] Result<Timestamp> FromRfc3339(std::string_view text);

[[nodiscard]] inline std::int64_t ToMillis(Timestamp time) noexcept {
    return time.time_since_epoch().count();
}

[[nodiscard]] inline Timestamp FromMillis(std::int64_t millis) noexcept {
    return Timestamp(std::chrono::milliseconds(millis));
}

}  // namespace notify
