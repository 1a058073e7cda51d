#include "queue/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/no_resources.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "sources/objects/faults.hpp"
#include "storage/database_away.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBase = std::chrono::seconds(5);
constexpr milliseconds kCap = std::chrono::hours(6);
constexpr milliseconds kLongest = std::chrono::hours(24);      // some stores ask for years
constexpr milliseconds kPause = std::chrono::seconds(60);      // when the other side did not say how long
constexpr milliseconds kMediaBase = std::chrono::seconds(15);  // an upload ends soon, or in hours
constexpr milliseconds kMediaCap = std::chrono::minutes(15);
constexpr milliseconds kResolveCap = std::chrono::minutes(10);
constexpr int kMaxResolveFailures = 5;
constexpr milliseconds kCrashPause = std::chrono::seconds(1);
constexpr int kRescuesWithoutPause = 2;
constexpr milliseconds kRescueCap = std::chrono::minutes(1);
constexpr std::array<std::string_view, 5> kSkipReasons{
    "no_video", "not_media", "empty", "unsupported_media", kNoRule
};
constexpr std::string_view kSuperseded = "superseded";

Failure FailureOf(const Error& error) {
    return {
        .code = std::string(ToString(error.code)),
        .stage = error.stage,
        .reason = error.reason,
        .message = error.message,
        .will_retry = false,
    };
}

Process WithoutLease(Process process, Status status, Timestamp now) {
    process.status = status;
    process.since = now;
    process.lease_owner = NodeId();
    process.lease_until.reset();
    return process;
}

Process Ended(Process process, Status status, Timestamp now) {
    process = WithoutLease(std::move(process), status, now);
    process.finished_at = now;
    if (process.failure) {
        process.failure->will_retry = false;
    }
    return process;
}

Failure ReplacedFailure() {
    return {
        .code = std::string(ToString(ErrorCode::kConflict)),
        .stage = "queue",
        .reason = std::string(kSuperseded),
        .message = "a newer version of the file replaced it",
        .will_retry = false,
    };
}

/// Ended as somebody asked while it ran.
Process EndedAsAsked(Process process, bool superseded, Timestamp now) {
    if (superseded) {
        process.failure = ReplacedFailure();
        return Ended(std::move(process), Status::kSkipped, now);
    }
    process.failure =
        FailureOf({.code = ErrorCode::kCancelled, .stage = "queue", .message = "it was cancelled"});
    return Ended(std::move(process), Status::kCancelled, now);
}

