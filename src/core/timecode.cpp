#include "core/timecode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

namespace notify {

namespace {

constexpr std::int64_t kMostNominal = 120;
constexpr std::int64_t kMostTime = 1'000'000'000'000;
constexpr std::int64_t kCloseness = 4000;  // one part of so many: a quarter of what parts 30 from 29.97

constexpr std::array<FrameRate, 13> kRatesInUse{{
    {.numerator = 24000, .denominator = 1001},
    {.numerator = 24},
    {.numerator = 25},
    {.numerator = 30000, .denominator = 1001},
    {.numerator = 30},
    {.numerator = 48000, .denominator = 1001},
    {.numerator = 48},
    {.numerator = 50},
    {.numerator = 60000, .denominator = 1001},
    {.numerator = 60},
    {.numerator = 100},
    {.numerator = 120000, .denominator = 1001},
    {.numerator = 120},
}};

/// The whole number of frames that a second of timecode has.
std::int64_t NominalOf(const FrameRate& rate) noexcept {
    return (rate.numerator + rate.denominator / 2) / rate.denominator;
}

/// `value * by / over`, rounded to the nearest. No overflow for values to 10^12 and parts to 10^9 whose
/// product is below 2^63.
std::int64_t Scaled(std::int64_t value, std::int64_t by, std::int64_t over) noexcept {
    value = std::clamp<std::int64_t>(value, 0, kMostTime);
    return value / over * by + (value % over * by + over / 2) / over;
}

/// How frames are numbered at a rate.
struct Numbering {
    std::int64_t a_second;
    std::int64_t dropped;  ///< Numbers left out at the start of most minutes.

    [[nodiscard]] std::int64_t AMinute() const noexcept { return a_second * 60 - dropped; }

    [[nodiscard]] std::int64_t TenMinutes() const noexcept { return a_second * 600 - dropped * 9; }

    [[nodiscard]] std::int64_t ADay() const noexcept { return TenMinutes() * 144; }

    /// The number that a frame bears.
    [[nodiscard]] std::int64_t NumberOf(std::int64_t frame) const noexcept {
        const auto tens = frame / TenMinutes();
        const auto within = frame % TenMinutes();
        // the first minute of ten is a whole one
        const auto minutes = within < a_second * 60 ? 0 : 1 + (within - a_second * 60) / AMinute();
        return frame + dropped * (tens * 9 + minutes);
    }

    /// The frame that bears a number.
    [[nodiscard]] std::int64_t FrameOf(std::int64_t number) const noexcept {
        const auto minutes = number / (a_second * 60);
        return number - dropped * (minutes - minutes / 10);
    }
};

Numbering NumberingOf(const FrameRate& rate, bool drop_frame) noexcept {
    const auto nominal = NominalOf(rate);
    return {.a_second = nominal, .dropped = drop_frame && CanDropFrames(rate) ? nominal / 15 : 0};
}

/// Takes digits from the front of `text`; nothing when there are not one to three.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || length > 3 || number < 0 || text.front() == '-') {
        return std::nullopt;
    }
    text.remove_prefix(length);
    return number;
}

}  // namespace

bool FrameRate::IsKnown() const noexcept {
    return numerator >= 1 && denominator >= 1 && numerator <= kMostPart && denominator <= kMostPart &&
           numerator <= denominator * kMostFps;
}

FrameRate UsualRate(std::int64_t numerator, std::int64_t denominator) noexcept {
    constexpr std::int64_t kMostInt = 0x7FFF'FFFF;
    if (numerator < 1 || denominator < 1 || numerator > kMostInt || denominator > kMostInt) {
        return {};
    }
    for (const auto& rate : kRatesInUse) {
        const auto a = numerator * rate.denominator;
        const auto b = denominator * rate.numerator;
        if (std::max(a, b) - std::min(a, b) <= b / kCloseness) {
            return rate;
        }
    }
    const auto common = std::gcd(numerator, denominator);
    FrameRate rate{.numerator = numerator / common, .denominator = denominator / common};
    while (rate.numerator > FrameRate::kMostPart || rate.denominator > FrameRate::kMostPart) {
        rate = {
            .numerator = rate.numerator / 2, .denominator = std::max<std::int64_t>(rate.denominator / 2, 1)
        };
    }
    return rate.IsKnown() ? rate : FrameRate{};
}

