// Real media through the real child: models, decoder and sandbox together.

#include <chrono>
#include <csignal>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
    EXPECT_EQ(Document(seen["prc_2"]).at("media_type").as_string(), "text/plain");
}

TEST_F(MediaChild, GivesADocumentToTheRuleOfItsType) {
    auto of_documents = Process("prc_1", "checksum");
    of_documents.media_types = {"application/pdf"};
    auto of_films = Process("prc_2", "checksum");
    of_films.media_types = {"video/*"};
    const auto seen = RunJobIn(host_, JobOfBytes("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", {of_documents, of_films}));
    EXPECT_EQ(Document(seen["prc_1"]).at("media_type").as_string(), "application/pdf");
    ASSERT_FALSE(seen["prc_2"].document);
    EXPECT_EQ(seen["prc_2"].document.error().message, "the item is application/pdf; its rule takes video/*");
}

TEST_F(MediaChild, GivesNothingToAnItemThatItsBucketDoesNotTake) {
    auto job = JobOfBytes("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", {Process("prc_1", "checksum")});
    job.media_types = {"video/*", "image/"};
    const auto seen = RunJobIn(host_, std::move(job));
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(
        seen["prc_1"].document.error().message,
        "the item is application/pdf; its bucket takes video/*, image/"
    );
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

TEST_F(MediaChild, EndsWhatWaitsForItsTurnAtOnceWhenItIsCancelled) {
    const auto path = LongVideo();
    std::stop_source stop;
    std::vector<std::string> order;
    bool asked = false;
    const JobObserver observer{
        .progress =
            [&](const ProcessId&, double) {
                if (!std::exchange(asked, true)) {
                    EXPECT_TRUE(host_.CancelProcess(ProcessId("prc_2")));
                }
            },
        .outcome =
            [&](const JobOutcome& outcome) {
                order.push_back(outcome.id.Value());
                ASSERT_FALSE(outcome.document);
                EXPECT_FALSE(outcome.crashed);
                EXPECT_EQ(
                    outcome.document.error().code,
                    outcome.id.Value() == "prc_2" ? ErrorCode::kCancelled : ErrorCode::kStopped
                );
                stop.request_stop();  // there is far more to decode
            },
    };
    ASSERT_TRUE(host_.Run(
        JobOfFile(
            path, {Process("prc_1", "facial-recognition", R"({"fps":30})"), Process("prc_2", "checksum")}
        ),
        observer,
        stop.get_token()
    ));
    EXPECT_THAT(order, ::testing::ElementsAre("prc_2", "prc_1"));
}

TEST_F(MediaChild, GivesOneThatIsCancelledBesideAnotherAtOnce) {
    const auto path = LongVideo();
    std::stop_source stop;
    std::vector<std::string> order;
    bool asked = false;
    const std::string config = R"({"fps":30})";
    const JobObserver observer{
        .progress =
            [&](const ProcessId&, double) {
                if (!std::exchange(asked, true)) {
                    EXPECT_TRUE(host_.CancelProcess(ProcessId("prc_2")));
                }
            },
        .outcome =
            [&](const JobOutcome& outcome) {
                order.push_back(outcome.id.Value());
                EXPECT_FALSE(outcome.crashed);
                stop.request_stop();
            },
    };
    ASSERT_TRUE(host_.Run(
        JobOfFile(
            path,
            {Process("prc_1", "facial-recognition", config), Process("prc_2", "facial-recognition", config)}
        ),
        observer,
        stop.get_token()
    ));
    EXPECT_THAT(order, ::testing::ElementsAre("prc_2", "prc_1"));
}

TEST_F(MediaChild, KilledAfterAResultWasSentLosesOnlyWhatWasNotSent) {
    const auto path = folder_.Make("a.mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -pix_fmt yuv420p");
    Seen seen;
    const JobObserver observer{
        .progress = nullptr,
        .outcome = [&](JobOutcome outcome) {
            seen.order.push_back(outcome.id.Value());
            seen.outcomes.insert_or_assign(outcome.id.Value(), std::move(outcome));
            for (const auto pid : ChildrenOf(::getpid())) {
                ::kill(pid, SIGKILL);
            }
        },
    };
    // the last result may be in the pipe already when the child dies: then nothing is lost at all
    seen.ran = host_.Run(JobOfFile(path, {Process("prc_1", "facial-recognition")}), observer, {});
    ASSERT_TRUE(seen.ran);
    EXPECT_THAT(seen.order, ::testing::ElementsAre("prc_1"));
    EXPECT_TRUE(seen["prc_1"].document) << "done was not said, but the result was";
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_TRUE(RunJobIn(host_, JobOfBytes("x", {Process("prc_1", "checksum")}))["prc_1"].document);
}

TEST_F(MediaChild, KilledWhileItLoadsBlamesNoProcessAndIsTriedAgainSoon) {
    std::jthread killer([](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            for (const auto pid : ChildrenOf(::getpid())) {
                ::kill(pid, SIGKILL);
                return;
            }
        }
    });
    const auto seen =
        RunJobIn(host_, JobOfFile(kSamples / "obama.jpg", {Process("prc_1", "facial-recognition")}));
    killer.request_stop();
    killer.join();
    ASSERT_FALSE(seen.ran);
    EXPECT_EQ(seen.ran.error().code, ErrorCode::kUnavailable);
    ASSERT_TRUE(seen.ran.error().retry_after.has_value());
    EXPECT_LE(*seen.ran.error().retry_after, std::chrono::seconds(1));
    EXPECT_TRUE(seen.order.empty());
    EXPECT_TRUE(
        RunJobIn(host_, JobOfFile(kSamples / "obama.jpg", {Process("prc_1", "facial-recognition")}))["prc_1"]
            .document
    );
}

