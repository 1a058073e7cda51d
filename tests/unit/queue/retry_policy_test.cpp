#include "queue/retry_policy.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sources/objects/faults.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow = FromMillis(1'000'000'000'000);

Process Running() {
    Process process;
    process.id = ProcessId("prc_1");
    process.status = Status::kProcessing;
    process.since = kNow - seconds(10);
    process.lease_owner = NodeId("nod_1");
    process.lease_until = kNow + seconds(20);
    process.fence = 3;
    process.attempt = 1;
    process.max_attempts = 5;
    process.progress = 0.5;
    process.next_attempt_at = kNow - hours(1);
    return process;
}

Error ErrorOf(ErrorCode code, std::string reason = {}) {
    return {.code = code, .stage = "decode", .reason = std::move(reason), .message = "it did not work"};
}

/// What the table of the header says of one failure.
struct Rule {
    const char* name;
    ErrorCode code;
    const char* reason;
    Status status;
    int attempts_burned;
    milliseconds least_wait;
    milliseconds most_wait;
};

std::ostream& operator<<(std::ostream& out, const Rule& rule) {
    return out << rule.name;
}

class RetryRules : public ::testing::TestWithParam<Rule> {};

TEST_P(RetryRules, DecideWhatBecomesOfTheProcess) {
    const auto& rule = GetParam();
    const auto after = AfterFailure(Running(), ErrorOf(rule.code, rule.reason), CrashKind::kNone, kNow);
    EXPECT_EQ(after.status, rule.status);
    EXPECT_EQ(after.attempt, 1 + rule.attempts_burned);
    EXPECT_EQ(after.crashes, 0);
    EXPECT_EQ(after.since, kNow);
    EXPECT_TRUE(after.lease_owner.IsEmpty());
    EXPECT_FALSE(after.lease_until.has_value());
    EXPECT_EQ(after.finished_at.has_value(), IsTerminal(rule.status));
    const bool is_released =
        rule.code == ErrorCode::kStopped ||
        (rule.code == ErrorCode::kUnavailable && rule.reason == std::string_view("database_away"));
    EXPECT_EQ(after.releases, is_released ? 1 : 0);
    if (!is_released) {
        ASSERT_TRUE(after.failure.has_value());
        EXPECT_EQ(after.failure->code, ToString(rule.code));
        EXPECT_EQ(after.failure->message, "it did not work");
        EXPECT_EQ(after.failure->will_retry, rule.status == Status::kPending);
    }
    if (rule.status == Status::kPending) {
        EXPECT_GE(after.next_attempt_at, kNow + rule.least_wait);
        EXPECT_LE(after.next_attempt_at, kNow + rule.most_wait);
        EXPECT_EQ(after.progress, 0);
    }
}

constexpr milliseconds kNone{0};
constexpr milliseconds kMinute = seconds(60);

INSTANTIATE_TEST_SUITE_P(
    Table,
    RetryRules,
    ::testing::Values(
        Rule{"invalid", ErrorCode::kInvalidArgument, "", Status::kFailed, 0, kNone, kNone},
        Rule{"unauthenticated", ErrorCode::kUnauthenticated, "", Status::kPending, 0, kMinute, kMinute},
        Rule{"forbidden", ErrorCode::kForbidden, "", Status::kFailed, 0, kNone, kNone},
        Rule{"not_found", ErrorCode::kNotFound, "", Status::kFailed, 0, kNone, kNone},
        Rule{"replaced", ErrorCode::kConflict, "", Status::kSkipped, 0, kNone, kNone},
        Rule{"too_large", ErrorCode::kTooLarge, "", Status::kFailed, 0, kNone, kNone},
        Rule{"no_video", ErrorCode::kUnsupported, "no_video", Status::kSkipped, 0, kNone, kNone},
        Rule{"not_media", ErrorCode::kUnsupported, "not_media", Status::kSkipped, 0, kNone, kNone},
        Rule{"empty", ErrorCode::kUnsupported, "empty", Status::kSkipped, 0, kNone, kNone},
        Rule{"media_type", ErrorCode::kUnsupported, "unsupported_media", Status::kSkipped, 0, kNone, kNone},
        Rule{"truncated", ErrorCode::kUnsupported, "truncated", Status::kFailed, 0, kNone, kNone},
        Rule{"throttled", ErrorCode::kThrottled, "", Status::kPending, 0, kMinute, kMinute},
        Rule{"storage_full", ErrorCode::kStorageFull, "", Status::kPending, 0, kMinute, kMinute},
        Rule{
            "no_resources",
            ErrorCode::kUnavailable,
            "no_resources",
            Status::kPending,
            0,
            seconds(5),
            seconds(5)
        },
        Rule{"no_child", ErrorCode::kUnavailable, "no_child", Status::kPending, 0, kMinute, kMinute},
        Rule{"unavailable", ErrorCode::kUnavailable, "", Status::kPending, 1, seconds(5), seconds(10)},
        Rule{"internal", ErrorCode::kInternal, "", Status::kPending, 1, seconds(5), seconds(10)},
        Rule{
            "of_a_name", ErrorCode::kInternal, "database_away", Status::kPending, 1, seconds(5), seconds(10)
        },
        Rule{"of_two", ErrorCode::kInternal, "media_not_ready", Status::kPending, 1, seconds(5), seconds(10)},
        Rule{"cancelled", ErrorCode::kCancelled, "", Status::kCancelled, 0, kNone, kNone},
        Rule{"stopped", ErrorCode::kStopped, "", Status::kPending, 0, kNone, kNone},
        Rule{"database_away", ErrorCode::kUnavailable, "database_away", Status::kPending, 0, kNone, kNone}
    ),
    [](const auto& rule) { return std::string(rule.param.name); }
);

