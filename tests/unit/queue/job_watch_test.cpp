#include "queue/job_watch.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "domain/process.hpp"
#include "unit/queue/scripted_runner.hpp"

namespace notify::testing {
namespace {

class JobWatchTest : public ::testing::Test {
protected:
    JobWatchTest() {
        claim_.item.id = ItemId("itm_1");
        for (const auto* id : {"prc_a", "prc_b", "prc_c"}) {
            Process process;
            process.id = ProcessId(id);
            process.fence = 1;
            claim_.processes.push_back(process);
        }
    }

    /// Crash kind and error code of each process that ended, by id.
    struct End {
        CrashKind crash = CrashKind::kNone;
        std::optional<Error> error;
    };

    ClaimedItem claim_;
    std::map<std::string, End> ends_;
    int told_ = 0;
    int progressed_ = 0;
    JobWatch watch_{
        claim_,
        [this](const Ended& ended) {
            ++told_;
            const auto& document = ended.outcome.document;
            ends_[ended.process.id.Value()] = {
                .crash = ended.crash, .error = document ? std::nullopt : std::optional(document.error())
            };
        },
        [this](const Process&, double) { ++progressed_; },
    };
    JobObserver observer_ = watch_.Observer();
};

TEST_F(JobWatchTest, HandsEachOutcomeOverAtOnce) {
    observer_.outcome(Found(ProcessId("prc_a")));
    EXPECT_EQ(told_, 1);
    EXPECT_FALSE(ends_["prc_a"].error.has_value());
}

TEST_F(JobWatchTest, BlamesNobodyWhenSeveralWereUnfinishedAtACrash) {
    observer_.outcome(Found(ProcessId("prc_a")));
    observer_.outcome(Crashed(ProcessId("prc_b")));
    observer_.outcome(Crashed(ProcessId("prc_c")));
    watch_.Finish({});
    EXPECT_EQ(ends_["prc_a"].crash, CrashKind::kNone);
    EXPECT_EQ(ends_["prc_b"].crash, CrashKind::kInGroup);
    EXPECT_EQ(ends_["prc_c"].crash, CrashKind::kInGroup);
    EXPECT_EQ(told_, 3);
}

TEST_F(JobWatchTest, BlamesTheOnlyOneThatWasUnfinished) {
    observer_.outcome(Crashed(ProcessId("prc_c")));
    observer_.outcome(Found(ProcessId("prc_a")));
    observer_.outcome(Found(ProcessId("prc_b")));
    watch_.Finish({});
    EXPECT_EQ(ends_["prc_c"].crash, CrashKind::kAlone);
}

TEST_F(JobWatchTest, EndsTheProcessesNothingWasSaidOf) {
    observer_.outcome(Found(ProcessId("prc_a")));
    watch_.Finish({});
    EXPECT_EQ(told_, 3);
    EXPECT_EQ(ends_["prc_b"].error->code, ErrorCode::kInternal);
    EXPECT_EQ(ends_["prc_b"].error->stage, "child");
}

TEST_F(JobWatchTest, SaysThatNoChildCouldBeStarted) {
    watch_.Finish(Unexpected(
        Error{
            .code = ErrorCode::kUnavailable,
            .reason = std::string(kNoChild),
            .message = "the program is not there"
        }
    ));
    EXPECT_EQ(told_, 3);
    EXPECT_EQ(ends_["prc_a"].error->reason, kNoChild);
    EXPECT_EQ(ends_["prc_a"].error->message, "the program is not there");
}

TEST_F(JobWatchTest, IgnoresASecondOutcomeAndStrangers) {
    observer_.outcome(Found(ProcessId("prc_a")));
    observer_.outcome(Crashed(ProcessId("prc_a")));
    observer_.outcome(Found(ProcessId("prc_of_somebody_else")));
    EXPECT_EQ(told_, 1);
    EXPECT_EQ(ends_["prc_a"].crash, CrashKind::kNone);
}

TEST_F(JobWatchTest, PassesProgressOnNowAndThen) {
    for (int i = 0; i < 100; ++i) {
        observer_.progress(ProcessId("prc_a"), i / 100.0);
    }
    observer_.progress(ProcessId("prc_of_somebody_else"), 0.5);
    EXPECT_GE(progressed_, 1);
    EXPECT_LT(progressed_, 100);
}

}  // namespace
}  // namespace notify::testing
