#include "queue/calendar/calendar.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Texts = std::vector<std::string>;

Timestamp At(const std::string& text) {
    return FromRfc3339(text + ":00Z").value();
}

std::string Text(Timestamp at) {
    return ToRfc3339(at).substr(0, 16);
}

Calendar Of(const BucketSchedule& schedule) {
    return ParseCalendar(schedule).value();
}

/// The next scans after `from`, in UTC.
Texts Scans(const BucketSchedule& schedule, const std::string& from, int count) {
    const auto calendar = Of(schedule);
    Texts scans;
    auto at = At(from);
    for (int i = 0; i < count; ++i) {
        at = NextScan(calendar, minutes(10), at);
        scans.push_back(Text(at));
    }
    return scans;
}

TEST(Calendar, OfNothingScansAfterEachInterval) {
    EXPECT_EQ(Scans({}, "2026-11-28T10:00", 2), (Texts{"2026-11-28T10:10", "2026-11-28T10:20"}));
    EXPECT_TRUE(MayScan(Of({}), At("2026-11-28T10:00")));
}

TEST(Calendar, ScansAtTheTimesOfItsZone) {
    const BucketSchedule night{.cron = "30 2 * * *", .time_zone = "Europe/Zurich"};
    EXPECT_EQ(Scans(night, "2026-11-28T10:00", 2), (Texts{"2026-11-29T01:30", "2026-11-30T01:30"}));
    EXPECT_EQ(Scans(night, "2026-07-01T10:00", 1), (Texts{"2026-07-02T00:30"}));
    EXPECT_EQ(
        Scans({.cron = "@daily", .time_zone = "Asia/Kathmandu"}, "2026-11-28T10:00", 1),
        (Texts{"2026-11-28T18:15"})
    );
}

TEST(Calendar, RunsOnceWhenTheClocksLeapWhatTheyLeapOverAtTheEndOfTheLeap) {
    const BucketSchedule zurich{.cron = "30 2 * * *", .time_zone = "Europe/Zurich"};
    EXPECT_EQ(Scans(zurich, "2026-03-28T10:00", 2), (Texts{"2026-03-29T01:00", "2026-03-30T00:30"}))
        << "02:30 is not there on 29 March: at 03:00";
    const BucketSchedule often{.cron = "*/15 1-3 * * *", .time_zone = "America/New_York"};
    EXPECT_EQ(
        Scans(often, "2026-03-08T06:40", 4),
        (Texts{"2026-03-08T06:45", "2026-03-08T07:00", "2026-03-08T07:15", "2026-03-08T07:30"})
    ) << "01:45, 03:00 once, 03:15, 03:30";
}

TEST(Calendar, RunsOnceAtATimeThatClocksShowTwice) {
    const BucketSchedule zurich{.cron = "30 2 * * *", .time_zone = "Europe/Zurich"};
    EXPECT_EQ(Scans(zurich, "2026-10-24T10:00", 2), (Texts{"2026-10-25T00:30", "2026-10-26T01:30"}));
    EXPECT_EQ(Scans(zurich, "2026-10-25T01:10", 1), (Texts{"2026-10-26T01:30"}))
        << "also asked between the two";
    const BucketSchedule often{.cron = "*/30 * * * *", .time_zone = "America/New_York"};
    EXPECT_EQ(
        Scans(often, "2026-11-01T05:00", 3),
        (Texts{"2026-11-01T05:30", "2026-11-01T07:00", "2026-11-01T07:30"})
    ) << "01:30, then 02:00: 01:00 and 01:30 were";
}

TEST(Calendar, WaitsForItsWindow) {
    const BucketSchedule nights{.windows = {"Mon-Fri 20:00-06:00"}, .time_zone = "Europe/Zurich"};
    const auto calendar = Of(nights);
    EXPECT_FALSE(MayScan(calendar, At("2026-11-27T18:59")));
    EXPECT_TRUE(MayScan(calendar, At("2026-11-27T19:00")));
    EXPECT_TRUE(MayScan(calendar, At("2026-11-28T04:59")));
    EXPECT_FALSE(MayScan(calendar, At("2026-11-28T05:00")));
    EXPECT_EQ(
        Scans(nights, "2026-11-28T04:45", 3),
        (Texts{"2026-11-28T04:55", "2026-11-30T19:00", "2026-11-30T19:10"})
    );
}

TEST(Calendar, ScansWhatComesDueOutsideItsWindowWhenTheWindowOpens) {
    const BucketSchedule noon{.cron = "0 12 * * *", .windows = {"20:00-06:00"}};
    EXPECT_EQ(Scans(noon, "2026-11-28T10:00", 2), (Texts{"2026-11-28T20:00", "2026-11-29T20:00"}));
}