TEST(RetryPolicy, WaitsAsLongAsTheOtherSideAsked) {
    auto error = ErrorOf(ErrorCode::kThrottled);
    error.retry_after = seconds(7);
    EXPECT_EQ(AfterFailure(Running(), error, CrashKind::kNone, kNow).next_attempt_at, kNow + seconds(7));
}

TEST(RetryPolicy, FailsForGoodAtTheLastAttempt) {
    auto process = Running();
    process.attempt = 4;
    const auto after = AfterFailure(process, ErrorOf(ErrorCode::kInternal), CrashKind::kNone, kNow);
    EXPECT_EQ(after.status, Status::kFailed);
    EXPECT_EQ(after.attempt, 5);
    EXPECT_FALSE(after.failure->will_retry);
}

TEST(RetryPolicy, NeverWaitsLongerThanSixHours) {
    auto process = Running();
    process.attempt = 30;
    process.max_attempts = 100;
    const auto after = AfterFailure(process, ErrorOf(ErrorCode::kUnavailable), CrashKind::kNone, kNow);
    EXPECT_GE(after.next_attempt_at, kNow + hours(3));
    EXPECT_LE(after.next_attempt_at, kNow + hours(6));
}

TEST(RetryPolicy, AsksAStoreInTroubleEverMoreSeldomAndBurnsNoAttempt) {
    for (const auto reason : {objects::kStoreFault, objects::kInterrupted}) {
        auto process = Running();
        const auto error = objects::Fault(ErrorCode::kUnavailable, reason, "the store has a fault");
        milliseconds most = kMinute;
        for (int pause = 1; pause <= 12; ++pause) {
            process = AfterFailure(process, error, CrashKind::kNone, kNow);
            ASSERT_EQ(process.status, Status::kPending);
            EXPECT_EQ(process.pauses, pause);
            EXPECT_EQ(process.attempt, 1);
            EXPECT_GE(process.next_attempt_at, kNow + std::max(kMinute, most / 2));
            EXPECT_LE(process.next_attempt_at, kNow + most);
            most = std::min<milliseconds>(2 * most, hours(6));
            process.status = Status::kProcessing;
        }
    }
}

TEST(RetryPolicy, LooksForMediaThatIsNotThereEverMoreSeldomAndBurnsNoAttempt) {
    auto process = Running();
    const auto error = objects::Fault(ErrorCode::kThrottled, objects::kMediaNotReady, "no proxy yet");
    milliseconds most = std::chrono::seconds(15);
    for (int pause = 1; pause <= 10; ++pause) {
        process = AfterFailure(process, error, CrashKind::kNone, kNow);
        ASSERT_EQ(process.status, Status::kPending);
        EXPECT_EQ(process.pauses, pause);
        EXPECT_EQ(process.attempt, 1);
        EXPECT_GE(process.next_attempt_at, kNow + most / 2);
        EXPECT_LE(process.next_attempt_at, kNow + most);
        most = std::min<milliseconds>(2 * most, std::chrono::minutes(15));
        process.status = Status::kProcessing;
    }
}

