// Facial recognition from a file to its document, with the real models on composed clips.

#include "processors/facial_recognition/analyser.hpp"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "core/timecode.hpp"
#include "processors/facial_recognition/face_document.hpp"
#include "support/media_files.hpp"
#include "unit/processors/facial_recognition/models.hpp"

namespace notify {
namespace {

using testing::ArtifactOf;
using testing::MediaFolder;
using testing::RecogniseFile;
using testing::SamplePhoto;

/// The photo as one input of ffmpeg.
std::string Input(const std::string& photo) {
    return "-framerate 25 -i '" + SamplePhoto(photo).string() + "' ";
}

/// Shows what the filters before it made of a photo for two seconds, without decoding and scaling it again.
constexpr const char* kTwoSeconds = ",loop=49:1,setpts=N/25/TB,";

constexpr const char* kX264 = " -c:v libx264 -preset veryfast -pix_fmt yuv420p";

/// Two seconds of one photo that drifts, a cut, two of another, a cut, two of the first person in a third
/// photo. In all of them the head is near the upper edge, where the crop is.
std::filesystem::path ThreeShots(const MediaFolder& folder) {
    const std::string drift = "scale=720:405:force_original_aspect_ratio=increase" +
                              std::string(kTwoSeconds) + "crop=640:360:20+20*sin(t):10,setsar=1";
    return folder.Make(
        "three.mp4",
        Input("obama.jpg") + Input("biden.jpg") + Input("obama3.jpg") + "-filter_complex '[0]" + drift +
            "[a];[1]" + drift + "[b];[2]" + drift + "[c];[a][b][c]concat=n=3'" + kX264
    );
}

std::int64_t NumberOf(const boost::json::value& json, std::string_view name) {
    return json.at(name).to_number<std::int64_t>();
}

std::vector<FaceEmbedding> EmbeddingsOf(const Output& output) {
    const auto bytes = ArtifactOf(output, "embeddings");
    std::vector<FaceEmbedding> embeddings(bytes.size() / sizeof(FaceEmbedding));
    if (!embeddings.empty()) {
        std::memcpy(embeddings.data(), bytes.data(), bytes.size());  // this machine is little-endian
    }
    return embeddings;
}

class FacialRecognition : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<MediaFolder>();
        clip_ = ThreeShots(*folder_);
        output_ = RecogniseFile(clip_);
    }

    static void TearDownTestSuite() { folder_.reset(); }

    static const boost::json::array& Tracks() { return output_.document.at("tracks").as_array(); }

    inline static std::unique_ptr<MediaFolder> folder_;
    inline static std::filesystem::path clip_;
    inline static Output output_;
};

/// What looking at the clip, which has three tracks, with a limit on tracks comes to.
Result<Output> RecogniseAtMost(const std::filesystem::path& clip, std::size_t most_tracks) {
    FaceAnalyser analyser(testing::SharedFaceModels(), FaceSettings{}, most_tracks);
    auto bytes = testing::OpenBytes(clip);
    const Subscription subscription{
        .wants = analyser.FramesWanted(),
        .on_frame = [&](const FrameView& frame) { return analyser.OnFrame(frame); }
    };
    const auto decoded = Decode(bytes, std::span(&subscription, 1), {}, {}).value();
    if (const auto& ended = decoded.subscriptions.front(); !ended) {
        return Unexpected(ended.error());
    }
    return analyser.Finish(decoded.summary);
}