Process Waiting(Process process, milliseconds delay, Timestamp now) {
    process = WithoutLease(std::move(process), Status::kPending, now);
    process.progress = 0;
    process.next_attempt_at = now + std::min(delay, kLongest);
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
        const auto delay = BackoffDelay(process.crashes, kCrashPause, kCap);
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

/// True when it is the store that is out of order, and not this object in it.
bool IsStoreTrouble(const Error& error) {
    return objects::IsBucketFault(error) ||
           (objects::IsMomentary(error) && error.reason != objects::kWrongAnswer);
}

/// A store's trouble may be with one object for ever: of it nobody is to blame, and it is asked for ever more
/// seldom. That of a whole bucket is waited for by its hold.
Process AfterStoreTrouble(Process process, const Error& error, int pauses, Timestamp now) {
    process.pauses = pauses + 1;
    if (objects::IsBucketFault(error)) {
        return Waiting(std::move(process), error.retry_after.value_or(kPause), now);
    }
    const auto delay = BackoffDelay(process.pauses, kPause, kCap);
    return Waiting(std::move(process), std::max(delay, error.retry_after.value_or(kPause)), now);
}

/// Media is looked for ever more seldom; its source says when it was waited for long enough.
Process AfterMissingMedia(Process process, int pauses, Timestamp now) {
    process.pauses = pauses + 1;
    const auto delay = BackoffDelay(process.pauses, kMediaBase, kMediaCap);
    return Waiting(std::move(process), delay, now);
}

Process AfterError(Process process, const Error& error, Timestamp now) {
    const int pauses = std::exchange(process.pauses, 0);
    if (error.code == ErrorCode::kThrottled && error.reason == objects::kMediaNotReady) {
        return AfterMissingMedia(std::move(process), pauses, now);
    }
    switch (error.code) {
        case ErrorCode::kThrottled:
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kStorageFull:
            return Waiting(std::move(process), error.retry_after.value_or(kPause), now);
        case ErrorCode::kUnavailable:
            if (error.reason == kNoResources) {
                return Waiting(std::move(process), error.retry_after.value_or(kBase), now);
            }
            if (error.reason == kNoChild) {
                return Waiting(std::move(process), error.retry_after.value_or(kPause), now);
            }
            return IsStoreTrouble(error) ? AfterStoreTrouble(std::move(process), error, pauses, now)
                                         : TriedAgain(std::move(process), now);
        case ErrorCode::kInternal:
            return TriedAgain(std::move(process), now);
        case ErrorCode::kCancelled:
            return Ended(std::move(process), Status::kCancelled, now);
        case ErrorCode::kConflict:
            process.failure->reason = kSuperseded;
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

}  // namespace

bool IsSuperseded(const Process& process) {
    return process.failure && process.failure->reason == kSuperseded;
}

Process Superseded(Process process, Timestamp now) {
    if (process.status != Status::kProcessing) {
        return EndedAsAsked(std::move(process), true, now);
    }
    process.cancel_requested = true;
    process.failure = ReplacedFailure();
    return process;
}

Process ObjectGone(Process process, Timestamp now) {
    process.failure = Failure{
        .code = std::string(ToString(ErrorCode::kNotFound)),
        .stage = "queue",
        .reason = std::string(kRemoved),
        .message = std::string(kRemovedSentence),
        .will_retry = false,
    };
    return Ended(std::move(process), Status::kSkipped, now);
}

Process Completed(Process process, const ResultId& result, Timestamp now) {
    process.progress = 1;
    process.result_id = result;
    process.failure.reset();
    return Ended(std::move(process), Status::kCompleted, now);
}

std::optional<milliseconds> ResolveDelay(const Error& error, int failures) {
    switch (error.code) {
        case ErrorCode::kThrottled:
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kStorageFull:
        case ErrorCode::kUnavailable:
        case ErrorCode::kConflict:
        case ErrorCode::kStopped:
            return BackoffDelay(failures, kBase, kResolveCap);
        case ErrorCode::kInternal:
            return failures < kMaxResolveFailures ? std::optional(BackoffDelay(failures, kBase, kResolveCap))
                                                  : std::nullopt;
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kForbidden:
        case ErrorCode::kNotFound:
        case ErrorCode::kTooLarge:
        case ErrorCode::kUnsupported:
        case ErrorCode::kCancelled:
            break;
    }
    return std::nullopt;
}

Process GivenBack(Process process, Timestamp now) {
    if (process.cancel_requested) {
        const bool superseded = IsSuperseded(process);
        return EndedAsAsked(std::move(process), superseded, now);
    }
    return Waiting(std::move(process), milliseconds(0), now);
}

Process Rescued(Process process, Timestamp now) {
    if (++process.rescues <= kRescuesWithoutPause || process.cancel_requested) {
        return GivenBack(std::move(process), now);
    }
    process.alone = true;
    const auto delay = BackoffDelay(process.rescues - kRescuesWithoutPause, kCrashPause, kRescueCap);
    return Waiting(std::move(process), delay, now);
}

Process AfterFailure(Process process, const Error& error, CrashKind crash, Timestamp now) {
    const bool superseded = process.cancel_requested && IsSuperseded(process);
    const bool is_released = error.code == ErrorCode::kStopped ||
                             (error.code == ErrorCode::kUnavailable && error.reason == kDatabaseAway);
    if (is_released && crash == CrashKind::kNone) {
        ++process.releases;
        return GivenBack(std::move(process), now);
    }
    process.failure = FailureOf(error);
    process = crash != CrashKind::kNone ? AfterCrash(std::move(process), crash, now)
                                        : AfterError(std::move(process), error, now);
    if (superseded || (process.cancel_requested && process.status == Status::kPending)) {
        process.finished_at.reset();
        return EndedAsAsked(std::move(process), superseded, now);
    }
    return process;
}

}  // namespace notify
