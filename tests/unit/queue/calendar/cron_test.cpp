#include "queue/calendar/cron.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace notify {
namespace {

/// A clock's face as RFC 3339 shows UTC.
LocalTime Shown(const std::string& text) {
    return LocalTime(FromRfc3339(text + ":00Z").value().time_since_epoch());
}

/// The next `count` times after `from`.
std::vector<std::string> Times(const std::string& cron, const std::string& from, int count) {
    const auto parsed = ParseCron(cron).value();
    std::vector<std::string> times;
    auto at = Shown(from);
    for (int i = 0; i < count; ++i) {
        at = NextMatch(parsed, at);
        times.push_back(ToRfc3339(Timestamp(at.time_since_epoch())).substr(0, 16));
        at += std::chrono::minutes(1);
    }
    return times;
}

using Texts = std::vector<std::string>;

TEST(Cron, FindsTheNextTimesOfNumbersListsRangesStepsAndNames) {
    EXPECT_EQ(Times("30 2 * * *", "2026-11-28T02:30", 2), (Texts{"2026-11-28T02:30", "2026-11-29T02:30"}));
    EXPECT_EQ(
        Times("*/20 8-9 * * *", "2026-11-28T08:41", 4),
        (Texts{"2026-11-28T09:00", "2026-11-28T09:20", "2026-11-28T09:40", "2026-11-29T08:00"})
    );
    EXPECT_EQ(
        Times("5,10-20/5 23 * Dec MON-wed,Fri", "2026-11-28T00:00", 4),
        (Texts{"2026-12-01T23:05", "2026-12-01T23:10", "2026-12-01T23:15", "2026-12-01T23:20"})
    );
    EXPECT_EQ(
        Times("0 0 * * fri-sun", "2026-11-26T00:00", 4),
        (Texts{"2026-11-27T00:00", "2026-11-28T00:00", "2026-11-29T00:00", "2026-12-04T00:00"})
    );
    EXPECT_EQ(Times("0 12 * * 7", "2026-11-28T00:00", 1), (Texts{"2026-11-29T12:00"}));
    EXPECT_EQ(
        Times("  0\t6 1 */6 *", "2026-11-28T00:00", 2), (Texts{"2027-01-01T06:00", "2027-07-01T06:00"})
    );
}

TEST(Cron, TakesAWholeMinuteEvenWhenItIsAskedBetweenTwo) {
    const auto at = Shown("2026-11-28T10:00") + std::chrono::milliseconds(1);
    EXPECT_EQ(NextMatch(ParseCron("* * * * *").value(), at), Shown("2026-11-28T10:01"));
}

TEST(Cron, TakesADayOfEitherFieldWhenBothAreRestrictedAndOfBothWhenOneBeginsWithAStar) {
    EXPECT_EQ(
        Times("0 0 13 * fri", "2026-11-08T00:00", 3),
        (Texts{"2026-11-13T00:00", "2026-11-20T00:00", "2026-11-27T00:00"})
    );
    EXPECT_EQ(Times("0 0 */2 * mon", "2026-11-01T00:00", 2), (Texts{"2026-11-09T00:00", "2026-11-23T00:00"}));
}

TEST(Cron, WaitsYearsForTheTwentyNinthOfFebruary) {
    EXPECT_EQ(Times("0 0 29 2 *", "2096-03-01T00:00", 2), (Texts{"2104-02-29T00:00", "2108-02-29T00:00"}))
        << "2100 has none";
    EXPECT_EQ(Times("0 0 29 2 */6", "2026-01-01T00:00", 1), (Texts{"2032-02-29T00:00"})) << "a Sunday";
}

TEST(Cron, KnowsTheShortNames) {
    const std::vector<std::pair<std::string, std::string>> names{
        {"@hourly", "2026-11-28T13:00"},
        {"@daily", "2026-11-29T00:00"},
        {"@midnight", "2026-11-29T00:00"},
        {"@weekly", "2026-11-29T00:00"},
        {"@monthly", "2026-12-01T00:00"},
        {"@yearly", "2027-01-01T00:00"},
        {"@annually", "2027-01-01T00:00"},
    };
    for (const auto& [name, next] : names) {
        EXPECT_EQ(Times(name, "2026-11-28T12:01", 1), (Texts{next})) << name;
    }
}

TEST(Cron, SaysWhatIsWrongWithABadText) {
    const std::vector<std::pair<std::string, std::string>> faults{
        {"", "has 0"},
        {"* * * *", "has 4"},
        {"* * * * * *", "has 6"},
        {"60 * * * *", "'60' in the field minute of the cron text is not 0 to 59"},
        {"* 24 * * *", "'24' in the field hour"},
        {"* * 0 * *", "'0' in the field day of the month"},
        {"* * * 13 *", "is not 1 to 12, or a name of three letters"},
        {"* * * * 8", "'8' in the field weekday"},
        {"* * * * Monday", "'Monday' in the field weekday"},
        {"-1 * * * *", "'' in the field minute"},
        {"1, * * * *", "'' in the field minute"},
        {"1- * * * *", "'' in the field minute"},
        {"30-10 * * * *", "'30-10' in the field minute of the cron text runs backwards"},
        {"5/10 * * * *", "has a step, but is no range"},
        {"*/0 * * * *", "has a step that is no number of 1 or more"},
        {"*/-2 * * * *", "has a step that is no number of 1 or more"},
        {"*/99999999999 * * * *", "has a step that is no number of 1 or more"},
        {"0 0 30 2 *", "the day of '0 0 30 2 *' never comes"},
        {"0 0 31 4,6,9,11 *", "never comes"},
        {"@reboot", "'@reboot' is not @hourly"},
    };
    for (const auto& [text, words] : faults) {
        const auto parsed = ParseCron(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(parsed.error().message.find(words), std::string::npos)
            << text << ": " << parsed.error().message;
    }
    EXPECT_TRUE(ParseCron("0 0 30 2 mon").has_value()) << "on Mondays it does";
}

}  // namespace
}  // namespace notify
