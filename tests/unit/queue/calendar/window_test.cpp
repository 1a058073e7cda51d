#include "queue/calendar/window.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace notify {
namespace {

LocalTime Shown(const std::string& text) {
    return LocalTime(FromRfc3339(text + ":00Z").value().time_since_epoch());
}

/// When the windows are open next; 2026-11-28 is a Saturday.
std::string Opens(const std::vector<std::string>& windows, const std::string& from) {
    std::vector<Window> parsed;
    for (const auto& window : windows) {
        parsed.push_back(ParseWindow(window).value());
    }
    return ToRfc3339(Timestamp(NextOpen(parsed, Shown(from)).time_since_epoch())).substr(0, 16);
}

TEST(Window, IsOpenFromItsFirstMinuteToBeforeItsLast) {
    EXPECT_EQ(Opens({"08:00-12:30"}, "2026-11-28T07:59"), "2026-11-28T08:00");
    EXPECT_EQ(Opens({"08:00-12:30"}, "2026-11-28T08:00"), "2026-11-28T08:00");
    EXPECT_EQ(Opens({"08:00-12:30"}, "2026-11-28T12:29"), "2026-11-28T12:29");
    EXPECT_EQ(Opens({"08:00-12:30"}, "2026-11-28T12:30"), "2026-11-29T08:00");
}

TEST(Window, BelongsToTheDayItBeginsOnWhenItGoesOverMidnight) {
    const std::vector<std::string> nights{"Mon-Fri 20:00-06:00"};
    EXPECT_EQ(Opens(nights, "2026-11-28T05:59"), "2026-11-28T05:59") << "Friday's night goes on on Saturday";
    EXPECT_EQ(Opens(nights, "2026-11-28T06:00"), "2026-11-30T20:00");
    EXPECT_EQ(Opens(nights, "2026-11-30T05:00"), "2026-11-30T20:00") << "Sunday has no night";
}

TEST(Window, OpensWithTheFirstOfSeveral) {
    const std::vector<std::string> windows{"Mon-Fri 20:00-06:00", "Sat,Sun", "wed 12:00-13:00"};
    EXPECT_EQ(Opens(windows, "2026-11-28T06:00"), "2026-11-28T06:00");
    EXPECT_EQ(Opens(windows, "2026-11-29T23:59"), "2026-11-29T23:59");
    EXPECT_EQ(Opens(windows, "2026-11-30T00:00"), "2026-11-30T20:00");
    EXPECT_EQ(Opens(windows, "2026-12-02T07:00"), "2026-12-02T12:00");
}

TEST(Window, MayGoOverTheEndOfTheWeekAndFillTheDay) {
    EXPECT_EQ(Opens({"Fri-Mon 10:00-11:00"}, "2026-11-28T11:00"), "2026-11-29T10:00");
    EXPECT_EQ(Opens({"Fri-Mon 10:00-11:00"}, "2026-11-30T11:00"), "2026-12-04T10:00");
    EXPECT_EQ(Opens({"Sun 00:00-24:00"}, "2026-11-28T00:00"), "2026-11-29T00:00");
    EXPECT_EQ(Opens({"Sat 12:00-11:59"}, "2026-11-29T11:58"), "2026-11-29T11:58");
    EXPECT_EQ(Opens({"Sat 00:00-01:00"}, "2026-11-28T01:00"), "2026-12-05T00:00") << "a week later";
    EXPECT_EQ(Opens({}, "2026-11-28T01:00"), "2026-11-28T01:00") << "without a window it is always open";
}

TEST(Window, SaysWhatIsWrongWithABadText) {
    const std::vector<std::pair<std::string, std::string>> faults{
        {"", "it wants weekdays, hours, or both"},
        {"Mon 10:00-11:00 Tue", "it wants weekdays, hours, or both"},
        {"Mon-Fry 10:00-11:00", "'Mon-Fry' are no weekdays"},
        {"Mon, 10:00-11:00", "'Mon,' are no weekdays"},
        {"weekdays", "'weekdays' are no weekdays"},
        {"10:00", "'10:00' are no hours"},
        {"Mon 8:00-12:00", "'8:00-12:00' are no hours"},
        {"Mon 08:00-25:00", "no hours"},
        {"Mon 08:60-09:00", "no hours"},
        {"Mon 24:00-25:00", "no hours"},
        {"Mon -1:00-02:00", "no hours"},
        {"10:00-10:00", "it ends when it begins; the whole day is 00:00-24:00"},
        {"10:00-11:00 Mon", "'10:00-11:00' are no weekdays"},
    };
    for (const auto& [text, words] : faults) {
        const auto parsed = ParseWindow(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(parsed.error().message.find(words), std::string::npos)
            << text << ": " << parsed.error().message;
    }
}

}  // namespace
}  // namespace notify
