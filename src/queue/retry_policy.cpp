#include "queue/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/backoff.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBase = std::chrono::seconds(5);
constexpr milliseconds kCap = std::chrono::hours(6);
constexpr std::array<std::string_view, 4> kSkipReasons{"no_video", "not_media", "empty", "unsupported_media"};

Process Ended(Process process, Status status, Timestamp now) {
    process = Released(std::move(process), now);
    process.status = status;
    process.finished_at = now;
    if (process.failure) {
        process.failure->will_retry = false;
    }
    return process;
}

Process Waiting(Process process, milliseconds delay, Timestamp now) {
    process = Released(std::move(process), now);
    process.next_attempt_at = now + delay;
    if (process.failure) {
        process.failure->will_retry = true;
    }
    return process;
}

Process AfterCrash(Process process, CrashKind crash, Timestamp now) {
    process.alone = true;
    if (crash == CrashKind::kInGroup) {
        return Waiting(std::move(process), milliseconds(0), now);
    }
    if (++process.crashes < kMaxCrashes) {
        const auto delay = BackoffDelay(process.crashes, std::chrono::seconds(1), kCap);
        return Waiting(std::move(process), delay, now);
    }
    process.failure->reason = "poisoned";
    process.failure->message =
        "its processor died three times on this item; last: " + process.failure->message;
    return Ended(std::move(process), Status::kFailed, now);
}

Process TriedAgain(Process process, Timestamp now) {
    if (++process.attempt >= process.max_attempts) {
        return Ended(std::move(process), Status::kFailed, now);
    }
    const auto delay = BackoffDelay(process.attempt, kBase, kCap);
    return Waiting(std::move(process), delay, now);
}

}  // namespace

Process Released(Process process, Timestamp now) {
    process.status = Status::kPending;
    process.since = now;
    process.next_attempt_at = now;
    process.lease_owner = NodeId();
    process.lease_until.reset();
    process.progress = 0;
    process.cancel_requested = false;
    return process;
}

Process AfterFailure(Process process, const Error& error, CrashKind crash, Timestamp now) {
    if (error.code == ErrorCode::kStopped) {
        return Released(std::move(process), now);
    }
    process.failure = Failure{
        .code = std::string(ToString(error.code)),
        .stage = error.stage,
        .reason = error.reason,
        .message = error.message,
        .will_retry = false,
    };
    if (crash != CrashKind::kNone) {
        return AfterCrash(std::move(process), crash, now);
    }
    switch (error.code) {
        case ErrorCode::kThrottled:
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kStorageFull: {
            const auto pause = error.retry_after.value_or(std::chrono::seconds(60));
            return Waiting(std::move(process), pause, now);
        }
        case ErrorCode::kUnavailable:
        case ErrorCode::kInternal:
            return TriedAgain(std::move(process), now);
        case ErrorCode::kCancelled:
            return Ended(std::move(process), Status::kCancelled, now);
        case ErrorCode::kConflict:
            process.failure->reason = "superseded";
            return Ended(std::move(process), Status::kSkipped, now);
        case ErrorCode::kUnsupported: {
            const bool skips = std::ranges::find(kSkipReasons, error.reason) != kSkipReasons.end();
            return Ended(std::move(process), skips ? Status::kSkipped : Status::kFailed, now);
        }
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kForbidden:
        case ErrorCode::kNotFound:
        case ErrorCode::kTooLarge:
        case ErrorCode::kStopped:
            break;
    }
    return Ended(std::move(process), Status::kFailed, now);
}

}  // namespace notify
