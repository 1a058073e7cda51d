// Long work that is left and gone on with, through the real child.

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "host_fixture.hpp"
#include "support/media_files.hpp"

namespace notify::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// All of a result as text.
std::string TextOf(const JobOutcome& outcome) {
    auto text = outcome.document ? *outcome.document : "failed: " + outcome.document.error().message;
    for (const auto& artifact : outcome.artifacts) {
        text += "\n" + artifact.name + "\n" + artifact.bytes;
    }
    return text;
}

/// What was told of a job, its checkpoints put together as they are kept.
struct Told {
    Seen seen;
    std::map<std::string, Checkpoint> checkpoints;
    std::map<std::string, Resumed> resumed;
    std::vector<std::int64_t> positions;
    std::int64_t media_ms = -1;
    double first_progress = -1;
};

/// Puts a step to what is kept, as the service's storage does.
void Keep(Checkpoint& kept, CheckpointStep step) {
    ASSERT_LE(step.ended_before, kept.ended.size());
    kept.position_ms = step.position_ms;
    kept.open = std::move(step.open);
    kept.ended.resize(step.ended_before);
    std::ranges::move(step.ended, std::back_inserter(kept.ended));
}

class CheckpointChild : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<MediaFolder>();
        const std::filesystem::path samples = NOTIFY_SAMPLE_FOLDER;
        const auto part = [&](const std::string& photo) {
            return "-loop 1 -framerate 1 -t 90 -i '" + (samples / photo).string() + "' ";
        };
        const std::string fit =
            "scale=640:360:force_original_aspect_ratio=increase,crop=640:360:20*sin(t/9)+20:0,setsar=1";
        const auto minutes = folder_->Make(
            "minutes.mp4",
            part("obama.jpg") + part("biden.jpg") + "-filter_complex '[0]" + fit + "[a];[1]" + fit +
                "[b];[a][b]concat=n=2' -c:v libx264 -preset ultrafast -g 30 -pix_fmt yuv420p"
        );
        clip_ = folder_->Make("clip.mp4", "-stream_loop 3 -i '" + minutes.string() + "' -c copy");
        ProcessorHost host(SettingsFor(NOTIFY_PROCESSOR));
        uninterrupted_ = TellIn(host, JobOf({Faces()}), {}, {});
        whole_ = TextOf(uninterrupted_.seen["prc_1"]);
    }

    static void TearDownTestSuite() { folder_.reset(); }

    static JobProcess Faces(const std::string& id = "prc_1", Checkpoint checkpoint = {}) {
        auto process = Process(id, "facial-recognition", R"({"fps":0.2,"long_side":320})");
        process.checkpoint = std::move(checkpoint);
        return process;
    }

    static Job JobOf(std::vector<JobProcess> processes) { return JobOfFile(clip_, std::move(processes)); }

    /// Runs the job; `act` is called with what was told after each thing that is.
    Told Tell(Job job, const std::function<void(const Told&)>& act = {}) {
        return TellIn(host_, std::move(job), act, stop_.get_token());
    }

    static Told TellIn(
        ProcessorHost& host, Job job, const std::function<void(const Told&)>& act, const std::stop_token& stop
    ) {
        Told told;
        const auto then = [&] {
            if (act) {
                act(told);
            }
        };
        const JobObserver observer{
            .progress =
                [&](const ProcessId&, double done) {
                    told.first_progress = told.first_progress < 0 ? done : told.first_progress;
                    then();
                },
            .outcome = [&](
                           JobOutcome outcome
                       ) { told.seen.outcomes.insert_or_assign(outcome.id.Value(), std::move(outcome)); },
            .media =
                [&](std::int64_t duration_ms) {
                    told.media_ms = duration_ms;
                    then();
                },
            .resumed = [&](const ProcessId& id,
                           const Resumed& resumed) { told.resumed[id.Value()] = resumed; },
            .checkpoint =
                [&](const ProcessId& id, CheckpointStep step) {
                    told.positions.push_back(step.position_ms);
                    Keep(told.checkpoints[id.Value()], std::move(step));
                    then();
                },
        };
        told.seen.ran = host.Run(std::move(job), observer, stop);
        return told;
    }

    inline static std::unique_ptr<MediaFolder> folder_;
    inline static std::filesystem::path clip_;
    inline static Told uninterrupted_;
    inline static std::string whole_;
    ProcessorHost host_{SettingsFor(NOTIFY_PROCESSOR)};
    std::stop_source stop_;
};

