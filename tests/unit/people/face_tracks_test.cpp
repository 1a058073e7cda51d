#include "people/face_tracks.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace json = boost::json;

/// Two tracks, the second with two shots.
FaceResult Two() {
    return MakeFaceResult(
        {{.track = 1, .link = 1, .start_ms = 100, .end_ms = 900, .shots = {FaceOf(1)}},
         {.track = 2,
          .link = 2,
          .start_ms = 2000,
          .end_ms = 4000,
          .shots = {FaceOf(2), FaceOf(3)},
          .quality = 0.25}},
        {1500, 700}
    );
}

TEST(FaceTracksDocument, IsReadWithAllThatNamingNeeds) {
    const auto tracks = ReadFaceTracks(Two().Text()).value();
    EXPECT_THAT(tracks.cuts_ms, ElementsAre(700, 1500));
    ASSERT_THAT(tracks.tracks, SizeIs(2));
    const auto& [track, qualities, first_embedding, boxes] = tracks.tracks[1];
    EXPECT_TRUE(track.id.IsEmpty());
    EXPECT_EQ(track.number, 2);
    EXPECT_EQ(track.link, 2);
    EXPECT_EQ(track.start_ms, 2000);
    EXPECT_EQ(track.end_ms, 4000);
    EXPECT_EQ(track.best_shot_ms, 2100);
    EXPECT_EQ(track.best_box.width, 100);
    EXPECT_EQ(track.quality, 0.25);
    EXPECT_EQ(track.thumbnail, "track-2.jpg");
    EXPECT_THAT(track.shots, IsEmpty());
    EXPECT_THAT(qualities, ElementsAre(0.25, 0.25));
    EXPECT_EQ(first_embedding, 1U);
    ASSERT_FALSE(boxes.empty());
    EXPECT_EQ(boxes.front().box.height, 120);
}

