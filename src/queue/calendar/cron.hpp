#pragma once

// Times by the five fields of cron, as crontab(5) of Debian says.

#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "queue/calendar/time_zone.hpp"

namespace notify {

/// One bit for each value that fits: of `minutes` 0 to 59, `hours` 0 to 23, `days` 1 to 31, `months` 1 to 12,
/// `weekdays` 0 (Sunday) to 6.
struct Cron {
    std::uint64_t minutes = 0;
    std::uint64_t hours = 0;
    std::uint64_t days = 0;
    std::uint64_t months = 0;
    std::uint64_t weekdays = 0;
    bool either_day = false;  ///< One of day and weekday is enough: neither field begins with '*'.
};

/// "30 2 * * mon-fri": minute, hour, day of the month, month, weekday. A field is a list, by commas, of `*`,
/// a number or a range, the first and the last with a step ("*/15", "8-18/2"); months and weekdays also have
/// names of three letters, 7 is Sunday too. Or @hourly, @daily, @midnight, @weekly, @monthly, @yearly,
/// @annually. kInvalidArgument with a sentence; also for times that never come, such as 30 February.
[[nodiscard]] Result<Cron> ParseCron(std::string_view text);

/// The first whole minute at or after `from` that fits.
[[nodiscard]] LocalTime NextMatch(const Cron& cron, LocalTime from);

}  // namespace notify
