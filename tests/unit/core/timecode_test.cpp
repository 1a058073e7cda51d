#include "core/timecode.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify {

namespace {

constexpr FrameRate kFilm{.numerator = 24000, .denominator = 1001};
constexpr FrameRate kPal{.numerator = 25};
constexpr FrameRate kNtsc{.numerator = 30000, .denominator = 1001};
constexpr FrameRate kFast{.numerator = 50};
constexpr FrameRate kFastNtsc{.numerator = 60000, .denominator = 1001};

struct Row {
    FrameRate rate;
    bool drop_frame;
    std::int64_t frames;
    std::string timecode;
};

// Counted by hand; those of drop-frame are SMPTE ST 12-1's own: an hour of timecode is 107,892 frames.
const std::vector<Row> kTable{
    {kFilm, false, 0, "00:00:00:00"},           {kFilm, false, 86'399, "00:59:59:23"},
    {kFilm, false, 86'400, "01:00:00:00"},      {kPal, false, 89'999, "00:59:59:24"},
    {kPal, false, 90'000, "01:00:00:00"},       {kNtsc, false, 107'892, "00:59:56:12"},
    {kNtsc, false, 108'000, "01:00:00:00"},     {kNtsc, true, 1799, "00:00:59;29"},
    {kNtsc, true, 1800, "00:01:00;02"},         {kNtsc, true, 3597, "00:01:59;29"},
    {kNtsc, true, 3598, "00:02:00;02"},         {kNtsc, true, 17'981, "00:09:59;29"},
    {kNtsc, true, 17'982, "00:10:00;00"},       {kNtsc, true, 107'891, "00:59:59;29"},
    {kNtsc, true, 107'892, "01:00:00;00"},      {kNtsc, true, 2'589'407, "23:59:59;29"},
    {kFast, false, 180'000, "01:00:00:00"},     {kFast, false, 179'999, "00:59:59:49"},
    {kFastNtsc, true, 3599, "00:00:59;59"},     {kFastNtsc, true, 3600, "00:01:00;04"},
    {kFastNtsc, true, 35'964, "00:10:00;00"},   {kFastNtsc, true, 215'784, "01:00:00;00"},
    {kFastNtsc, false, 216'000, "01:00:00:00"},
};

TEST(Timecode, IsWrittenAndReadAsTheTableSays) {
    for (const auto& row : kTable) {
        EXPECT_EQ(TimecodeOf(row.frames, row.rate, row.drop_frame), row.timecode) << ToText(row.rate);
        const auto read = ParseTimecode(row.timecode, row.rate);
        ASSERT_TRUE(read) << row.timecode;
        EXPECT_EQ(read->start, row.frames) << row.timecode;
        EXPECT_EQ(read->drop_frame, row.drop_frame) << row.timecode;
    }
}

/// A frame's time as a container gives it: in ticks of its clock, then in ms since the first frame.
std::int64_t ContainerMs(std::int64_t frame, const FrameRate& rate, std::int64_t ticks, std::int64_t first) {
    const auto tick_of = [&](std::int64_t number) {
        return (number * ticks * rate.denominator * 2 + rate.numerator) / (rate.numerator * 2);
    };
    const auto since = tick_of(first + frame) - tick_of(first);
    return (since * 2000 + ticks) / (ticks * 2);
}

struct Case {
    FrameRate rate;
    bool drop_frame;
};

const std::vector<Case> kCases{
    {kFilm, false}, {kPal, false}, {kNtsc, false}, {kNtsc, true}, {kFast, false}, {kFastNtsc, true}
};

TEST(Timecode, OfEveryFrameOfAnHourIsExactBothWays) {
    for (const auto& [rate, drop_frame] : kCases) {
        const auto last = 3'600'000 * rate.numerator / (rate.denominator * 1000);
        const auto start = ParseTimecode(drop_frame ? "09:59:30;10" : "09:59:30:10", rate).value();
        std::string before;
        for (std::int64_t frame = 0; frame <= last; ++frame) {
            for (const std::int64_t ticks : {1000, 90'000}) {
                const auto ms = ContainerMs(frame, rate, ticks, 7);
                ASSERT_EQ(FrameAt(ms, rate), frame) << ToText(rate) << " of " << ticks << " ticks";
            }
            const auto begins_at = ContainerMs(frame, rate, 1'000'000, 0);
            ASSERT_EQ(FrameAt(begins_at, rate), frame) << ToText(rate);
            const auto timecode = TimecodeAt(begins_at, start).value();
            ASSERT_EQ(ParseTimecode(timecode, rate)->start, start.start + frame) << timecode;
            ASSERT_LT(before, timecode) << "numbers rise, none is used twice";
            before = timecode;
        }
    }
}

TEST(Timecode, OfDropFrameFollowsTheClockAndTheOtherFallsBehind) {
    const Timebase dropping{.rate = kNtsc, .drop_frame = true};
    const Timebase counting{.rate = kNtsc};
    EXPECT_EQ(TimecodeAt(3'600'000, dropping), "01:00:00;00");
    EXPECT_EQ(TimecodeAt(3'600'000, counting), "00:59:56:12");
}

TEST(Timecode, BeginsAnewAfterADay) {
    EXPECT_EQ(TimecodeOf(25 * 86'400, kPal, false), "00:00:00:00");
    EXPECT_EQ(TimecodeOf(2'589'408, kNtsc, true), "00:00:00;00");
}

TEST(Timecode, RefusesNumbersThatAreNone) {
    for (const auto* text :
         {"",
          "01:00:00",
          "01:00:00:25",
          "24:00:00:00",
          "00:60:00:00",
          "00:00:60:00",
          "-1:00:00:00",
          "01:00:00:00:00",
          "01-00-00-00",
          "01:00:00:",
          "aa:bb:cc:dd",
          "0001:00:00:00",
          "00:00:00:-1"}) {
        EXPECT_FALSE(ParseTimecode(text, kPal)) << text;
    }
    EXPECT_FALSE(ParseTimecode("00:01:00;01", kNtsc)) << "drop-frame leaves it out";
    EXPECT_TRUE(ParseTimecode("00:10:00;01", kNtsc));
    EXPECT_FALSE(ParseTimecode("00:00:00;00", kPal)->drop_frame) << "25 frames drop none";
}

TEST(Timecode, IsNotMadeUpForRatesThatHaveNone) {
    for (const FrameRate rate :
         {FrameRate{}, FrameRate{.numerator = 25, .denominator = 2}, FrameRate{29'600, 1000}}) {
        EXPECT_FALSE(TimecodeAt(1000, {.rate = rate})) << ToText(rate);
        EXPECT_FALSE(ParseTimecode("00:00:00:00", rate)) << ToText(rate);
    }
    EXPECT_FALSE(FrameAt(1000, {}));
    EXPECT_EQ(FrameAt(1000, {.numerator = 25, .denominator = 2}), 13);
}

TEST(FrameRate, IsTheUsualOneWhenAContainerOnlyAveraged) {
    EXPECT_EQ(UsualRate(30'000, 1001), kNtsc);
    EXPECT_EQ(UsualRate(2997, 100), kNtsc);
    EXPECT_EQ(UsualRate(17'982, 600), kNtsc);
    EXPECT_EQ(UsualRate(23'976, 1000), kFilm);
    EXPECT_EQ(UsualRate(24, 1).numerator, 24);
    EXPECT_EQ(UsualRate(300'000, 10'000).numerator, 30);
    EXPECT_EQ(UsualRate(29'600, 1000), (FrameRate{.numerator = 148, .denominator = 5}));
    EXPECT_FALSE(UsualRate(0, 1).IsKnown());
    EXPECT_FALSE(UsualRate(90'000, 1).IsKnown());
    EXPECT_TRUE(UsualRate(2'000'000'011, 100'000'007).IsKnown());
}

TEST(FrameRate, IsReadAsItIsWritten) {
    EXPECT_EQ(ParseFrameRate(ToText(kNtsc)), kNtsc);
    for (const auto* text :
         {"", "25", "25/", "/1", "25/0", "0/1", "-25/1", "25/1x", "5000/1", "9999999/9999999"}) {
        EXPECT_FALSE(ParseFrameRate(text)) << text;
    }
}

}  // namespace

}  // namespace notify
