#include "queue/calendar/time_zone.hpp"

#include <chrono>
#include <exception>
#include <string_view>

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The database's last span ends at the end of the years.
Timestamp EndOf(const date::sys_info& info) {
    return Timestamp(std::chrono::duration_cast<milliseconds>(info.end.time_since_epoch()));
}

}  // namespace

Result<TimeZone> TimeZone::Find(std::string_view name) {
    if (name == "UTC") {
        return TimeZone();
    }
    try {
        if (date::get_tzdb().zones.empty()) {
            return Fail(
                ErrorCode::kUnavailable,
                "this system has no database of time zones; install the package tzdata, or use UTC"
            );
        }
        const auto* zone = date::locate_zone(name);
        static_cast<void>(zone->get_info(date::sys_seconds()));  // reads its file
        return TimeZone(zone);
    } catch (const std::exception&) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "there is no time zone '{}'; names are like Europe/Zurich, America/New_York, UTC", name
            )
        );
    }
}

TimeZone::Span TimeZone::SpanAt(Timestamp at) const {
    if (zone_ == nullptr) {
        return {.ahead = seconds(0), .until = Timestamp::max()};
    }
    const auto info = zone_->get_info(floor<seconds>(at));
    return {.ahead = info.offset, .until = EndOf(info)};
}

LocalTime TimeZone::ShownAt(Timestamp at) const {
    return LocalTime(at.time_since_epoch() + SpanAt(at).ahead);
}

Timestamp TimeZone::FirstShows(LocalTime local) const {
    if (zone_ == nullptr) {
        return Timestamp(local.time_since_epoch());
    }
    const auto info = zone_->get_info(date::local_seconds(floor<seconds>(local.time_since_epoch())));
    if (info.result == date::local_info::nonexistent) {
        return EndOf(info.first);
    }
    return Timestamp(local.time_since_epoch() - info.first.offset);
}

}  // namespace notify
