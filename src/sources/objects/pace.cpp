#include "sources/objects/pace.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "sources/objects/faults.hpp"

namespace notify::objects {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestAsked = std::chrono::minutes(15);
constexpr std::uint64_t kProgressThatCounts = 64U << 10U;

milliseconds Times(milliseconds duration, double factor) {
    return milliseconds(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

milliseconds RetryPause(const RetryLimits& limits, int attempt, std::optional<milliseconds> asked) {
    const double doublings = std::clamp(attempt - 1, 0, 30);
    const auto most = std::min(
        static_cast<double>(limits.longest_pause.count()),
        static_cast<double>(limits.first_pause.count()) * std::exp2(doublings)
    );
    const auto jittered = milliseconds(static_cast<std::int64_t>(most * RandomBetween(0.0, 1.0)));
    return std::max(jittered, asked.value_or(milliseconds(0)));
}

/// One attempt, when its turn has come.
Attempt Pace::Make(const std::function<Attempt()>& attempt, const std::stop_token& stop) {
    if (const auto waited = AwaitTurn(stop); !waited) {
        return {.answer = Unexpected(waited.error())};
    }
    const auto turn = allowance_.Enter(stop);
    return turn ? attempt() : Attempt{.answer = Unexpected(turn.error())};
}

Result<HttpResponse> Pace::Persist(const std::function<Attempt()>& attempt, const std::stop_token& stop) {
    std::uint64_t progress = 0;
    for (int number = 1;; ++number) {
        auto made = Make(attempt, stop);
        if (made.progress >= progress + kProgressThatCounts) {
            progress = made.progress;
            number = 1;
            SpeedUp();  // much of an answer is a good answer
        }
        if (made.answer) {
            SpeedUp();
            return std::move(made.answer);
        }
        if (made.corrected) {
            continue;
        }
        if (const auto waited = AwaitRetry(made.answer.error(), number, stop); !waited) {
            return Unexpected(waited.error());
        }
    }
}

/// Waits until what failed with `fault` is tried again; the fault when it is not to be.
Result<void> Pace::AwaitRetry(const Error& fault, int attempt, const std::stop_token& stop) {
    if (fault.reason == kSlowDown) {
        SlowDown(fault.retry_after);
    }
    // for an endpoint or a proxy that refuses connections the delay is the caller's, between one call and the
    // next
    const bool unanswered = fault.reason == kUnreachable || fault.reason == kProxyFailed;
    const auto asked = unanswered ? std::nullopt : fault.retry_after;
    const bool too_long = asked.value_or(milliseconds(0)) > limits_.longest_pause;
    if (!IsMomentary(fault) || too_long || attempt >= limits_.attempts || !TakeRetry()) {
        return Unexpected(fault);
    }
    if (!SleepFor(RetryPause(limits_, attempt, asked), stop)) {
        return Fail(ErrorCode::kStopped, "the request was stopped");
    }
    return {};
}

TakeBody Pace::Receiver(const TakeBody& own, std::string& kept, std::size_t most, std::stop_token stop) {
    return [this, &own, &kept, most, stop = std::move(stop)](
               const HttpResponse& response, std::string_view bytes
           ) -> Result<void> {
        if (const auto paced = allowance_.Took(bytes.size(), stop); !paced) {
            return paced;
        }
        if (own && response.status / 100 == 2) {
            return own(response, bytes);
        }
        if (kept.size() + bytes.size() > most) {
            return Unexpected(LastingFault(
                ErrorCode::kUnavailable,
                kNotAStore,
                "the answer is larger than any of a store: check the endpoint and what stands before it"
            ));
        }
        kept += bytes;
        return {};
    };
}

Result<void> Pace::AwaitTurn(const std::stop_token& stop) {
    milliseconds left{0};
    {
        const std::scoped_lock lock(mutex_);
        left = std::chrono::ceil<milliseconds>(not_before_ - std::chrono::steady_clock::now());
    }
    if (left > limits_.longest_pause) {
        auto error = Fault(ErrorCode::kThrottled, kSlowDown, "the store asked for a pause that is not over");
        error.retry_after = left;
        return Unexpected(error);
    }
    if (left > milliseconds(0) && !SleepFor(left, stop)) {
        return Fail(ErrorCode::kStopped, "the request was stopped");
    }
    return {};
}

bool Pace::TakeRetry() {
    const std::scoped_lock lock(mutex_);
    if (retries_ == 0) {
        return false;
    }
    --retries_;
    return true;
}

void Pace::SlowDown(std::optional<milliseconds> asked) {
    const std::scoped_lock lock(mutex_);
    pause_ = std::clamp(pause_ * 2, limits_.first_pause / 2, limits_.longest_pause);
    const auto wanted = std::min<milliseconds>(asked.value_or(milliseconds(0)), kLongestAsked);
    const auto pause = std::max(Times(pause_, RandomBetween(0.0, 1.0)), wanted);
    not_before_ = std::max(not_before_, std::chrono::steady_clock::now() + pause);
}

void Pace::SpeedUp() {
    const std::scoped_lock lock(mutex_);
    pause_ /= 2;
    retries_ = std::min(retries_ + 1, kMostRetries);
}

}  // namespace notify::objects
