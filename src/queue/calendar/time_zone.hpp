#pragma once

// What clocks on the wall show in a place, by the IANA database of the system (package tzdata).

#include <chrono>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's
}

namespace notify {

/// What a clock on the wall shows; of which place is said elsewhere.
using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

/// A value, and thread-safe. The database is read when the first zone but UTC is asked for, and not again
/// while the process lives.
class TimeZone final {
public:
    /// UTC, which needs no database.
    TimeZone() = default;

    /// "UTC", or a name of the database: "Europe/Zurich". kInvalidArgument for any other; kUnavailable when
    /// the system has no database.
    [[nodiscard]] static Result<TimeZone> Find(std::string_view name);

    /// A time in which clocks are not set.
    struct Span {
        std::chrono::seconds ahead;  ///< Of UTC.
        Timestamp until;             ///< When clocks are set next.
    };

    /// The span that `at` lies in.
    [[nodiscard]] Span SpanAt(Timestamp at) const;

    [[nodiscard]] LocalTime ShownAt(Timestamp at) const;

    /// When clocks show that for the first time; for a time that they leap over, when they leap.
    [[nodiscard]] Timestamp FirstShows(LocalTime local) const;

private:
    explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}

    const date::time_zone* zone_ = nullptr;  ///< Null for UTC; else of the database, which lives for ever.
};

}  // namespace notify
