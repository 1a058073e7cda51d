#pragma once

// When a bucket may be scanned, and when it is next: its schedule, by the clocks of a place.

#include <chrono>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "queue/calendar/cron.hpp"
#include "queue/calendar/time_zone.hpp"
#include "queue/calendar/window.hpp"

namespace notify {

/// A schedule that was understood. One of nothing allows everything at any time.
struct Calendar {
    std::optional<Cron> cron;
    std::vector<Window> windows;
    TimeZone zone;
};

/// kInvalidArgument with a JSON pointer and a sentence: "/schedule/cron: …". kUnavailable when the system has
/// no time zones.
[[nodiscard]] Result<Calendar> ParseCalendar(const BucketSchedule& schedule);

/// The first moment at or after `at` that lies in one of the windows. They mean what clocks show: one over
/// the hour that is left out is an hour shorter that night, one over the hour that comes twice an hour
/// longer, and one that lies inside the latter is open twice.
[[nodiscard]] Timestamp NextOpening(const Calendar& calendar, Timestamp at);

/// True when `at` lies in one of the windows, or there are none.
[[nodiscard]] bool MayScan(const Calendar& calendar, Timestamp at);

/// When to scan next after `after`: at the next time of the cron text, or `interval` later when there is
/// none; outside the windows, when the next one opens. A time of the cron text that clocks leap over is the
/// moment when they leap; of one that they show twice it is the first.
[[nodiscard]] Timestamp NextScan(
    const Calendar& calendar, std::chrono::milliseconds interval, Timestamp after
);

/// When a bucket is first scanned by who begins to look after it at `now`: at once, or with a cron text at
/// its first time since the last scan (since it was added, when there was none), `now` when that has gone by.
[[nodiscard]] Timestamp FirstScan(const Calendar& calendar, const Bucket& bucket, Timestamp now);

/// The next scan that the schedule wants, for people: not before `now`, nothing for a paused bucket or a
/// schedule that cannot be understood. A failed scan, or news of the store, may bring it forward.
[[nodiscard]] std::optional<Timestamp> ScanAfter(const Bucket& bucket, Timestamp now);

}  // namespace notify