TEST(RetryPolicy, WaitsForAStoreInTroubleAsLongAsItAsksAtLeast) {
    auto error = objects::Fault(ErrorCode::kUnavailable, objects::kStoreFault, "a fault");
    error.retry_after = hours(1);
    const auto after = AfterFailure(Running(), error, CrashKind::kNone, kNow);
    EXPECT_EQ(after.next_attempt_at, kNow + hours(1));
}

TEST(RetryPolicy, CountsTheWaitsForAStoreAnewAfterAnotherEnd) {
    auto process = Running();
    process.pauses = 7;
    for (const auto code : {ErrorCode::kThrottled, ErrorCode::kUnavailable, ErrorCode::kInternal}) {
        EXPECT_EQ(AfterFailure(process, ErrorOf(code), CrashKind::kNone, kNow).pauses, 0);
    }
    EXPECT_EQ(GivenBack(process, kNow).pauses, 7);
}

TEST(RetryPolicy, BlamesNobodyForAGroupThatCrashedButSeparatesIt) {
    const auto after = AfterFailure(Running(), ErrorOf(ErrorCode::kInternal), CrashKind::kInGroup, kNow);
    EXPECT_EQ(after.status, Status::kPending);
    EXPECT_TRUE(after.alone);
    EXPECT_EQ(after.crashes, 0);
    EXPECT_EQ(after.attempt, 1);
    EXPECT_EQ(after.next_attempt_at, kNow);
}

TEST(RetryPolicy, PoisonsAProcessAtItsThirdCrashAlone) {
    auto process = Running();
    for (int crash = 1; crash <= 2; ++crash) {
        process = AfterFailure(process, ErrorOf(ErrorCode::kInternal), CrashKind::kAlone, kNow);
        EXPECT_EQ(process.status, Status::kPending);
        EXPECT_EQ(process.crashes, crash);
        EXPECT_TRUE(process.alone);
        EXPECT_GT(process.next_attempt_at, kNow);
        process.status = Status::kProcessing;
    }
    process = AfterFailure(process, ErrorOf(ErrorCode::kInternal), CrashKind::kAlone, kNow);
    EXPECT_EQ(process.status, Status::kFailed);
    EXPECT_EQ(process.failure->reason, "poisoned");
    EXPECT_EQ(process.attempt, 1);
}

TEST(RetryPolicy, CountsACrashAlsoWhenItsErrorSaysStopped) {
    const auto after = AfterFailure(Running(), ErrorOf(ErrorCode::kStopped), CrashKind::kAlone, kNow);
    EXPECT_EQ(after.crashes, 1);
}

TEST(RetryPolicy, CancelsInsteadOfTryingAgainWhenThatWasAsked) {
    auto process = Running();
    process.cancel_requested = true;
    for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kStopped, ErrorCode::kThrottled}) {
        const auto after = AfterFailure(process, ErrorOf(code), CrashKind::kNone, kNow);
        EXPECT_EQ(after.status, Status::kCancelled);
        EXPECT_EQ(after.finished_at, kNow);
    }
    EXPECT_EQ(
        AfterFailure(process, ErrorOf(ErrorCode::kInternal), CrashKind::kInGroup, kNow).status,
        Status::kCancelled
    );
    EXPECT_EQ(GivenBack(process, kNow).status, Status::kCancelled);
}

TEST(RetryPolicy, KeepsARealEndOfAProcessThatWasToBeCancelled) {
    auto process = Running();
    process.cancel_requested = true;
    const auto after =
        AfterFailure(process, ErrorOf(ErrorCode::kUnsupported, "no_video"), CrashKind::kNone, kNow);
    EXPECT_EQ(after.status, Status::kSkipped);
    EXPECT_EQ(after.failure->reason, "no_video");
}

TEST(RetryPolicy, SkipsWhatWaitsWhenItsObjectWasReplaced) {
    auto process = Running();
    process.status = Status::kPending;
    const auto after = Superseded(process, kNow);
    EXPECT_EQ(after.status, Status::kSkipped);
    EXPECT_TRUE(IsSuperseded(after));
    EXPECT_EQ(after.finished_at, kNow);
}

