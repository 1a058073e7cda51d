#include "sources/iconik/budget.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "sources/access.hpp"
#include "sources/objects/answers.hpp"

namespace notify::iconik {

namespace {

using std::chrono::milliseconds;

constexpr int kPlenty = 200;
constexpr milliseconds kShortest{25};
constexpr milliseconds kLongest{500};
constexpr milliseconds kApart = milliseconds(1000) / kMostRequestsPerSecond;
constexpr int kAside = 4;  // what can wait takes one turn of so many
constexpr milliseconds kProbeEvery = std::chrono::minutes(1);

}  // namespace

milliseconds PauseAt(int remaining) noexcept {
    if (remaining >= kPlenty) {
        return milliseconds(0);
    }
    return std::clamp(kShortest * kPlenty / std::max(remaining, 1), kShortest, kLongest);
}

Result<void> RateBudget::Await(int nodes, const std::stop_token& stop) {
    return AwaitTurn(next_, nodes, 1, stop);
}

Result<void> RateBudget::AwaitAside(int nodes, const std::stop_token& stop) {
    return AwaitTurn(next_aside_, nodes, kAside, stop).and_then([&] { return Await(nodes, stop); });
}

/// `apart`: how many pauses lie between two turns.
Result<void> RateBudget::AwaitTurn(Turn& next, int nodes, int apart, const std::stop_token& stop) {
    milliseconds wait{0};
    {
        const std::scoped_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const auto begin = std::max(next, now);
        next = begin + apart * std::max(pause_, kApart * std::max(nodes, 1));
        wait = std::chrono::ceil<milliseconds>(begin - now);
    }
    if (wait > milliseconds(0) && !SleepFor(wait, stop)) {
        return Fail(ErrorCode::kStopped, "the request was stopped");
    }
    return {};
}

void RateBudget::Note(const HttpResponse& response) {
    const auto remaining = objects::WholeNumber(response.Header("ratelimit-remaining"));
    if (remaining) {
        const std::scoped_lock lock(mutex_);
        pause_ = PauseAt(static_cast<int>(std::min<std::uint64_t>(*remaining, kPlenty)));
    }
}

RateBudget& RateBudgets::Of(const std::string& base_url, const std::string& app_id) {
    const std::scoped_lock lock(mutex_);
    return budgets_.try_emplace(std::pair(base_url, app_id)).first->second;
}

std::optional<Secret> RefusedCredentials::Last() const {
    const std::scoped_lock lock(mutex_);
    return refused_;
}

bool RefusedCredentials::MayTry(const Secret& secret) {
    const std::scoped_lock lock(mutex_);
    if (refused_ != secret) {
        return true;
    }
    const auto now = clock_.Now();
    if (now - tried_at_ < kProbeEvery) {
        return false;
    }
    tried_at_ = now;
    return true;
}

void RefusedCredentials::Refuse(const Secret& secret) {
    const std::scoped_lock lock(mutex_);
    refused_ = secret;
    tried_at_ = clock_.Now();
}

void RefusedCredentials::Accept(const Secret& secret) {
    const std::scoped_lock lock(mutex_);
    if (refused_ == secret) {
        refused_.reset();
    }
}

}  // namespace notify::iconik
