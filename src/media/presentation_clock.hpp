#pragma once

// From the times a container gives to frames to milliseconds that always move forward.

#include <cstdint>
#include <optional>

#include "core/binary.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

/// Numbers frames in presentation order. What it says depends only on the frames it was shown. Not
/// thread-safe.
class PresentationClock final {
public:
    /// `zero`: the time of 0 ms in `unit`; nothing when the media gives no times at all.
    /// `jumps`: the container may start its clock anew (MPEG-TS), so a leap forward is no pause.
    PresentationClock(AVRational unit, std::optional<std::int64_t> zero, bool jumps)
        : unit_(unit), zero_(zero), jumps_(jumps) {}

    /// The time of the next frame in ms, at least 1 after the one before and at least 0. A frame without a
    /// time follows the one before by that one's duration; so does a frame after a leap: more than a second
    /// back, or, where the container may jump, more than 10 s ahead. `duration_ms` is of this frame.
    std::int64_t Next(std::optional<std::int64_t> time, std::int64_t duration_ms);

    /// What a time would be on this clock now, without moving it.
    [[nodiscard]] std::int64_t At(std::int64_t time) const noexcept;

    /// Time of the last frame; nothing before the first.
    [[nodiscard]] std::optional<std::int64_t> LastMs() const noexcept { return last_ms_; }

    /// End of the last frame; 0 before the first.
    [[nodiscard]] std::int64_t EndMs() const noexcept { return last_ms_ ? *last_ms_ + last_duration_ms_ : 0; }

    /// Counts in that unit, from a container that jumps or does not.
    [[nodiscard]] bool IsFor(AVRational unit, bool jumps) const noexcept {
        return unit.num == unit_.num && unit.den == unit_.den && jumps == jumps_;
    }

    static void Members(auto& archive, Either<PresentationClock> auto& clock) {
        archive(clock.unit_.num, clock.unit_.den, clock.zero_, clock.jumps_, clock.shift_ms_);
        archive(clock.last_ms_, clock.last_duration_ms_);
    }

    /// What frames can have made of it: nothing that its sums would overflow with.
    [[nodiscard]] bool IsPlausible() const noexcept;

private:
    AVRational unit_;
    std::optional<std::int64_t> zero_;
    bool jumps_;
    std::int64_t shift_ms_ = 0;
    std::optional<std::int64_t> last_ms_;
    std::int64_t last_duration_ms_ = 0;
};

}  // namespace notify
