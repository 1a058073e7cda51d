// The formats as pure functions: exact texts, and what a strict reader of each format makes of them.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "delivery/publishing/avid_markers.hpp"
#include "delivery/publishing/csv.hpp"
#include "delivery/publishing/edl.hpp"
#include "delivery/publishing/face_search.hpp"
#include "delivery/publishing/formats.hpp"
#include "delivery/publishing/line_text.hpp"
#include "delivery/publishing/webvtt.hpp"
#include "unit/delivery/exports.hpp"

namespace notify::testing {
namespace {

// what people are called in no country, and in some
const std::vector<std::string> kOddNames{
    "Lovelace, Ada",
    R"(Ada "Countess" King)",
    "a --> b",
    "tab\there",
    "two\r\nlines",
    "\n\nblank\n\nlines\n",
    "<b>Ada</b> & Co",
    "&lt;",
    "עדה לאבלייס",
    "آدا لوفليس",
    "小林 愛",
    "NOTE Ada",
    "* LOC: 00:00:00:00 RED nobody",
    "-",
    " Ada ",
    "Z\xE2\x80\xA8Y",
    "=1+1",
    "\xF0\x9F\x8E\xAC"
};

std::string TextOf(const boost::json::value& value) {
    return std::string(value.as_string());
}

PublishedFacts WithOddNames() {
    auto facts = SomeFacts();
    std::int64_t at = 0;
    for (const auto& name : kOddNames) {
        facts.appearances.push_back(Seen(facts, name, at, at + 1000));
        at += 500;
    }
    return facts;
}

PublishedFacts WithTwo() {
    auto facts = SomeFacts();
    facts.appearances = {Seen(facts, "Ada", 1200, 5400), Seen(facts, "Bo", 2000, 2480)};
    facts.appearances[1].certainty = Certainty::kPossible;
    facts.appearances[1].similarity = 51.25;
    return facts;
}

/// 29.97 drop-frame from 00:59:00;00, of two hours.
PublishedFacts DropFrame() {
    auto facts = SomeFacts();
    facts.media.duration_ms = 7'200'000;
    facts.media.timebase = ParseTimecode("00:59:00;02", {.numerator = 30'000, .denominator = 1001}).value();
    return facts;
}

TEST(Csv, HasARowForEachAppearance) {
    EXPECT_EQ(
        RenderCsv(WithTwo()),
        "bucket,key,item,person_id,person,certainty,similarity,start_ms,end_ms,best_shot_ms,start_frame,"
        "end_frame,start_timecode,end_timecode,frame_rate,x,y,width,height\r\n"
        "inbox,day1/clip.mp4,itm_1,per_3,Ada,confirmed,97.5,1200,5400,1200,30,135,10:00:01:05,10:00:05:10,"
        "25/1,10,20,64,80\r\n"
        "inbox,day1/clip.mp4,itm_1,per_2,Bo,possible,51.2,2000,2480,2000,50,62,10:00:02:00,10:00:02:12,"
        "25/1,10,20,64,80\r\n"
    );
}

TEST(Csv, QuotesCommasQuotesAndLineBreaksAsRfc4180Says) {
    auto facts = SomeFacts();
    facts.item.key = "a,b.mp4";
    facts.appearances = {Seen(facts, "Ada \"Countess\" King", 0, 1)};
    const auto text = RenderCsv(facts);
    EXPECT_NE(text.find("inbox,\"a,b.mp4\",itm_1,per_19,\"Ada \"\"Countess\"\" King\","), std::string::npos)
        << text;
}

TEST(Csv, GivesAReaderTheNamesExactly) {
    const auto read = ReadExport("csv", RenderCsv(WithOddNames()));
    ASSERT_TRUE(read.is_array()) << ToJsonText(read);
    ASSERT_EQ(read.get_array().size(), kOddNames.size());
    for (std::size_t i = 0; i < kOddNames.size(); ++i) {
        EXPECT_EQ(TextOf(read.at(i).at("person")), kOddNames[i]);
        EXPECT_EQ(read.at(i).at("key"), "day1/clip.mp4");
        EXPECT_EQ(read.at(i).at("height"), "80");
    }
}

TEST(Csv, LeavesFramesEmptyWhereThereAreNone) {
    auto facts = SomeFacts();
    facts.media.timebase = {};
    facts.item.key = "photo\xFF.jpg";
    facts.appearances = {Seen(facts, "Ada", 0, 0)};
    const auto row = ReadExport("csv", RenderCsv(facts)).at(0);
    EXPECT_EQ(row.at("start_frame"), "");
    EXPECT_EQ(row.at("end_timecode"), "");
    EXPECT_EQ(row.at("frame_rate"), "");
    EXPECT_EQ(row.at("key"), "photo\uFFFD.jpg");
}

TEST(WebVtt, HasACueForEachAppearance) {
    EXPECT_EQ(
        RenderWebVtt(WithTwo()),
        "WEBVTT - people\n"
        "\n"
        "00:00:01.200 --> 00:00:05.400\n"
        "Ada\n"
        "\n"
        "00:00:02.000 --> 00:00:02.480\n"
        "Bo (possible)\n"
    );
}

TEST(WebVtt, KeepsNamesFromBecomingMarkup) {
    auto facts = SomeFacts();
    facts.appearances = {Seen(facts, "<b>A</b> & a --> b\n\nc", 0, 1000)};
    EXPECT_NE(RenderWebVtt(facts).find("\n&lt;b&gt;A&lt;/b&gt; &amp; a --&gt; b  c\n"), std::string::npos);
}

TEST(WebVtt, GivesAReaderTheNamesOnOneLine) {
    const auto read = ReadExport("vtt", RenderWebVtt(WithOddNames()));
    ASSERT_TRUE(read.is_array()) << ToJsonText(read);
    ASSERT_EQ(read.get_array().size(), kOddNames.size());
    for (std::size_t i = 0; i < kOddNames.size(); ++i) {
        EXPECT_EQ(TextOf(read.at(i).at("text")), OneLine(kOddNames[i]));
        EXPECT_EQ(read.at(i).at("start"), static_cast<std::int64_t>(i) * 500);
    }
}

TEST(WebVtt, CuesOfNoLengthLastAMillisecondAndHoursHaveMoreThanTwoDigits) {
    auto facts = SomeFacts();
    facts.appearances = {Seen(facts, "Ada", 360'000'000, 360'000'000)};
    EXPECT_NE(RenderWebVtt(facts).find("\n100:00:00.000 --> 100:00:00.001\n"), std::string::npos);
}

TEST(Edl, CutsOneAppearanceAfterTheOther) {
    EXPECT_EQ(
        RenderEdl(WithTwo()),
        "TITLE: People in clip.mp4\n"
        "FCM: NON-DROP FRAME\n"
        "\n"
        "001  AX       V     C        10:00:01:05 10:00:05:10 01:00:00:00 01:00:04:05\n"
        "* FROM CLIP NAME: clip.mp4\n"
        "* COMMENT: Ada, confirmed, 97.5 %\n"
        "* LOC: 01:00:00:00 GREEN   Ada\n"
        "\n"
        "002  AX       V     C        10:00:02:00 10:00:02:12 01:00:04:05 01:00:04:17\n"
        "* FROM CLIP NAME: clip.mp4\n"
        "* COMMENT: Bo, possible, 51.2 %\n"
        "* LOC: 01:00:04:05 YELLOW  Bo\n"
    );
}

TEST(Edl, CountsInDropFrameOverAnHour) {
    auto facts = DropFrame();
    // 60.06 s are 1,800 frames; an hour is 107,892
    facts.appearances = {Seen(facts, "Ada", 60'060, 3'660'060), Seen(facts, "Bo", 3'600'000, 3'600'100)};
    const auto text = RenderEdl(facts);
    EXPECT_NE(text.find("FCM: DROP FRAME\n"), std::string::npos);
    EXPECT_NE(
        text.find("001  AX       V     C        01:00:00;02 02:00:00;02 01:00:00;00 02:00:00;00\n"),
        std::string::npos
    ) << text;
    EXPECT_NE(
        text.find("002  AX       V     C        01:59:00;02 01:59:00;05 02:00:00;00 02:00:00;03\n"),
        std::string::npos
    ) << text;
    const auto read = ReadExport("edl@30", text);
    ASSERT_TRUE(read.as_object().contains("events")) << ToJsonText(read);
    EXPECT_EQ(
        read.at("events").at(0).at("out").as_int64() - read.at("events").at(0).at("in").as_int64(), 107'892
    );
}

TEST(Edl, CountsFromZeroWhereTheMediaHasNoTimecode) {
    auto facts = WithTwo();
    facts.media.timebase.start = 0;
    EXPECT_NE(RenderEdl(facts).find("C        00:00:01:05 00:00:05:10 01:00:00:00"), std::string::npos);
}

TEST(Edl, GivesAReaderOneEventForEachOddNameAndNoMoreLines) {
    auto facts = WithOddNames();
    facts.item.key = "day1/a\nb.mp4";
    const auto read = ReadExport("edl@25", RenderEdl(facts));
    ASSERT_TRUE(read.as_object().contains("events")) << ToJsonText(read);
    EXPECT_EQ(read.at("title"), "People in a b.mp4");
    const auto& events = read.at("events").get_array();
    ASSERT_EQ(events.size(), kOddNames.size());
    for (std::size_t i = 0; i < kOddNames.size(); ++i) {
        EXPECT_EQ(TextOf(events[i].at("LOC").at(1)), OneLine(kOddNames[i]));
        EXPECT_EQ(TextOf(events[i].at("COMMENT")), OneLine(kOddNames[i]) + ", confirmed, 97.5 %");
        EXPECT_EQ(events[i].at("FROM CLIP NAME"), "a b.mp4");
    }
}

TEST(Edl, HasEventsOfAtLeastAFrameAndNumbersBeyond999) {
    auto facts = SomeFacts();
    for (std::int64_t i = 0; i < 1001; ++i) {
        facts.appearances.push_back(Seen(facts, "Ada", i, i));
    }
    const auto read = ReadExport("edl@25", RenderEdl(facts));
    ASSERT_TRUE(read.as_object().contains("events")) << ToJsonText(read);
    EXPECT_EQ(read.at("events").get_array().size(), 1001U);
}

TEST(Edl, HasNoEventsAtARateWithoutTimecode) {
    auto facts = WithTwo();
    for (const auto& rate :
         {FrameRate{}, FrameRate{.numerator = 148, .denominator = 5}, FrameRate{.numerator = 120}}) {
        facts.media.timebase = {.rate = rate};
        EXPECT_EQ(RenderEdl(facts), "TITLE: People in clip.mp4\nFCM: NON-DROP FRAME\n");
        EXPECT_EQ(RenderAvidMarkers(facts), "");
    }
}

TEST(AvidMarkers, AreALineForEachAppearance) {
    EXPECT_EQ(
        RenderAvidMarkers(WithTwo()),
        "notifications\t10:00:01:05\tV1\tgreen\tAda, confirmed, 97.5 %\t105\n"
        "notifications\t10:00:02:00\tV1\tyellow\tBo, possible, 51.2 %\t12\n"
    );
}

TEST(AvidMarkers, GiveAReaderSixFieldsWhateverTheName) {
    const auto read = ReadExport("avid-markers", RenderAvidMarkers(WithOddNames()));
    ASSERT_TRUE(read.is_array()) << ToJsonText(read);
    ASSERT_EQ(read.get_array().size(), kOddNames.size());
    for (std::size_t i = 0; i < kOddNames.size(); ++i) {
        EXPECT_EQ(TextOf(read.at(i).at(4)), OneLine(kOddNames[i]) + ", confirmed, 97.5 %");
    }
}

TEST(AvidMarkers, AreInDropFrameWhereTheMediaIs) {
    auto facts = DropFrame();
    facts.appearances = {Seen(facts, "Ada", 3'600'000, 3'601'000)};
    EXPECT_EQ(
        RenderAvidMarkers(facts), "notifications\t01:59:00;02\tV1\tgreen\tAda, confirmed, 97.5 %\t30\n"
    );
}

TEST(FaceSearch, IsShapedAsTheAnswerOfGetFaceSearch) {
    auto facts = WithTwo();
    facts.media.timebase.rate = {.numerator = 30'000, .denominator = 1001};
    facts.faces = {
        {.ms = 1200, .face = 1, .box = {.x = 192, .y = 108, .width = 480, .height = 540}, .appearance = 0},
        {.ms = 1200, .face = 2, .box = {.x = 960, .y = 0, .width = 96, .height = 54}, .appearance = -1}
    };
    EXPECT_EQ(
        RenderFaceSearch(facts),
        R"({"JobStatus":"SUCCEEDED","VideoMetadata":{"DurationMillis":60000,"Format":"video/mp4",)"
        R"("FrameRate":29.97003,"FrameHeight":1080,"FrameWidth":1920},"Persons":[)"
        R"({"Timestamp":1200,"Person":{"Index":1,"BoundingBox":{"Width":0.25,"Height":0.5,"Left":0.1,"Top":0.1},)"
        R"("Face":{"BoundingBox":{"Width":0.25,"Height":0.5,"Left":0.1,"Top":0.1}}},)"
        R"("FaceMatches":[{"Similarity":97.5,"Face":{"FaceId":"per_3","ExternalImageId":"Ada"}}]},)"
        R"({"Timestamp":1200,"Person":{"Index":2,"BoundingBox":{"Width":0.05,"Height":0.05,"Left":0.5,"Top":0},)"
        R"("Face":{"BoundingBox":{"Width":0.05,"Height":0.05,"Left":0.5,"Top":0}}},"FaceMatches":[]}]})"
        "\n"
    );
    const auto read = ReadExport("face-search", RenderFaceSearch(facts));
    EXPECT_TRUE(read.as_object().contains("Persons")) << ToJsonText(read);
}

TEST(FaceSearch, KeepsNamesExactly) {
    auto facts = WithOddNames();
    for (int i = 0; i < static_cast<int>(kOddNames.size()); ++i) {
        facts.faces.push_back({.ms = 0, .face = i + 1, .box = {}, .appearance = i});
    }
    const auto read = ReadExport("face-search", RenderFaceSearch(facts));
    for (std::size_t i = 0; i < kOddNames.size(); ++i) {
        const auto& match = read.at("Persons").at(i).at("FaceMatches").at(0);
        EXPECT_EQ(TextOf(match.at("Face").at("ExternalImageId")), kOddNames[i]);
    }
}

TEST(PublicationFormats, AreFilesThatAreKnownByTheirStart) {
    const auto facts = WithTwo();
    EXPECT_TRUE(RenderCsv(facts).starts_with(StartOf("csv")));
    EXPECT_TRUE(RenderWebVtt(facts).starts_with(StartOf("vtt")));
    EXPECT_TRUE(RenderEdl(facts).starts_with(StartOf("edl")));
    EXPECT_TRUE(RenderAvidMarkers(facts).starts_with(StartOf("avid-markers")));
    EXPECT_TRUE(RenderFaceSearch(facts).starts_with(StartOf("face-search")));
}

TEST(PublicationFormats, OfAnItemWithoutPeopleHaveNoRows) {
    const auto facts = SomeFacts();
    EXPECT_EQ(ReadExport("csv", RenderCsv(facts)), boost::json::array());
    EXPECT_EQ(RenderWebVtt(facts), "WEBVTT - people\n");
    EXPECT_EQ(RenderEdl(facts), "TITLE: People in clip.mp4\nFCM: NON-DROP FRAME\n");
    EXPECT_EQ(RenderAvidMarkers(facts), "");
    EXPECT_EQ(ReadExport("face-search", RenderFaceSearch(facts)).at("Persons"), boost::json::array());
}

TEST(OneLine, MakesControlCharactersSpacesAndIsNeverEmpty) {
    EXPECT_EQ(OneLine("a\tb\r\nc\x7F"), "a b  c");
    EXPECT_EQ(
        OneLine(
            "a\xE2\x80\xA9"
            "b\xC2\x85"
            "c"
        ),
        "a b c"
    );
    EXPECT_EQ(OneLine("\n\t"), "?");
    EXPECT_EQ(OneLine("\xFF"), "\uFFFD");
}

}  // namespace
}  // namespace notify::testing
