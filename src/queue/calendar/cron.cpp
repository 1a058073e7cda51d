#include "queue/calendar/cron.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

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

/// What a field is called and may hold.
struct Field {
    std::string_view name;
    int least = 0;
    int most = 0;
    std::optional<int> (*named)(std::string_view) = nullptr;
};

constexpr int kSunday = 7;  // its other number

constexpr std::array<Field, 5> kFields{{
    {.name = "minute", .least = 0, .most = 59},
    {.name = "hour", .least = 0, .most = 23},
    {.name = "day of the month", .least = 1, .most = 31},
    {.name = "month", .least = 1, .most = 12, .named = &MonthNamed},
    {.name = "weekday", .least = 0, .most = kSunday, .named = &WeekdayNamed},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kShort{{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
}};

// the longest that a month has; February 29 comes
constexpr std::array<int, 13> kLongest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr std::uint64_t Bit(unsigned int value) {
    return std::uint64_t{1} << value;
}

constexpr bool Has(std::uint64_t values, unsigned int value) {
    return (values & Bit(value)) != 0;
}

Unexpected Refuse(const Field& field, std::string_view part, std::string_view why) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' in the field {} of the cron text {}", part, field.name, why)
    );
}

Result<int> ValueOf(const Field& field, std::string_view text) {
    auto value = SmallNumber(text);
    if (!value && field.named != nullptr) {
        value = field.named(text);
    }
    if (value && *value >= field.least && *value <= field.most) {
        return *value;
    }
    const auto* const names = field.named == nullptr ? "" : ", or a name of three letters";
    return Refuse(field, text, fmt::format("is not {} to {}{}", field.least, field.most, names));
}

struct Range {
    int from = 0;
    int to = 0;
};

Result<Range> RangeOf(const Field& field, std::string_view text) {
    if (text == "*") {
        return Range{.from = field.least, .to = field.most};
    }
    const auto dash = text.find('-');
    const auto from = ValueOf(field, text.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : ValueOf(field, text.substr(dash + 1));
    if (!from || !to) {
        return Unexpected(from ? to.error() : from.error());
    }
    // "fri-sun" ends on the Sunday after
    const int end = *to == 0 && *from > 0 && field.most == kSunday ? kSunday : *to;
    return end < *from ? Result<Range>(Refuse(field, text, "runs backwards"))
                       : Range{.from = *from, .to = end};
}

/// The bits of one part of a list.
Result<std::uint64_t> ValuesOfPart(const Field& field, std::string_view part) {
    const auto slash = part.find('/');
    const auto range = RangeOf(field, part.substr(0, slash));
    if (!range) {
        return Unexpected(range.error());
    }
    int step = 1;
    if (slash != std::string_view::npos) {
        step = SmallNumber(part.substr(slash + 1)).value_or(0);
        if (step < 1) {
            return Refuse(field, part, "has a step that is no number of 1 or more");
        }
        if (range->from == range->to) {
            return Refuse(field, part, "has a step, but is no range");
        }
    }
    std::uint64_t values = 0;
    for (int value = range->from; value <= range->to; value += step) {
        values |= Bit(static_cast<unsigned int>(value));
    }
    return values;
}

Result<std::uint64_t> ValuesOf(const Field& field, std::string_view text) {
    std::uint64_t values = 0;
    for (const auto part : Split(text, ',')) {
        const auto more = ValuesOfPart(field, part);
        if (!more) {
            return more;
        }
        values |= *more;
    }
    return values;
}

bool Comes(const Cron& cron) {
    for (unsigned int month = 1; month <= 12; ++month) {
        if (Has(cron.months, month) && std::countr_zero(cron.days) <= kLongest.at(month)) {
            return true;
        }
    }
    return cron.either_day;
}

bool FitsDay(const Cron& cron, const std::chrono::year_month_day& date) {
    const std::chrono::weekday weekday{std::chrono::local_days(date)};
    const bool day = Has(cron.days, static_cast<unsigned int>(date.day()));
    const bool week = Has(cron.weekdays, weekday.c_encoding());
    return cron.either_day ? day || week : day && week;
}

/// The first day at or after `from` that fits.
std::chrono::local_days NextDay(const Cron& cron, std::chrono::local_days from) {
    while (true) {
        const std::chrono::year_month_day date(from);
        if (!Has(cron.months, static_cast<unsigned int>(date.month()))) {
            from = std::chrono::local_days((date.year() / date.month() + std::chrono::months(1)) / 1);
        } else if (!FitsDay(cron, date)) {
            from += days(1);
        } else {
            return from;
        }
    }
}

/// The first minute of a day at or after `from` that fits; nothing when none is left.
std::optional<minutes> NextMinute(const Cron& cron, minutes from) {
    for (auto at = from; at < hours(24);) {
        const auto hour = std::chrono::floor<hours>(at);
        if (!Has(cron.hours, static_cast<unsigned int>(hour.count()))) {
            at = hour + hours(1);
        } else if (!Has(cron.minutes, static_cast<unsigned int>((at - hour).count()))) {
            ++at;
        } else {
            return at;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<Cron> ParseCron(std::string_view text) {
    auto fields = WordsOf(text);
    if (fields.size() == 1 && fields[0].starts_with('@')) {
        const auto* const known = std::ranges::find(kShort, fields[0], &decltype(kShort)::value_type::first);
        if (known == kShort.end()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not @hourly, @daily, @weekly, @monthly or @yearly", fields[0])
            );
        }
        fields = WordsOf(known->second);
    }
    if (fields.size() != kFields.size()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "a cron text has five fields (minute, hour, day of the month, month, weekday), '{}' has {}",
                text,
                fields.size()
            )
        );
    }
    std::array<std::uint64_t, kFields.size()> values{};
    for (std::size_t i = 0; i < kFields.size(); ++i) {
        const auto of_field = ValuesOf(kFields.at(i), fields[i]);
        if (!of_field) {
            return Unexpected(of_field.error());
        }
        values.at(i) = *of_field;
    }
    const auto weekdays = Has(values[4], kSunday) ? values[4] | Bit(0) : values[4];
    const Cron cron{
        .minutes = values[0],
        .hours = values[1],
        .days = values[2],
        .months = values[3],
        .weekdays = weekdays,
        .either_day = !fields[2].starts_with('*') && !fields[4].starts_with('*'),
    };
    return Comes(cron) ? Result<Cron>(cron)
                       : Fail(ErrorCode::kInvalidArgument, fmt::format("the day of '{}' never comes", text));
}

LocalTime NextMatch(const Cron& cron, LocalTime from) {
    const auto minute = std::chrono::ceil<minutes>(from);
    auto day = std::chrono::floor<days>(minute);
    auto time = std::optional(std::chrono::duration_cast<minutes>(minute - day));
    while (true) {
        const auto next = NextDay(cron, day);
        time = NextMinute(cron, next == day ? *time : minutes(0));
        if (time) {
            return next + *time;
        }
        day = next + days(1);
        time = minutes(0);
    }
}

}  // namespace notify
