#include "sources/iconik/segments.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "sources/iconik/standing.hpp"

namespace notify::iconik {
namespace {

constexpr const char* kTimeline = R"({"looked":true,"appearances":[
    {"person":"per_a","name":"Ada","certainty":"confirmed","similarity":97.5,"start_ms":0,"end_ms":900},
    {"person":"per_g","name":"Grace","certainty":"proposed","similarity":80,"start_ms":500,"end_ms":700},
    {"person":"per_a","name":"Ada","certainty":"confirmed","similarity":97.5,"start_ms":2000,"end_ms":2500}]})";

std::vector<Segment> Wanted(const std::string& timeline = kTimeline, const std::string& version = "v1") {
    return WantedSegments(timeline, version, {}).value();
}

/// As if Iconik had stored them.
std::vector<Segment> Stored(std::vector<Segment> segments) {
    int number = 0;
    for (auto& segment : segments) {
        segment.id = "id " + std::to_string(++number);
    }
    return segments;
}

std::string Renamed(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

TEST(Segments, AreTheConfirmedAppearances) {
    const auto wanted = Wanted();
    ASSERT_EQ(wanted.size(), 2U);
    EXPECT_EQ(wanted[0].text, "Ada");
    EXPECT_EQ(wanted[0].start_ms, 0);
    EXPECT_EQ(wanted[0].end_ms, 900);
    EXPECT_EQ(wanted[0].type, "GENERIC");
    EXPECT_EQ(wanted[0].track, "Facial Recognition");
    const Writing all{.segment_type = "TAG", .track = "Faces", .proposed = true};
    const auto more = WantedSegments(kTimeline, "v1", all).value();
    ASSERT_EQ(more.size(), 3U);
    EXPECT_EQ(more[1].text, "Grace");
    EXPECT_EQ(more[1].type, "TAG");
    EXPECT_EQ(more[1].track, "Faces");
}

TEST(Segments, AreOfTypePersonForWhoIsInThePersonMapAndGenericForOthers) {
    const Writing writing{
        .segment_type = "PERSON",
        .person_map = {{"per_a", "66666666-6666-4666-8666-666666666666"}, {"Nobody", "x"}},
        .proposed = true
    };
    const auto wanted = WantedSegments(kTimeline, "v1", writing).value();
    ASSERT_EQ(wanted.size(), 3U);
    EXPECT_EQ(wanted[0].type, "PERSON");
    EXPECT_EQ(wanted[0].person, "66666666-6666-4666-8666-666666666666");
    EXPECT_EQ(wanted[0].unmapped, "");
    EXPECT_EQ(ToJson(wanted[0], "v1").at("person_id").as_string(), wanted[0].person);
    EXPECT_EQ(wanted[1].type, "GENERIC");
    EXPECT_EQ(wanted[1].unmapped, "per_g");
    EXPECT_FALSE(ToJson(wanted[1], "v1").contains("person_id"));
    const Writing by_name{.segment_type = "PERSON", .person_map = {{"Ada", "by name"}}};
    EXPECT_EQ(WantedSegments(kTimeline, "v1", by_name).value().at(0).person, "by name");
    // who gets another person there, or none, is written
    EXPECT_EQ(Compare(wanted, Stored(WantedSegments(kTimeline, "v1", by_name).value())).change.size(), 2U);
    auto none = Stored(Wanted()).front();
    EXPECT_TRUE(ToJson(none, "v1").at("person_id").is_null());
}

TEST(Segments, HaveAnExternalIdThatIsTheSameForTheSamePersonTimeAndVersionWhateverTheName) {
    const auto one = Wanted();
    const auto renamed = Wanted(Renamed(kTimeline, "Ada", "Ada Lovelace"));
    EXPECT_EQ(one[0].external_id, renamed[0].external_id);
    EXPECT_TRUE(one[0].external_id.starts_with(OwnExternalIds("")));
    EXPECT_NE(one[0].external_id, one[1].external_id);
    EXPECT_NE(one[0].external_id, Wanted(kTimeline, "v2")[0].external_id);
}

TEST(Segments, OfOnePersonTwiceFromTheSameTimeOnAreTwo) {
    const auto twice = Wanted(Renamed(kTimeline, "\"start_ms\":2000", "\"start_ms\":0"));
    ASSERT_EQ(twice.size(), 2U);
    EXPECT_NE(twice[0].external_id, twice[1].external_id);
}

TEST(Segments, ThatAreThereNeedNoWrite) {
    const auto difference = Compare(Wanted(), Stored(Wanted()));
    EXPECT_TRUE(difference.add.empty());
    EXPECT_TRUE(difference.change.empty());
    EXPECT_TRUE(difference.remove.empty());
}

TEST(Segments, AreAddedChangedAndRemovedWhereTheyDiffer) {
    auto there = Stored(Wanted());
    there[0].text = "Somebody";
    there[1].external_id = "notifications-api:of a person who is not here any more";
    const auto difference = Compare(Wanted(), there);
    ASSERT_EQ(difference.change.size(), 1U);
    EXPECT_EQ(difference.change[0].id, "id 1");
    EXPECT_EQ(difference.change[0].text, "Ada");
    ASSERT_EQ(difference.add.size(), 1U);
    EXPECT_EQ(difference.add[0].start_ms, 2000);
    EXPECT_EQ(difference.remove, std::vector<std::string>{"id 2"});
}

TEST(Segments, ThatWereWrittenTwiceAreRemovedButForOne) {
    auto there = Stored(Wanted());
    there.push_back(there[0]);
    there.back().id = "twice";
    EXPECT_EQ(Compare(Wanted(), there).remove, std::vector<std::string>{"twice"});
}

TEST(Segments, OfOthersAreNotRead) {
    const auto ours = ToJson(Wanted()[0], "v1");
    const auto read = ReadSegment(ours, "");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->external_id, Wanted()[0].external_id);
    EXPECT_EQ(read->text, "Ada");
    EXPECT_EQ(read->end_ms, 900);
    EXPECT_EQ(ours.at("version_id").as_string(), "v1");
    for (const auto* others :
         {R"({"external_id":null,"segment_text":"x"})", R"({"external_id":"x"})", "{}"}) {
        EXPECT_FALSE(ReadSegment(ParseJson(others).value().as_object(), "")) << others;
    }
}

TEST(Segments, AreNotMadeOfWhatIsNoTimeline) {
    for (const auto* text : {"", "[]", "{}", R"({"appearances":{}})"}) {
        EXPECT_EQ(WantedSegments(text, "v1", {}).error().code, ErrorCode::kInternal) << text;
    }
}

TEST(StatusField, HasAWordForEachStatus) {
    EXPECT_EQ(FieldValueOf("Pending"), "REQUESTED");
    EXPECT_EQ(FieldValueOf("Processing"), "IN_PROGRESS");
    EXPECT_EQ(FieldValueOf("Completed"), "DONE");
    EXPECT_EQ(FieldValueOf("Failed"), "FAILED");
    EXPECT_EQ(FieldValueOf("Skipped"), "N/A");
}

}  // namespace
}  // namespace notify::iconik
