#pragma once

// A part of the week in which something is allowed.

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "queue/calendar/time_zone.hpp"

namespace notify {

/// The same hours on each of some weekdays.
struct Window {
    std::uint8_t weekdays = 0;      ///< On which it begins: bit 0 is Sunday.
    std::chrono::minutes from{0};   ///< Of the day it begins on: 0 to 1439.
    std::chrono::minutes until{0};  ///< Counted from the same midnight; after `from`, at most a day after.
};

/// "Mon-Fri 20:00-06:00", "Sat,Sun", "08:00-12:30": weekdays (all when none are said) as a list of names of
/// three letters and ranges of them, and hours (the whole day when none are said). Hours that end where they
/// begin or before are over midnight: they belong to the day they begin on. kInvalidArgument with a sentence.
[[nodiscard]] Result<Window> ParseWindow(std::string_view text);

/// The first time at or after `from` that is in one of the windows; `from` itself without any.
[[nodiscard]] LocalTime NextOpen(const std::vector<Window>& windows, LocalTime from);

}  // namespace notify
