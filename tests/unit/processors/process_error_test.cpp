// Which words of a child count, and which error a process is left with.

#include "processors/host/process_error.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace notify::testing {
namespace {

Error Said(ErrorCode code) {
    return {.code = code, .stage = "probe", .reason = "no_video", .retry_after = {}, .message = "said"};
}

struct Case {
    std::string name;
    ErrorCode said;
    KnownToHost known;
    ErrorCode kept;
};

class Trusted : public ::testing::TestWithParam<Case> {};

TEST_P(Trusted, ErrorIsKeptOrReplaced) {
    EXPECT_EQ(TrustedError(Said(GetParam().said), GetParam().known).code, GetParam().kept);
}

const KnownToHost kNothing;
const KnownToHost kStopping{.is_stopping = true};
const KnownToHost kCancelling{.is_cancelled = true};
const KnownToHost kLocal{.has_descriptor = true};
const KnownToHost kThrottledRead{.read_error = Error{.code = ErrorCode::kThrottled}};

INSTANTIATE_TEST_SUITE_P(
    Table,
    Trusted,
    ::testing::Values(
        Case{"unsupported", ErrorCode::kUnsupported, kNothing, ErrorCode::kUnsupported},
        Case{"invalid", ErrorCode::kInvalidArgument, kNothing, ErrorCode::kInvalidArgument},
        Case{"too_large", ErrorCode::kTooLarge, kNothing, ErrorCode::kTooLarge},
        Case{"internal", ErrorCode::kInternal, kNothing, ErrorCode::kInternal},
        Case{"throttled", ErrorCode::kThrottled, kNothing, ErrorCode::kInternal},
        Case{"throttled_as_read", ErrorCode::kThrottled, kThrottledRead, ErrorCode::kThrottled},
        Case{"unavailable_while_throttled", ErrorCode::kUnavailable, kThrottledRead, ErrorCode::kInternal},
        Case{"unauthenticated", ErrorCode::kUnauthenticated, kLocal, ErrorCode::kInternal},
        Case{"storage_full", ErrorCode::kStorageFull, kLocal, ErrorCode::kInternal},
        Case{"unavailable", ErrorCode::kUnavailable, kNothing, ErrorCode::kInternal},
        Case{"unavailable_local", ErrorCode::kUnavailable, kLocal, ErrorCode::kUnavailable},
        Case{"conflict_local", ErrorCode::kConflict, kLocal, ErrorCode::kConflict},
        Case{"cancelled_by_nobody", ErrorCode::kCancelled, kNothing, ErrorCode::kInternal},
        Case{"cancelled", ErrorCode::kCancelled, kCancelling, ErrorCode::kCancelled},
        Case{"stopped_when_cancelled", ErrorCode::kStopped, kCancelling, ErrorCode::kCancelled},
        Case{"stopped_by_nobody", ErrorCode::kStopped, kNothing, ErrorCode::kInternal},
        Case{"cancelled_while_stopping", ErrorCode::kCancelled, kStopping, ErrorCode::kStopped},
        Case{"failed_while_stopping", ErrorCode::kUnsupported, kStopping, ErrorCode::kUnsupported}
    ),
    [](const ::testing::TestParamInfo<Case>& tested) { return tested.param.name; }
);

TEST(TrustedError, KeepsWhatTheStoreSaidAboutTryingAgain) {
    const KnownToHost known{
        .read_error = Error{.code = ErrorCode::kThrottled, .retry_after = std::chrono::seconds(9)}
    };
    EXPECT_EQ(TrustedError(Said(ErrorCode::kThrottled), known).retry_after, std::chrono::seconds(9));
}

TEST(TrustedError, KeepsStageReasonAndSentenceOfAnErrorAboutTheItem) {
    const auto kept = TrustedError(Said(ErrorCode::kUnsupported), kNothing);
    EXPECT_EQ(kept.stage, "probe");
    EXPECT_EQ(kept.reason, "no_video");
    EXPECT_EQ(kept.message, "said");
}

TEST(TrustedError, TakesNoReasonOverForWhichNobodyIsBlamed) {
    auto said = Said(ErrorCode::kUnavailable);
    said.reason = "database_away";
    const auto kept = TrustedError(said, kLocal);
    EXPECT_EQ(kept.code, ErrorCode::kUnavailable);
    EXPECT_EQ(kept.reason, "");
    EXPECT_EQ(kept.message, said.message);
}

TEST(TrustedError, SaysWhatTheChildClaimed) {
    EXPECT_EQ(
        TrustedError(Said(ErrorCode::kThrottled), kNothing).message, "the processor failed as throttled: said"
    );
}

TEST(UnfinishedError, IsACrashUnlessItsEndWasAskedFor) {
    const ChildEnd end{.reason = "memory", .message = "too much"};
    EXPECT_EQ(UnfinishedError(end, kNothing).code, ErrorCode::kInternal);
    EXPECT_EQ(UnfinishedError(end, kNothing).reason, "memory");
    EXPECT_EQ(UnfinishedError(end, kCancelling).code, ErrorCode::kCancelled);
    EXPECT_EQ(UnfinishedError(end, kStopping).code, ErrorCode::kStopped);
}

TEST(UnfinishedError, BlamesNobodyWhenTheChildWasEndedForAnother) {
    const ChildEnd end{.reason = std::string(kEndedToCancel), .message = "ended to cancel another"};
    EXPECT_EQ(UnfinishedError(end, kCancelling).code, ErrorCode::kCancelled);
    EXPECT_EQ(UnfinishedError(end, kNothing).code, ErrorCode::kStopped);
}

TEST(UnfinishedError, IsTheStoresWhenTheChildHungInARead) {
    const ChildEnd end{.reason = std::string(kBlocked), .message = "the disk does not answer"};
    EXPECT_EQ(UnfinishedError(end, kNothing).code, ErrorCode::kUnavailable);
    EXPECT_EQ(UnfinishedError(end, kNothing).reason, "blocked");
}

}  // namespace
}  // namespace notify::testing