TEST(ChildThatCannotStart, IsTriedAgainSoonOnlyWhenItDiedByItself) {
    ProcessorHost dies(SettingsFor("/bin/false"));
    const auto job = [] { return JobOfBytes("x", {Process("prc_1", "checksum")}); };
    auto last = std::chrono::milliseconds(0);
    for (int tries = 1; tries <= 3; ++tries) {
        const auto seen = RunJobIn(dies, job());
        ASSERT_FALSE(seen.ran);
        ASSERT_TRUE(seen.ran.error().retry_after.has_value());
        EXPECT_GE(*seen.ran.error().retry_after, last);
        last = *seen.ran.error().retry_after;
    }
    EXPECT_GE(last, std::chrono::seconds(2));
    ProcessorHost missing(SettingsFor("/nowhere/notifications-api-processor"));
    EXPECT_FALSE(RunJobIn(missing, job()).ran.error().retry_after.has_value());
}

/// Document and artifacts of facial recognition, alone and beside one that wants every frame.
class AloneAndShared : public MediaChild {
protected:
    void ExpectTheSame(const std::filesystem::path& path) {
        const auto alone = RunJobIn(host_, JobOfFile(path, {Process("prc_1", "facial-recognition")}));
        const auto shared = RunJobIn(
            host_,
            JobOfFile(
                path,
                {Process("prc_0", "facial-recognition", R"({"fps":30})"),
                 Process("prc_1", "facial-recognition"),
                 Process("prc_2", "checksum")}
            )
        );
        ASSERT_TRUE(alone["prc_1"].document) << alone["prc_1"].document.error().message;
        ASSERT_TRUE(shared["prc_1"].document) << shared["prc_1"].document.error().message;
        EXPECT_EQ(*alone["prc_1"].document, *shared["prc_1"].document);
        ASSERT_EQ(alone["prc_1"].artifacts.size(), shared["prc_1"].artifacts.size());
        for (std::size_t i = 0; i < alone["prc_1"].artifacts.size(); ++i) {
            EXPECT_EQ(alone["prc_1"].artifacts[i].name, shared["prc_1"].artifacts[i].name);
            EXPECT_EQ(alone["prc_1"].artifacts[i].bytes, shared["prc_1"].artifacts[i].bytes);
        }
        EXPECT_FALSE(Document(alone["prc_1"]).at("tracks").as_array().empty());
    }

    /// A face that moves, with B frames of which some are disposable.
    [[nodiscard]] std::filesystem::path MovingFace() const {
        return folder_.Make(
            "face.mp4",
            "-loop 1 -r 25 -t 3 -i '" + (kSamples / "obama.jpg").string() +
                "' -vf \"scale=720:-2,crop=640:480:x='40+20*sin(t*3)':y=0\" -c:v libx264 -bf 3 "
                "-pix_fmt yuv420p -movflags +faststart"
        );
    }
};

TEST_F(AloneAndShared, GiveTheSameFaces) {
    ExpectTheSame(MovingFace());
}

TEST_F(AloneAndShared, GiveTheSameFacesOfADamagedFile) {
    auto bytes = Bytes(MovingFace());
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 400; at += 7) {
        bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    }
    ExpectTheSame(folder_.Write("damaged.mp4", bytes));
}

}  // namespace
}  // namespace notify::testing
