// Real media through the real child: models, decoder and sandbox together.

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "host_fixture.hpp"
#include "support/media_files.hpp"

namespace notify::testing {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::SizeIs;

const std::filesystem::path kSamples = NOTIFY_SAMPLE_FOLDER;

class MediaChild : public ::testing::Test {
protected:
    ProcessorHost host_{SettingsFor(NOTIFY_PROCESSOR)};

    /// Minutes of video, made in a moment; to look at all of it takes far longer than a test.
    [[nodiscard]] std::filesystem::path LongVideo() const {
        const auto part =
            folder_.Make("part.mp4", "-f lavfi -i testsrc2=s=640x360:r=25:d=2 -pix_fmt yuv420p");
        return folder_.Make("long.mp4", "-stream_loop 200 -i '" + part.string() + "' -c copy");
    }

    MediaFolder folder_;
};

boost::json::object Document(const JobOutcome& outcome) {
    return ParseJson(outcome.document.value()).value().as_object();
}

TEST_F(MediaChild, FindsTheFaceOfAPhotoAndSealsWhatIsBiometric) {
    const auto seen =
        RunJobIn(host_, JobOfFile(kSamples / "obama.jpg", {Process("prc_1", "facial-recognition")}));
    ASSERT_TRUE(seen.ran) << seen.ran.error().message;
    const auto& outcome = seen["prc_1"];
    ASSERT_TRUE(outcome.document) << outcome.document.error().message;
    EXPECT_THAT(Document(outcome).at("tracks").as_array(), SizeIs(1));
    EXPECT_EQ(outcome.media_type, "image/jpeg");
    EXPECT_THAT(outcome.model_digest, SizeIs(64));
    EXPECT_THAT(outcome.artifacts, Contains(Field(&JobArtifact::name, "embeddings")));
    for (const auto& artifact : outcome.artifacts) {
        EXPECT_TRUE(artifact.sealed) << artifact.name;
    }
}

TEST_F(MediaChild, GivesTheSameResultByDescriptorAndByReader) {
    const std::string config = R"({"fps":5})";
    const auto path = kSamples / "biden.jpg";
    const auto file = RunJobIn(host_, JobOfFile(path, {Process("prc_1", "face-photo", config)}));
    const auto read =
        RunJobIn(host_, JobOfBytes(ReadFile(path).value(), {Process("prc_1", "face-photo", config)}));
    ASSERT_TRUE(file["prc_1"].document) << file["prc_1"].document.error().message;
    ASSERT_TRUE(read["prc_1"].document) << read["prc_1"].document.error().message;
    EXPECT_EQ(*file["prc_1"].document, *read["prc_1"].document);
}

TEST_F(MediaChild, DecodesOnceForAGroupAndGivesEachItsResult) {
    const auto path = folder_.Make("a.mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -pix_fmt yuv420p");
    const auto seen = RunJobIn(
        host_,
        JobOfFile(
            path,
            {Process("prc_1", "facial-recognition", R"({"fps":5,"decode_threads":2})"),
             Process("prc_2", "checksum"),
             Process("prc_3", "facial-recognition", R"({"fps":10})")}
        )
    );
    ASSERT_THAT(seen.order, SizeIs(3));
    for (const auto& [id, outcome] : seen.outcomes) {
        ASSERT_TRUE(outcome.document) << id << ": " << outcome.document.error().message;
        EXPECT_EQ(outcome.media_type, "video/mp4") << id;
        EXPECT_EQ(outcome.model_digest.empty(), id == "prc_2");
    }
    EXPECT_EQ(Document(seen["prc_2"]).at("media_type").as_string(), "video/mp4");
}

TEST_F(MediaChild, SaysThatSoundHasNoVideo) {
    const auto path = folder_.Make("a.wav", "-f lavfi -i sine=d=1");
    const auto seen = RunJobIn(
        host_, JobOfFile(path, {Process("prc_1", "facial-recognition"), Process("prc_2", "checksum")})
    );
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(seen["prc_1"].document.error().reason, "no_video");
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_TRUE(seen["prc_2"].document);
}

TEST_F(MediaChild, SaysThatWordsAreNoMedia) {
    const auto seen = RunJobIn(
        host_,
        JobOfBytes("only words", {Process("prc_1", "facial-recognition"), Process("prc_2", "checksum")})
    );
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().reason, "not_media");
    EXPECT_EQ(Document(seen["prc_2"]).at("media_type").as_string(), "application/octet-stream");
}

/// Runs the job and calls `act` once at the first sign of progress.
template <class Act>
Seen RunAndActOnProgress(ProcessorHost& host, Job job, const std::stop_token& stop, Act act) {
    Seen seen;
    const JobObserver observer{
        .progress =
            [&](const ProcessId&, double) {
                if (seen.progress++ == 0) {
                    act();
                }
            },
        .outcome = [&](
                       JobOutcome outcome
                   ) { seen.outcomes.insert_or_assign(outcome.id.Value(), std::move(outcome)); },
    };
    seen.ran = host.Run(std::move(job), observer, stop);
    return seen;
}

TEST_F(MediaChild, CancelsOneProcessInTheMiddle) {
    const auto path = LongVideo();
    const auto seen = RunAndActOnProgress(
        host_,
        JobOfFile(
            path, {Process("prc_1", "facial-recognition", R"({"fps":30})"), Process("prc_2", "checksum")}
        ),
        {},
        [&] { EXPECT_TRUE(host_.CancelProcess(ProcessId("prc_1"))); }
    );
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_TRUE(seen["prc_2"].document);
    EXPECT_FALSE(host_.CancelProcess(ProcessId("prc_1")));
}

TEST_F(MediaChild, ReleasesItsWorkWhenTheServiceStops) {
    const auto path = LongVideo();
    std::stop_source stop;
    const auto seen = RunAndActOnProgress(
        host_,
        JobOfFile(
            path, {Process("prc_1", "facial-recognition", R"({"fps":30})"), Process("prc_2", "checksum")}
        ),
        stop.get_token(),
        [&] { stop.request_stop(); }
    );
    for (const auto& [id, outcome] : seen.outcomes) {
        ASSERT_FALSE(outcome.document) << id;
        EXPECT_EQ(outcome.document.error().code, ErrorCode::kStopped) << id;
        EXPECT_FALSE(outcome.crashed) << id;
    }
    EXPECT_EQ(seen.outcomes.size(), 2U);
}

TEST_F(MediaChild, ToldToEndByTheSystemCountsAsCrashedAndTheNextJobIsFine) {
    const auto path = LongVideo();
    const auto seen = RunAndActOnProgress(
        host_, JobOfFile(path, {Process("prc_1", "facial-recognition", R"({"fps":30})")}), {}, [] {
            for (const auto pid : ChildrenOf(::getpid())) {
                ::kill(pid, SIGKILL);
            }
        }
    );
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_TRUE(seen["prc_1"].crashed);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kInternal);
    EXPECT_EQ(seen["prc_1"].document.error().stage, "child");
    EXPECT_EQ(seen["prc_1"].document.error().reason, "crashed");
    EXPECT_TRUE(RunJobIn(host_, JobOfBytes("x", {Process("prc_1", "checksum")}))["prc_1"].document);
}

}  // namespace
}  // namespace notify::testing