std::string ToText(const FrameRate& rate) {
    return fmt::format("{}/{}", rate.numerator, rate.denominator);
}

std::optional<FrameRate> ParseFrameRate(std::string_view text) {
    FrameRate rate;
    const auto* const first = text.data();
    const auto* const last = first + text.size();
    const auto numerator = std::from_chars(first, last, rate.numerator);
    if (numerator.ec != std::errc{} || numerator.ptr == last || *numerator.ptr != '/') {
        return std::nullopt;
    }
    const auto denominator = std::from_chars(numerator.ptr + 1, last, rate.denominator);
    const bool is_rate = denominator.ec == std::errc{} && denominator.ptr == last && rate.IsKnown();
    return is_rate ? std::optional(rate) : std::nullopt;
}

std::optional<std::int64_t> FrameAt(std::int64_t ms, const FrameRate& rate) noexcept {
    return rate.IsKnown() ? std::optional(Scaled(ms, rate.numerator, rate.denominator * 1000)) : std::nullopt;
}

bool HasTimecode(const FrameRate& rate) noexcept {
    if (!rate.IsKnown()) {
        return false;
    }
    const auto nominal = NominalOf(rate);
    return nominal >= 1 && nominal <= kMostNominal &&
           (rate.numerator == nominal * rate.denominator ||
            rate.numerator * 1001 == nominal * 1000 * rate.denominator);
}

bool CanDropFrames(const FrameRate& rate) noexcept {
    if (!rate.IsKnown()) {
        return false;
    }
    const auto nominal = NominalOf(rate);
    return (nominal == 30 || nominal == 60) && rate.numerator * 1001 == nominal * 1000 * rate.denominator;
}

std::string TimecodeOf(std::int64_t frames, const FrameRate& rate, bool drop_frame) {
    if (!HasTimecode(rate)) {
        return {};
    }
    const auto numbering = NumberingOf(rate, drop_frame);
    const auto number = numbering.NumberOf(frames % numbering.ADay());
    const auto seconds = number / numbering.a_second;
    return fmt::format(
        "{:02}:{:02}:{:02}{}{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        numbering.dropped > 0 ? ';' : ':',
        number % numbering.a_second
    );
}

std::optional<std::string> TimecodeAt(std::int64_t ms, const Timebase& timebase) {
    const auto frame = FrameAt(ms, timebase.rate);
    return frame && HasTimecode(timebase.rate)
               ? std::optional(TimecodeOf(timebase.start + *frame, timebase.rate, timebase.drop_frame))
               : std::nullopt;
}

std::optional<Timebase> ParseTimecode(std::string_view text, const FrameRate& rate) {
    if (!HasTimecode(rate)) {
        return std::nullopt;
    }
    std::array<std::int64_t, 4> parts{};
    bool drop_frame = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) {
            drop_frame = i == 3 && (text.starts_with(';') || text.starts_with('.'));
            if (!drop_frame && !text.starts_with(':')) {
                return std::nullopt;
            }
            text.remove_prefix(1);
        }
        const auto number = text.empty() ? std::nullopt : TakeNumber(text);
        if (!number) {
            return std::nullopt;
        }
        parts.at(i) = *number;
    }
    const auto [hours, minutes, seconds, frames] = parts;
    const auto numbering = NumberingOf(rate, drop_frame);
    const bool is_left_out = frames < numbering.dropped && seconds == 0 && minutes % 10 != 0;
    if (!text.empty() || hours > 23 || minutes > 59 || seconds > 59 || frames >= numbering.a_second ||
        is_left_out) {
        return std::nullopt;
    }
    const auto number = (hours * 3600 + minutes * 60 + seconds) * numbering.a_second + frames;
    return Timebase{.rate = rate, .start = numbering.FrameOf(number), .drop_frame = numbering.dropped > 0};
}

}  // namespace notify
