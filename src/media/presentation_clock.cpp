#include "media/presentation_clock.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "media/ffmpeg.hpp"

namespace notify {

namespace {

constexpr std::int64_t kLeapBackMs = 1000;
constexpr std::int64_t kLeapAheadMs = 10'000;

}  // namespace

std::int64_t PresentationClock::At(std::int64_t time) const noexcept {
    // a hostile time must not overflow; no real one comes near half the range
    const auto bound = std::numeric_limits<std::int64_t>::max() / 4;
    const auto since_zero = std::clamp(time, -bound, bound) - std::clamp(zero_.value_or(0), -bound, bound);
    const auto ms = Milliseconds(since_zero, unit_);
    return std::clamp(ms, -bound, bound) + shift_ms_;
}

bool PresentationClock::IsPlausible() const noexcept {
    const auto bound = std::numeric_limits<std::int64_t>::max() / 4;
    const auto is_time = [&](std::int64_t ms) { return ms >= 0 && ms <= bound; };
    return shift_ms_ >= -bound && shift_ms_ <= bound && is_time(last_ms_.value_or(0)) &&
           is_time(last_duration_ms_);
}

std::int64_t PresentationClock::Next(std::optional<std::int64_t> time, std::int64_t duration_ms) {
    duration_ms = std::max<std::int64_t>(duration_ms, 1);
    const auto expected = last_ms_ ? *last_ms_ + last_duration_ms_ : 0;
    auto now = time ? At(*time) : expected;
    if (last_ms_) {
        const bool back = now < *last_ms_ - kLeapBackMs;
        const bool ahead = jumps_ && now > expected + kLeapAheadMs;
        if (back || ahead) {
            shift_ms_ += expected - now;
            now = expected;
        }
        now = std::max(now, *last_ms_ + 1);
    }
    last_ms_ = std::max<std::int64_t>(now, 0);
    last_duration_ms_ = duration_ms;
    return *last_ms_;
}

}  // namespace notify