TEST(FaceTracksDocument, GivesTheTimebaseOfItsVideo) {
    auto found = Two();
    const FrameRate ntsc{.numerator = 30000, .denominator = 1001};
    EXPECT_EQ(
        ReadFaceTracks(found.Text())->timebase, (Timebase{.rate = ntsc, .start = 107'892, .drop_frame = true})
    );
    auto& media = found.document["media"].as_object();
    media["start_timecode"] = nullptr;
    media["drop_frame"] = false;
    EXPECT_EQ(ReadFaceTracks(found.Text())->timebase, (Timebase{.rate = ntsc})) << "no timecode of its own";
    media.clear();
    EXPECT_EQ(ReadFaceTracks(found.Text())->timebase, Timebase{}) << "a picture";
}

TEST(FaceTracksDocument, GivesTheBoxesByTimeOrTheBestOne) {
    auto found = Two();
    auto& boxes = found.document["tracks"].as_array()[0].as_object()["boxes"].as_array();
    boxes[0].as_object()["x"] = 1;
    boxes[1].as_object()["x"] = 2;
    const auto tracks = ReadFaceTracks(found.Text()).value();
    EXPECT_EQ(tracks.tracks[0].boxes.front().box.x, 1);
    EXPECT_EQ(tracks.tracks[0].boxes.back().box.x, 2);
    boxes.clear();
    EXPECT_EQ(ReadFaceTracks(found.Text()).value().tracks[0].boxes.front().box.x, 10);
}

TEST(FaceTracksDocument, IsKnownByItsSchema) {
    EXPECT_TRUE(IsFaceTracks(R"({"schema":"face_tracks/1"})"));
    for (const auto* other :
         {R"({"schema":"face_tracks/2"})",
          R"({"schema":1})",
          R"(["face_tracks/1"])",
          "{}",
          "",
          "{\"schema\":"}) {
        EXPECT_FALSE(IsFaceTracks(other)) << other;
        EXPECT_EQ(ReadFaceTracks(other).error().code, ErrorCode::kInvalidArgument) << other;
    }
}

TEST(FaceTracksDocument, MayHaveNoTracks) {
    EXPECT_THAT(ReadFaceTracks(MakeFaceResult({}).Text()).value().tracks, IsEmpty());
}

struct Damage {
    const char* name;
    std::function<void(json::object& document, json::object& track)> what;
};

class DamagedFaceTracks : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedFaceTracks, AreRefused) {
    auto found = Two();
    GetParam().what(found.document, found.document["tracks"].as_array()[1].as_object());
    const auto read = ReadFaceTracks(found.Text());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(read.error().message.empty());
}

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

INSTANTIATE_TEST_SUITE_P(
    ,
    DamagedFaceTracks,
    ::testing::Values(
        Damage{"WithoutTracks", [](auto& document, auto&) { document.erase("tracks"); }},
        Damage{"WithTracksThatAreNoList", [](auto& document, auto&) { document["tracks"] = 3; }},
        Damage{
            "WithATrackThatIsNoObject", [](auto& document, auto&) { document["tracks"].as_array()[0] = 3; }
        },
        Damage{"WithoutMedia", [](auto& document, auto&) { document.erase("media"); }},
        Damage{
            "WithARateThatIsNone",
            [](auto& document, auto&) { document["media"].as_object()["frame_rate"] = "30/0"; }
        },
        Damage{
            "WithATimecodeThatItsRateDoesNotHave",
            [](auto& document, auto&) { document["media"].as_object()["start_timecode"] = "00:01:00;00"; }
        },
        Damage{
            "WhoseTimecodeDropsNoFramesThoughTheySayIt",
            [](auto& document, auto&) { document["media"].as_object()["start_timecode"] = "00:01:00:00"; }
        },
        Damage{"WithoutCuts", [](auto& document, auto&) { document.erase("cuts_ms"); }},
        Damage{"WithACutThatIsNoTime", [](auto& document, auto&) { document["cuts_ms"] = {100, "200"}; }},
        Damage{"WithACutOfNoSize", [](auto& document, auto&) { document["cuts_ms"] = {1e300}; }},
        Damage{"WithoutANumber", [](auto&, auto& track) { track.erase("track"); }},
        Damage{"WithNumberZero", [](auto&, auto& track) { track["track"] = 0; }},
        Damage{"WithAHugeNumber", [](auto&, auto& track) { track["track"] = kMost; }},
        Damage{"WithTheNumberOfAnother", [](auto&, auto& track) { track["track"] = 1; }},
        Damage{"WithoutALink", [](auto&, auto& track) { track.erase("link"); }},
        Damage{"WithTheLeastLink", [](auto&, auto& track) { track["link"] = kLeast; }},
        Damage{"WithALinkThatIsText", [](auto&, auto& track) { track["link"] = "1"; }},
        Damage{"WithoutAStart", [](auto&, auto& track) { track.erase("start_ms"); }},
        Damage{"ThatStartBeforeTheFirstFrame", [](auto&, auto& track) { track["start_ms"] = -1; }},
        Damage{"ThatStartAtTheLeastTime", [](auto&, auto& track) { track["start_ms"] = kLeast; }},
        Damage{"ThatEndAtTheMostTime", [](auto&, auto& track) { track["end_ms"] = kMost; }},
        Damage{"ThatEndBeforeTheyStart", [](auto&, auto& track) { track["end_ms"] = 1999; }},
        Damage{"WithATimeThatIsNotWhole", [](auto&, auto& track) { track["end_ms"] = 2500.5; }},
        Damage{"WithoutABestShot", [](auto&, auto& track) { track.erase("best_shot_ms"); }},
        Damage{"WithoutABestBox", [](auto&, auto& track) { track.erase("best_box"); }},
        Damage{
            "WithABestBoxWithoutWidth",
            [](auto&, auto& track) { track["best_box"].as_object().erase("width"); }
        },
        Damage{
            "WithABoxOfNegativeHeight",
            [](auto&, auto& track) { track["best_box"].as_object()["height"] = -5; }
        },
        Damage{
            "WithABoxWithoutEnd", [](auto&, auto& track) { track["best_box"].as_object()["width"] = 1e308; }
        },
        Damage{"WithoutBoxes", [](auto&, auto& track) { track.erase("boxes"); }},
        Damage{"WithABoxThatIsText", [](auto&, auto& track) { track["boxes"].as_array()[0] = "here"; }},
        Damage{"WithAQualityAboveOne", [](auto&, auto& track) { track["quality"] = 1.5; }},
        Damage{"WithAQualityThatIsNull", [](auto&, auto& track) { track["quality"] = nullptr; }},
        Damage{"WithoutShots", [](auto&, auto& track) { track.erase("shots"); }},
        Damage{"WithAShotThatIsNoObject", [](auto&, auto& track) { track["shots"].as_array()[1] = 0.5; }},
        Damage{
            "WithAShotWithoutQuality",
            [](auto&, auto& track) { track["shots"].as_array()[1] = json::object(); }
        },
        Damage{
            "WithAShotOfNegativeQuality",
            [](auto&, auto& track) { track["shots"].as_array()[0].as_object()["quality"] = -1; }
        },
        Damage{"WithoutTheirEmbeddings", [](auto&, auto& track) { track.erase("embedding_offset"); }},
        Damage{"WithEmbeddingsBeforeTheFirst", [](auto&, auto& track) { track["embedding_offset"] = -1; }},
        Damage{"WithAThumbnailThatIsNoText", [](auto&, auto& track) { track["thumbnail"] = 1; }},
        Damage{
            "WithAThumbnailOfTooLongAName",
            [](auto&, auto& track) { track["thumbnail"] = std::string(201, 'a'); }
        }
    ),
    [](const auto& damage) { return std::string(damage.param.name); }
);

TEST(DamagedFaceTracksToo, AreToldApartByTheSentence) {
    auto found = Two();
    found.document["tracks"].as_array()[1].as_object()["end_ms"] = "late";
    EXPECT_THAT(
        ReadFaceTracks(found.Text()).error().message,
        ::testing::AllOf(HasSubstr("track 2 of the list"), HasSubstr("end_ms"))
    );
    found.document["tracks"].as_array()[1].as_object()["end_ms"] = 4000;
    found.document["tracks"].as_array()[1].as_object()["track"] = 1;
    EXPECT_EQ(ReadFaceTracks(found.Text()).error().message, "there are two face tracks 1");
}

TEST(DamagedFaceTracksToo, AreRefusedWhereverTheTextIsCutOff) {
    const auto text = Two().Text();
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_FALSE(ReadFaceTracks(text.substr(0, length))) << length;
    }
}

