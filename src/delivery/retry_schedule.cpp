#include "delivery/retry_schedule.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"

namespace notify {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<milliseconds, kMaxTries - 1> kDelays{
    seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)
};

constexpr double kJitter = 0.2;

/// How long a delivery waits when the reason is ours: no room, or throttled before anything was sent.
constexpr minutes kOwnTrouble{1};

Delivery LetGo(Delivery delivery) {
    delivery.lease_owner = NodeId();
    delivery.lease_until.reset();
    return delivery;
}

}  // namespace

std::optional<milliseconds> RetryDelay(int attempt) {
    if (attempt < 1 || attempt >= kMaxTries) {
        return std::nullopt;
    }
    const auto delay = static_cast<double>(kDelays.at(static_cast<std::size_t>(attempt) - 1).count());
    return milliseconds(static_cast<std::int64_t>(delay * RandomBetween(1.0 - kJitter, 1.0 + kJitter)));
}

Delivery AfterFailure(
    Delivery delivery, std::string_view sentence, Timestamp now, std::optional<milliseconds> retry_after
) {
    const auto delay = RetryDelay(delivery.attempt);
    if (!delay) {
        return Ended(std::move(delivery), Status::kFailed, sentence, now);
    }
    const auto asked = std::min<milliseconds>(retry_after.value_or(milliseconds(0)), kLongestRetryAfter);
    auto row = LetGo(std::move(delivery));
    row.status = Status::kPending;
    row.next_attempt_at = now + std::max(*delay, asked);
    row.last_error = sentence;
    return row;
}

Delivery AfterError(Delivery delivery, const Error& error, Timestamp now) {
    switch (error.code) {
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kNotFound:
        case ErrorCode::kTooLarge:
        case ErrorCode::kUnsupported:
            return Ended(std::move(delivery), Status::kFailed, error.message, now);
        case ErrorCode::kCancelled:
            return Ended(std::move(delivery), Status::kCancelled, error.message, now);
        case ErrorCode::kStopped:
            return Released(std::move(delivery), error.message, now);
        case ErrorCode::kStorageFull:
        case ErrorCode::kThrottled:
        case ErrorCode::kUnauthenticated:
            return Released(
                std::move(delivery),
                error.message,
                now + std::max<milliseconds>(error.retry_after.value_or(kOwnTrouble), kOwnTrouble)
            );
        case ErrorCode::kForbidden:
        case ErrorCode::kConflict:
        case ErrorCode::kUnavailable:
        case ErrorCode::kInternal:
            break;
    }
    return AfterFailure(std::move(delivery), error.message, now, error.retry_after);
}

Delivery Released(Delivery delivery, std::string_view sentence, Timestamp at) {
    auto row = LetGo(std::move(delivery));
    row.status = Status::kPending;
    row.attempt = std::max(row.attempt - 1, 0);
    row.next_attempt_at = at;
    row.last_error = sentence;
    return row;
}

Delivery Ended(Delivery delivery, Status status, std::string_view sentence, Timestamp now) {
    auto row = LetGo(std::move(delivery));
    row.status = status;
    row.last_error = sentence;
    row.finished_at = now;
    return row;
}

}  // namespace notify