TEST_F(CheckpointChild, GivesOneEveryTenMinutesOfMediaAndGoesOnFromIt) {
    ASSERT_EQ(ParseJson(whole_.substr(0, whole_.find('\n'))).value().at("schema"), "face_tracks/1");
    const auto& told = uninterrupted_;
    EXPECT_EQ(told.media_ms, 720'000);
    ASSERT_THAT(told.positions, SizeIs(1));
    EXPECT_EQ(told.positions[0], 600'000);
    const auto rest = Tell(JobOf({Faces("prc_1", told.checkpoints.at("prc_1"))}));
    EXPECT_TRUE(TextOf(rest.seen["prc_1"]) == whole_);
    ASSERT_TRUE(rest.resumed.contains("prc_1"));
    EXPECT_EQ(rest.resumed.at("prc_1").position_ms, 600'000);
    EXPECT_GE(rest.resumed.at("prc_1").decoded_from_ms, 600'000 - 120'000) << "not far before it";
    EXPECT_GE(rest.first_progress, 0.83) << "it does not begin at nothing";
}

TEST_F(CheckpointChild, LeavesWhenItIsAskedAndIsNotCrashed) {
    const auto told = Tell(JobOf({Faces(), Process("prc_2", "checksum")}), [&](const Told& so_far) {
        if (so_far.first_progress >= 0 && so_far.positions.empty()) {
            host_.LeaveJob(ProcessId("prc_1"));
        }
    });
    for (const auto& [id, outcome] : told.seen.outcomes) {
        ASSERT_FALSE(outcome.document) << id;
        EXPECT_EQ(outcome.document.error().code, ErrorCode::kStopped) << id;
        EXPECT_FALSE(outcome.crashed) << id;
    }
    EXPECT_THAT(told.seen.outcomes, SizeIs(2));
    auto kept = told.checkpoints.contains("prc_1") ? told.checkpoints.at("prc_1") : Checkpoint{};
    EXPECT_LT(kept.position_ms, 600'000);
    EXPECT_EQ(host_.ChildrenStarted(), 1);
    const auto rest = Tell(JobOf({Faces("prc_1", std::move(kept)), Process("prc_2", "checksum")}));
    EXPECT_TRUE(TextOf(rest.seen["prc_1"]) == whole_);
    EXPECT_TRUE(rest.seen["prc_2"].document);
    EXPECT_EQ(host_.ChildrenStarted(), 1) << "the child that left took the next job";
}

TEST_F(CheckpointChild, KeepsNothingOfWhatHasHardlyBegun) {
    const auto told = Tell(JobOf({Faces()}), [&](const Told& so_far) {
        if (so_far.media_ms > 0) {
            host_.LeaveJob(ProcessId("prc_1"));
        }
    });
    ASSERT_FALSE(told.seen["prc_1"].document);
    EXPECT_EQ(told.seen["prc_1"].document.error().code, ErrorCode::kStopped);
    EXPECT_THAT(told.checkpoints, IsEmpty());
}

TEST_F(CheckpointChild, BeginsAnewWithACheckpointOfSomethingElse) {
    const Checkpoint noise{.position_ms = 600'000, .open = Noise(5000), .ended = {Noise(100)}};
    const auto told = Tell(JobOf({Faces("prc_1", noise)}));
    EXPECT_TRUE(TextOf(told.seen["prc_1"]) == whole_);
    EXPECT_THAT(told.resumed, IsEmpty());
    ASSERT_THAT(told.positions, SizeIs(1));
    EXPECT_EQ(told.positions[0], 600'000);
}

/// One of a group had a checkpoint, the other none: the media is decoded once, from its beginning.
TEST_F(CheckpointChild, LetsEachOfAGroupGoOnAtItsOwnPlace) {
    auto kept = uninterrupted_.checkpoints.at("prc_1");
    const auto both = Tell(JobOf({Faces("prc_1", std::move(kept)), Faces("prc_2")}));
    EXPECT_TRUE(TextOf(both.seen["prc_1"]) == whole_);
    EXPECT_TRUE(TextOf(both.seen["prc_2"]) == whole_);
    ASSERT_TRUE(both.resumed.contains("prc_1"));
    EXPECT_EQ(both.resumed.at("prc_1").decoded_from_ms, 0);
    EXPECT_FALSE(both.resumed.contains("prc_2"));
}

}  // namespace
}  // namespace notify::testing
