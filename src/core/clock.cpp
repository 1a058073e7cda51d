#include "core/clock.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

/// Reads exactly `width` digits at `at`; -1 when they are not there.
int Digits(std::string_view text, std::size_t at, std::size_t width) {
    if (at + width > text.size()) {
        return -1;
    }
    int value = -1;
    const auto* end = text.data() + at + width;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    return error == std::errc{} && stop == end && text[at] != '-' ? value : -1;
}

/// Reads ".123456" from `at`, moves `at` past it, returns whole milliseconds.
int Fraction(std::string_view text, std::size_t& at) {
    int millis = 0;
    int scale = 100;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
        millis += (text[at] - '0') * scale;
        scale /= 10;
    }
    return millis;
}

std::int64_t SteadyMillis() noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch()
    )
        .count();
}

}  // namespace

Timestamp SystemClock::Now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Timestamp FollowingClock::Now() const {
    const auto ahead = ahead_.load(std::memory_order_relaxed);
    return ahead == kOwn ? SystemClock().Now() : FromMillis(SteadyMillis() + ahead);
}

void FollowingClock::Follow(Timestamp there) noexcept {
    ahead_.store(ToMillis(there) - SteadyMillis(), std::memory_order_relaxed);
}

std::string ToRfc3339(Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count(),
        clock.subseconds().count()
    );
}

Result<Timestamp> FromRfc3339(std::string_view text) {
    const auto refuse = [&] {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("'{}' is not a time like 2026-01-31T12:00:00Z", text)
        );
    };
    const int year = Digits(text, 0, 4);
    const int month = Digits(text, 5, 2);
    const int day = Digits(text, 8, 2);
    const int hour = Digits(text, 11, 2);
    const int minute = Digits(text, 14, 2);
    const int second = Digits(text, 17, 2);
    if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
        return refuse();
    }
    const std::chrono::year_month_day date{
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))
    };
    if (!date.ok()) {
        return refuse();
    }
    std::size_t at = 19;
    const int millis = at < text.size() && text[at] == '.' ? Fraction(text, at) : 0;
    auto time = Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
                std::chrono::minutes(minute) + std::chrono::seconds(second) +
                std::chrono::milliseconds(millis);
    if (text.substr(at) == "Z" || text.substr(at) == "z") {
        return time;
    }
    const int offset_hours = Digits(text, at + 1, 2);
    const int offset_minutes = Digits(text, at + 4, 2);
    if (text.size() != at + 6 || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' ||
        offset_hours < 0 || offset_minutes < 0) {
        return refuse();
    }
    const auto offset = std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes);
    return text[at] == '+' ? time - offset : time + offset;
}

}  // namespace notify
