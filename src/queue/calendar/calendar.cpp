#include "queue/calendar/calendar.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "queue/calendar/cron.hpp"
#include "queue/calendar/time_zone.hpp"
#include "queue/calendar/window.hpp"

namespace notify {

namespace {

Unexpected At(const Error& error, std::string_view pointer) {
    return Unexpected(error.Within(pointer));
}

/// The first time of the cron text after `after`.
Timestamp NextTime(const Cron& cron, const TimeZone& zone, Timestamp after) {
    auto local = zone.ShownAt(after);
    while (true) {
        local = NextMatch(cron, local);
        if (const auto at = zone.FirstShows(local); at > after) {
            return at;
        }
        local += std::chrono::minutes(1);
    }
}

}  // namespace

Result<Calendar> ParseCalendar(const BucketSchedule& schedule) {
    Calendar calendar;
    if (!schedule.cron.empty()) {
        const auto cron = ParseCron(schedule.cron);
        if (!cron) {
            return At(cron.error(), "/schedule/cron");
        }
        calendar.cron = *cron;
    }
    for (std::size_t i = 0; i < schedule.windows.size(); ++i) {
        const auto window = ParseWindow(schedule.windows[i]);
        if (!window) {
            return At(window.error(), fmt::format("/schedule/windows/{}", i));
        }
        calendar.windows.push_back(*window);
    }
    const auto zone = TimeZone::Find(schedule.time_zone);
    if (!zone) {
        return At(zone.error(), "/schedule/time_zone");
    }
    calendar.zone = *zone;
    return calendar;
}

Timestamp NextOpening(const Calendar& calendar, Timestamp at) {
    if (calendar.windows.empty()) {
        return at;
    }
    while (true) {
        const auto span = calendar.zone.SpanAt(at);
        const LocalTime shown(at.time_since_epoch() + span.ahead);
        const Timestamp opens(NextOpen(calendar.windows, shown).time_since_epoch() - span.ahead);
        if (opens < span.until) {
            return opens;
        }
        at = span.until;  // clocks are set before: look again by what they show then
    }
}

bool MayScan(const Calendar& calendar, Timestamp at) {
    return NextOpening(calendar, at) == at;
}

Timestamp NextScan(const Calendar& calendar, std::chrono::milliseconds interval, Timestamp after) {
    const auto due = calendar.cron ? NextTime(*calendar.cron, calendar.zone, after) : after + interval;
    return NextOpening(calendar, due);
}

Timestamp FirstScan(const Calendar& calendar, const Bucket& bucket, Timestamp now) {
    const auto due = calendar.cron ? NextTime(
                                         *calendar.cron,
                                         calendar.zone,
                                         std::min(now, bucket.last_scan_at.value_or(bucket.created_at))
                                     )
                                   : now;
    return NextOpening(calendar, std::max(due, now));
}

std::optional<Timestamp> ScanAfter(const Bucket& bucket, Timestamp now) {
    const auto calendar = ParseCalendar(bucket.options.schedule);
    if (!bucket.active || !calendar) {
        return std::nullopt;
    }
    return bucket.last_scan_at ? std::max(
                                     NextScan(*calendar, bucket.scan_interval, *bucket.last_scan_at),
                                     NextOpening(*calendar, now)
                                 )
                               : FirstScan(*calendar, bucket, now);
}

}  // namespace notify