TEST(EmbeddingsOfTracks, AreGivenToTheShotsTheyBelongTo) {
    auto tracks = ReadFaceTracks(Two().Text()).value();
    ASSERT_TRUE(AddEmbeddings(tracks, Two().embeddings));
    EXPECT_THAT(tracks.tracks[0].track.shots, ElementsAre(FaceOf(1)));
    EXPECT_THAT(tracks.tracks[1].track.shots, ElementsAre(FaceOf(2), FaceOf(3)));
}

TEST(EmbeddingsOfTracks, AreFoundWhereTheDocumentSaysWhateverTheOrderOfTracks) {
    auto found = Two();
    auto& rows = found.document["tracks"].as_array();
    std::swap(rows[0], rows[1]);
    auto tracks = ReadFaceTracks(found.Text()).value();
    ASSERT_TRUE(AddEmbeddings(tracks, found.embeddings));
    EXPECT_EQ(tracks.tracks[0].track.number, 1);
    EXPECT_THAT(tracks.tracks[0].track.shots, ElementsAre(FaceOf(1)));
}

TEST(EmbeddingsOfTracks, AreRefusedWhenThereAreTooFew) {
    const auto found = Two();
    auto tracks = ReadFaceTracks(found.Text()).value();
    const auto cut = std::string_view(found.embeddings).substr(0, found.embeddings.size() - 1);
    EXPECT_EQ(AddEmbeddings(tracks, cut).error().message, "face track 2 has no embeddings for its shots");
    EXPECT_FALSE(AddEmbeddings(tracks, ""));
    tracks.tracks[1].first_embedding = 10'000'000;
    EXPECT_FALSE(AddEmbeddings(tracks, found.embeddings));
}

TEST(ShotsOfATrack, CountByTheirQualityAndALittleWithoutAny) {
    auto facts = FactsOf({.shots = {FaceOf(1), FaceOf(2)}});
    facts.qualities = {0.5, 0};
    const auto shots = facts.Shots();
    ASSERT_THAT(shots, SizeIs(2));
    EXPECT_EQ(shots[0].weight, 0.5);
    EXPECT_GT(shots[1].weight, 0);
    EXPECT_LT(shots[1].weight, 0.1);
}

TEST(ShotsOfATrack, LeaveOutWhatIsNoEmbedding) {
    auto broken = FaceOf(1);
    broken[7] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(FactsOf({.shots = {Embedding{}, FaceOf(1), broken}}).Shots(), SizeIs(1));
}

}  // namespace
}  // namespace notify::testing