TEST_F(FacialRecognition, RefusesMoreTracksThanAResultMayHaveWithASentence) {
    static_assert(kMostTracks == 20'000, "the document's test is of as many");
    EXPECT_TRUE(RecogniseAtMost(clip_, 3).has_value());
    for (const std::size_t most : {std::size_t{1}, std::size_t{2}}) {  // passed at a cut, and at the end
        const auto refused = RecogniseAtMost(clip_, most);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
        EXPECT_EQ(refused.error().reason, "too_many_faces");
        EXPECT_NE(refused.error().message.find("look at fewer samples"), std::string::npos);
    }
}

TEST_F(FacialRecognition, FindsEachFaceFromCutToCut) {
    ASSERT_EQ(Tracks().size(), 3U);
    constexpr double kFrame = 40;
    for (std::size_t i = 0; i < 3; ++i) {
        const double start = 2000.0 * static_cast<double>(i);
        EXPECT_NEAR(static_cast<double>(NumberOf(Tracks()[i], "start_ms")), start, kFrame);
        EXPECT_NEAR(static_cast<double>(NumberOf(Tracks()[i], "end_ms")), start + 2000, kFrame);
    }
    const auto& coverage = output_.document.at("coverage").as_object();
    EXPECT_GT(coverage.at("frames").to_number<int>(), 1);
    EXPECT_EQ(coverage.at("looked_at").as_array().size(), 1U);
    const auto& cuts = output_.document.at("cuts_ms").as_array();
    ASSERT_EQ(cuts.size(), 2U);
    EXPECT_NEAR(cuts[0].to_number<double>(), 2000, kFrame);
    EXPECT_NEAR(cuts[1].to_number<double>(), 4000, kFrame);
}

TEST_F(FacialRecognition, LeavesOutWhoIsSeenTooShortly) {
    // the first person is seen for four of the six seconds, in two shots, the other for two
    const auto tracks = [&](const std::string& config) {
        return RecogniseFile(clip_, config).document.at("tracks").as_array().size();
    };
    EXPECT_EQ(tracks(R"({"least_visible_s": 1.5})"), 3U);
    EXPECT_EQ(tracks(R"({"least_visible_s": 4.5})"), 0U);
    EXPECT_EQ(tracks(R"({"least_visible_s": 4.5, "least_visible_share": 0.3})"), 3U);
    EXPECT_EQ(tracks(R"({"least_visible_s": 4.5, "least_visible_share": 0.5})"), 2U);
    const auto one = RecogniseFile(clip_, R"({"least_visible_s": 3})");
    ASSERT_EQ(one.document.at("tracks").as_array().size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& track = one.document.at("tracks").at(i);
        EXPECT_EQ(NumberOf(track, "link"), 1);
        EXPECT_EQ(NumberOf(track, "track"), static_cast<std::int64_t>(i) + 1);
    }
    EXPECT_EQ(
        EmbeddingsOf(one).size(),
        one.document.at("tracks").at(0).at("shots").as_array().size() +
            one.document.at("tracks").at(1).at("shots").as_array().size()
    );
}

TEST_F(FacialRecognition, LinksTheTracksOfOnePersonAndNoOthers) {
    ASSERT_EQ(Tracks().size(), 3U);
    EXPECT_EQ(NumberOf(Tracks()[0], "link"), 1);
    EXPECT_EQ(NumberOf(Tracks()[1], "link"), 2);
    EXPECT_EQ(NumberOf(Tracks()[2], "link"), 1);
}

TEST_F(FacialRecognition, SaysWhatTheMediaIs) {
    const auto& media = output_.document.at("media");
    EXPECT_EQ(output_.document.at("schema"), "face_tracks/1");
    EXPECT_EQ(NumberOf(media, "width"), 640);
    EXPECT_EQ(NumberOf(media, "height"), 360);
    EXPECT_NEAR(static_cast<double>(NumberOf(media, "duration_ms")), 6000, 50);
    EXPECT_EQ(media.at("frame_rate"), "25/1");
    EXPECT_EQ(media.at("drop_frame"), false);
    EXPECT_TRUE(media.at("start_timecode").is_null()) << "the clip has none";
}

TEST_F(FacialRecognition, TellsItsTimesAsFramesAndTimecodesToo) {
    for (const auto& track : Tracks()) {
        for (const std::string name : {"start", "end", "best_shot"}) {
            const auto frame = (NumberOf(track, name + "_ms") + 20) / 40;
            EXPECT_EQ(NumberOf(track, name + "_frame"), frame);
            EXPECT_EQ(track.at(name + "_timecode").as_string(), TimecodeOf(frame, {.numerator = 25}, false));
        }
    }
}

TEST_F(FacialRecognition, GivesAnEmbeddingOfLengthOneForEachShot) {
    const auto embeddings = EmbeddingsOf(output_);
    std::size_t shots = 0;
    for (const auto& track : Tracks()) {
        EXPECT_EQ(static_cast<std::size_t>(NumberOf(track, "embedding_offset")), shots);
        const auto& list = track.at("shots").as_array();
        EXPECT_GE(list.size(), 3U);
        EXPECT_LE(list.size(), 5U);
        shots += list.size();
    }
    ASSERT_EQ(embeddings.size(), shots);
    for (const auto& embedding : embeddings) {
        EXPECT_NEAR(DistanceOf(embedding, {}), 1, 1e-5);
    }
}

TEST_F(FacialRecognition, ListsShotsBestFirstAndInsideTheirTrack) {
    for (const auto& track : Tracks()) {
        double before = 1;
        for (const auto& shot : track.at("shots").as_array()) {
            EXPECT_LE(shot.at("quality").to_number<double>(), before);
            before = shot.at("quality").to_number<double>();
            EXPECT_GE(NumberOf(shot, "ms"), NumberOf(track, "start_ms"));
            EXPECT_LE(NumberOf(shot, "ms"), NumberOf(track, "end_ms"));
        }
        EXPECT_EQ(NumberOf(track, "best_shot_ms"), NumberOf(track.at("shots").at(0), "ms"));
    }
}

TEST_F(FacialRecognition, KeepsEverythingBiometricSealed) {
    ASSERT_EQ(output_.artifacts.size(), 4U);
    for (const auto& artifact : output_.artifacts) {
        EXPECT_TRUE(artifact.sealed) << artifact.name;
        EXPECT_FALSE(artifact.bytes.empty()) << artifact.name;
    }
    const auto thumbnail = ArtifactOf(output_, "track-1.jpg");
    EXPECT_EQ(thumbnail.substr(0, 2), "\xFF\xD8");
}

TEST_F(FacialRecognition, GivesTheSameBytesTwice) {
    const auto again = RecogniseFile(clip_);
    EXPECT_EQ(ToJsonText(again.document), ToJsonText(output_.document));
    ASSERT_EQ(again.artifacts.size(), output_.artifacts.size());
    for (std::size_t i = 0; i < again.artifacts.size(); ++i) {
        EXPECT_EQ(again.artifacts[i].name, output_.artifacts[i].name);
        EXPECT_EQ(again.artifacts[i].bytes, output_.artifacts[i].bytes);
    }
}

TEST_F(FacialRecognition, DoesWhatItsConfigurationSays) {
    const auto few = RecogniseFile(clip_, R"({"shots": 1, "thumbnails": false})");
    EXPECT_EQ(EmbeddingsOf(few).size(), few.document.at("tracks").as_array().size());
    EXPECT_EQ(few.artifacts.size(), 1U);
    const auto none = RecogniseFile(clip_, R"({"min_face_px": 400})");
    EXPECT_TRUE(none.document.at("tracks").as_array().empty());
}

TEST(FacialRecognitionOfOneTrack, SplitsItWhereAPhotoIsSwappedForAnotherPersons) {
    const MediaFolder folder;
    // both heads in one place and of one size over a still ground, so that neither a cut nor the tracker
    // parts them
    const std::string inset = ",scale=210:252" + std::string(kTwoSeconds) + "setsar=1";
    const auto clip = folder.Make(
        "swap.mp4",
        "-f lavfi -i color=gray:s=1280x720:r=25:d=4 " + Input("obama.jpg") + Input("biden.jpg") +
            "-filter_complex '[1]crop=400:480:290:10" + inset + "[a];[2]crop=480:576:335:60" + inset +
            "[b];[a][b]concat=n=2[faces];[0][faces]overlay=400:200' -t 4" + kX264
    );
    const auto output = RecogniseFile(clip);
    const auto& tracks = output.document.at("tracks").as_array();
    EXPECT_TRUE(output.document.at("cuts_ms").as_array().empty());
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_NEAR(static_cast<double>(NumberOf(tracks[0], "end_ms")), 2000, 210);
    EXPECT_NEAR(static_cast<double>(NumberOf(tracks[1], "start_ms")), 2000, 210);
    EXPECT_NE(NumberOf(tracks[0], "link"), NumberOf(tracks[1], "link"));
}

TEST(FacialRecognitionOfOneTrack, BeginsAndEndsNearerThanItsSamples) {
    const MediaFolder folder;
    // at each place of the ends between two samples, which are 200 ms apart
    for (const int late_ms : {0, 40, 80, 120, 160}) {
        const double start = 1.0 + (late_ms / 1000.0);
        const double end = start + 1.48;
        const auto clip = folder.Make(
            "inset.mp4",
            "-f lavfi -i color=gray:s=1280x720:r=25:d=4 " + Input("obama.jpg") +
                "-filter_complex "
                "'[1]crop=400:480:290:10,scale=210:252,loop=99:1,setpts=N/25/TB,setsar=1[face];"
                "[0][face]overlay=400:200:enable=between(t\\," +
                std::to_string(start - 0.01) + "\\," + std::to_string(end - 0.01) + ")' -t 4 -bf 0" + kX264
        );
        const auto output = RecogniseFile(clip);
        const auto& tracks = output.document.at("tracks").as_array();
        EXPECT_TRUE(output.document.at("cuts_ms").as_array().empty());
        ASSERT_EQ(tracks.size(), 1U) << late_ms;
        EXPECT_NEAR(static_cast<double>(NumberOf(tracks[0], "start_ms")), start * 1000, 42) << late_ms;
        EXPECT_NEAR(static_cast<double>(NumberOf(tracks[0], "end_ms")), end * 1000, 42) << late_ms;
    }
}

TEST(FacialRecognitionOfAStill, IsATrackWithoutLength) {
    const auto output = RecogniseFile(SamplePhoto("obama.jpg"));
    const auto& tracks = output.document.at("tracks").as_array();
    ASSERT_GE(tracks.size(), 1U);
    EXPECT_EQ(NumberOf(tracks[0], "start_ms"), 0);
    EXPECT_EQ(NumberOf(output.document.at("media"), "duration_ms"), 0);
    EXPECT_FALSE(EmbeddingsOf(output).empty());
}

TEST(FacialRecognitionOfNobody, IsAnEmptyListAndNoError) {
    const MediaFolder folder;
    const auto output =
        RecogniseFile(folder.Make("bars.mp4", "-f lavfi -i testsrc2=s=640x360:r=25:d=2 -pix_fmt yuv420p"));
    EXPECT_TRUE(output.document.at("tracks").as_array().empty());
    EXPECT_TRUE(ArtifactOf(output, "embeddings").empty());
}

}  // namespace
}  // namespace notify
