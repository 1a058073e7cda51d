#include "queue/calendar/window.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "queue/calendar/time_zone.hpp"
#include "queue/calendar/words.hpp"

namespace notify {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint8_t kAllDays = 0x7F;
constexpr unsigned int kDaysOfWeek = 7;

Unexpected Refuse(std::string_view text, std::string_view why) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is no window like 'Mon-Fri 20:00-06:00', 'Sat,Sun' or '08:00-12:30': {}", text, why)
    );
}

std::uint8_t DayBit(unsigned int weekday) {
    return static_cast<std::uint8_t>(1U << (weekday % kDaysOfWeek));
}

/// Bits of a list like "Mon-Wed,Sat"; a range may go over Sunday.
std::optional<std::uint8_t> WeekdaysOf(std::string_view text) {
    std::uint8_t bits = 0;
    for (const auto part : Split(text, ',')) {
        const auto dash = part.find('-');
        const auto first = WeekdayNamed(part.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : WeekdayNamed(part.substr(dash + 1));
        if (!first || !last) {
            return std::nullopt;
        }
        const auto from = static_cast<unsigned int>(*first);
        const auto to = static_cast<unsigned int>(*last) + (*last < *first ? kDaysOfWeek : 0);
        for (auto day = from; day <= to; ++day) {
            bits = static_cast<std::uint8_t>(bits | DayBit(day));
        }
    }
    return bits;
}

/// "20:00" to "24:00", two digits each.
std::optional<minutes> TimeOf(std::string_view text) {
    constexpr std::size_t kColon = 2;
    if (text.size() != 5 || text[kColon] != ':') {
        return std::nullopt;
    }
    const auto hour = SmallNumber(text.substr(0, kColon));
    const auto minute = SmallNumber(text.substr(kColon + 1));
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > 24 * 60) {
        return std::nullopt;
    }
    return hours(*hour) + minutes(*minute);
}

Result<Window> WithHours(Window window, std::string_view text, std::string_view all) {
    const auto dash = text.find('-');
    const auto from = TimeOf(text.substr(0, dash));
    const auto until = dash == std::string_view::npos ? std::nullopt : TimeOf(text.substr(dash + 1));
    if (!from || !until || *from == hours(24)) {
        return Refuse(all, fmt::format("'{}' are no hours of 00:00 to 24:00", text));
    }
    if (*from == *until) {
        return Refuse(all, "it ends when it begins; the whole day is 00:00-24:00");
    }
    window.from = *from;
    window.until = *until > *from ? *until : *until + hours(24);
    return window;
}

bool BeginsOn(const Window& window, std::chrono::local_days day) {
    return (window.weekdays & DayBit(std::chrono::weekday(day).c_encoding())) != 0;
}

}  // namespace

Result<Window> ParseWindow(std::string_view text) {
    const auto words = WordsOf(text);
    if (words.empty() || words.size() > 2) {
        return Refuse(text, "it wants weekdays, hours, or both");
    }
    Window window{.weekdays = kAllDays, .from = minutes(0), .until = hours(24)};
    const bool says_hours = words.back().find(':') != std::string_view::npos;
    if (words.size() == 2 || !says_hours) {
        const auto weekdays = WeekdaysOf(words.front());
        if (!weekdays) {
            return Refuse(text, fmt::format("'{}' are no weekdays", words.front()));
        }
        window.weekdays = *weekdays;
    }
    return words.size() == 2 || says_hours ? WithHours(window, words.back(), text) : window;
}

LocalTime NextOpen(const std::vector<Window>& windows, LocalTime from) {
    const auto today = std::chrono::floor<days>(from);
    auto first = windows.empty() ? from : LocalTime::max();
    for (const auto& window : windows) {
        // one that began yesterday may still be open; the next begins within a week
        for (auto day = today - days(1); day <= today + days(kDaysOfWeek); day += days(1)) {
            if (BeginsOn(window, day) && from < LocalTime(day + window.until)) {
                first = std::min(first, std::max(from, LocalTime(day + window.from)));
            }
        }
    }
    return first;
}

}  // namespace notify