TEST(Calendar, KeepsItsWindowsByTheClockWhenTheClocksAreSet) {
    const auto opening = [](const BucketSchedule& schedule, const std::string& at) {
        return Text(NextOpening(Of(schedule), At(at)));
    };
    const BucketSchedule night{.windows = {"01:30-03:30"}, .time_zone = "Europe/Zurich"};
    // an hour in spring: 01:30 to 03:30 by the clock
    EXPECT_EQ(opening(night, "2026-03-29T00:00"), "2026-03-29T00:30");
    EXPECT_TRUE(MayScan(Of(night), At("2026-03-29T01:29")));
    EXPECT_FALSE(MayScan(Of(night), At("2026-03-29T01:30")));
    // three hours in autumn
    EXPECT_EQ(opening(night, "2026-10-24T20:00"), "2026-10-24T23:30");
    EXPECT_TRUE(MayScan(Of(night), At("2026-10-25T02:29")));
    EXPECT_FALSE(MayScan(Of(night), At("2026-10-25T02:30")));
    const BucketSchedule lost{.windows = {"02:15-02:45"}, .time_zone = "America/New_York"};
    EXPECT_EQ(opening(lost, "2026-03-08T06:00"), "2026-03-09T06:15") << "02:15 of 8 March is not there";
}

TEST(Calendar, IsOpenTwiceInAnHourThatComesTwice) {
    const auto calendar = Of({.windows = {"01:15-01:45"}, .time_zone = "America/New_York"});
    EXPECT_EQ(Text(NextOpening(calendar, At("2026-11-01T04:00"))), "2026-11-01T05:15");
    EXPECT_EQ(Text(NextOpening(calendar, At("2026-11-01T05:45"))), "2026-11-01T06:15");
    EXPECT_EQ(Text(NextOpening(calendar, At("2026-11-01T06:45"))), "2026-11-02T06:15");
    const auto before = Of({.windows = {"00:30-01:30"}, .time_zone = "America/New_York"});
    EXPECT_EQ(Text(NextOpening(before, At("2026-11-01T05:30"))), "2026-11-01T06:00")
        << "clocks go back into it";
}

TEST(Calendar, SaysWhereAndWhatIsWrong) {
    const auto fault = [](const BucketSchedule& schedule) { return ParseCalendar(schedule).error(); };
    EXPECT_EQ(
        fault({.cron = "61 * * * *"}).message,
        "/schedule/cron: '61' in the field minute of the cron text is not 0 to 59"
    );
    EXPECT_TRUE(
        fault({.windows = {"Mon", "Mun"}}).message.starts_with("/schedule/windows/1: 'Mun' is no window")
    );
    for (const auto* name : {"Europe/Zürich", "europe/zurich", "CEST+1", "", "../etc/passwd"}) {
        const auto error = fault({.time_zone = name});
        EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(
            error.message,
            std::string("/schedule/time_zone: there is no time zone '") + name +
                "'; names are like Europe/Zurich, America/New_York, UTC"
        );
    }
}

class FirstScanTest : public ::testing::Test {
protected:
    FirstScanTest() {
        bucket_.created_at = At("2026-11-20T12:00");
        bucket_.scan_interval = minutes(10);
    }

    [[nodiscard]] std::string First(const std::string& now) const {
        return Text(FirstScan(Of(bucket_.options.schedule), bucket_, At(now)));
    }

    Bucket bucket_;
};

TEST_F(FirstScanTest, IsAtOnceWithoutACronText) {
    EXPECT_EQ(First("2026-11-28T10:00"), "2026-11-28T10:00");
    bucket_.options.schedule.windows = {"20:00-06:00"};
    EXPECT_EQ(First("2026-11-28T10:00"), "2026-11-28T20:00");
    EXPECT_EQ(First("2026-11-28T21:00"), "2026-11-28T21:00");
}

TEST_F(FirstScanTest, IsAtTheNextTimeOfTheCronTextOrNowWhenOneWasMissed) {
    bucket_.options.schedule.cron = "0 2 * * *";
    EXPECT_EQ(First("2026-11-20T13:00"), "2026-11-21T02:00") << "just added";
    bucket_.last_scan_at = At("2026-11-28T02:00");
    EXPECT_EQ(First("2026-11-28T10:00"), "2026-11-29T02:00");
    EXPECT_EQ(First("2026-11-29T10:00"), "2026-11-29T10:00") << "the service was not there at 02:00";
    bucket_.last_scan_at = At("2027-11-28T02:00");
    EXPECT_EQ(First("2026-11-28T10:00"), "2026-11-29T02:00") << "a clock that was put right";
}

TEST_F(FirstScanTest, IsToldToPeopleButNotOfAPausedBucket) {
    const auto now = At("2026-11-28T10:00");
    EXPECT_EQ(ScanAfter(bucket_, now), now);
    bucket_.last_scan_at = now - minutes(4);
    EXPECT_EQ(ScanAfter(bucket_, now), now + minutes(6));
    bucket_.last_scan_at = now - hours(4);
    EXPECT_EQ(ScanAfter(bucket_, now), now) << "it is due";
    bucket_.options.schedule = {.cron = "0 2 * * *", .time_zone = "Nowhere"};
    EXPECT_EQ(ScanAfter(bucket_, now), std::nullopt);
    bucket_.options.schedule.time_zone = "UTC";
    EXPECT_EQ(ScanAfter(bucket_, now), At("2026-11-29T02:00"));
    bucket_.active = false;
    EXPECT_EQ(ScanAfter(bucket_, now), std::nullopt);
}

}  // namespace
}  // namespace notify