TEST(RetryPolicy, SkipsWhatRanWhenItsObjectWasReplacedWhateverItsOutcome) {
    const auto asked = Superseded(Running(), kNow);
    EXPECT_EQ(asked.status, Status::kProcessing);
    EXPECT_TRUE(asked.cancel_requested);
    for (const auto code :
         {ErrorCode::kCancelled, ErrorCode::kInternal, ErrorCode::kStopped, ErrorCode::kNotFound}) {
        const auto after = AfterFailure(asked, ErrorOf(code), CrashKind::kNone, kNow);
        EXPECT_EQ(after.status, Status::kSkipped);
        EXPECT_TRUE(IsSuperseded(after));
    }
    EXPECT_EQ(GivenBack(asked, kNow).status, Status::kSkipped);
}

TEST(RetryPolicy, GivesBackWithoutBlame) {
    const auto back = GivenBack(Running(), kNow);
    EXPECT_EQ(back.status, Status::kPending);
    EXPECT_EQ(back.attempt, 1);
    EXPECT_EQ(back.next_attempt_at, kNow);
    EXPECT_TRUE(back.lease_owner.IsEmpty());
}

TEST(RetryPolicy, LetsWhatItsNodesMayDieOfWaitLongerEachTimeAndRunAlone) {
    auto process = Running();
    for (const int rescues : {1, 2}) {
        process = Rescued(process, kNow);
        EXPECT_EQ(process.rescues, rescues);
        EXPECT_EQ(process.next_attempt_at, kNow);
        EXPECT_FALSE(process.alone);
    }
    for (int rescues = 3; rescues < 20; ++rescues) {
        process = Rescued(process, kNow);
        const auto most = std::min<milliseconds>(seconds(1) * (1 << (rescues - 3)), minutes(1));
        EXPECT_EQ(process.status, Status::kPending);
        EXPECT_GE(process.next_attempt_at, kNow + most / 2) << rescues;
        EXPECT_LE(process.next_attempt_at, kNow + most) << rescues;
        EXPECT_TRUE(process.alone);
        EXPECT_EQ(process.attempt, 1);
    }
}

TEST(RetryPolicy, WaitsNoLongerThanADayWhateverAStoreAsksFor) {
    for (const auto code : {ErrorCode::kThrottled, ErrorCode::kUnauthenticated, ErrorCode::kStorageFull}) {
        auto error = ErrorOf(code);
        error.retry_after = seconds(1'000'000'000);
        EXPECT_EQ(AfterFailure(Running(), error, CrashKind::kNone, kNow).next_attempt_at, kNow + hours(24));
    }
}

TEST(RetryPolicy, CompletesWithTheResultAndForgetsTheLastFailure) {
    auto process = Running();
    process.failure = Failure{.code = "unavailable"};
    const auto after = Completed(process, ResultId("res_1"), kNow);
    EXPECT_EQ(after.status, Status::kCompleted);
    EXPECT_EQ(after.result_id, ResultId("res_1"));
    EXPECT_EQ(after.progress, 1);
    EXPECT_FALSE(after.failure.has_value());
    EXPECT_EQ(after.finished_at, kNow);
}

TEST(RetryPolicy, TriesAChildThatDiedAtItsStartAgainWhenItsHostSays) {
    auto error = ErrorOf(ErrorCode::kUnavailable, std::string(kNoChild));
    error.retry_after = seconds(2);
    const auto after = AfterFailure(Running(), error, CrashKind::kNone, kNow);
    EXPECT_EQ(after.status, Status::kPending);
    EXPECT_EQ(after.next_attempt_at, kNow + seconds(2));
    EXPECT_EQ(after.attempt, 1);
    EXPECT_EQ(after.crashes, 0);
}

TEST(ResolveDelay, IsForeverForWhatMayPassAndNeverForWhatWillNotChange) {
    EXPECT_TRUE(ResolveDelay(ErrorOf(ErrorCode::kUnavailable), 1000).has_value());
    EXPECT_LE(ResolveDelay(ErrorOf(ErrorCode::kUnavailable), 1000).value(), std::chrono::minutes(10));
    EXPECT_TRUE(ResolveDelay(ErrorOf(ErrorCode::kInternal), 4).has_value());
    EXPECT_FALSE(ResolveDelay(ErrorOf(ErrorCode::kInternal), 5).has_value());
    EXPECT_FALSE(ResolveDelay(ErrorOf(ErrorCode::kNotFound), 1).has_value());
}

}  // namespace
}  // namespace notify
