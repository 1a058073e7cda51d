#include "delivery/dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/webhooks/sender.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReleaseInterval = std::chrono::seconds(5);
constexpr int kMostClaimed = 1024;
constexpr int kCommitTries = 5;
constexpr milliseconds kCommitPause{200};

void LogOutcome(const Delivery& row, const std::optional<DeliveryAttempt>& attempt) {
    const std::string_view kind = row.kind == DeliveryKind::kWebhook ? "webhook" : "publication";
    if (row.status == Status::kCompleted) {
        Log(LogLevel::kInfo,
            "delivery completed",
            {{"delivery", row.id.Value()},
             {"kind", kind},
             {"attempt", row.attempt},
             {"ms", attempt ? attempt->duration.count() : 0}});
    } else if (row.status == Status::kPending) {
        Log(attempt ? LogLevel::kWarn : LogLevel::kDebug,
            "delivery waits",
            {{"delivery", row.id.Value()},
             {"kind", kind},
             {"attempt", row.attempt},
             {"next", ToRfc3339(row.next_attempt_at)},
             {"reason", row.last_error}});
    } else {
        Log(row.status == Status::kSkipped ? LogLevel::kInfo : LogLevel::kWarn,
            "delivery ended",
            {{"delivery", row.id.Value()},
             {"kind", kind},
             {"status", ToString(row.status)},
             {"reason", row.last_error}});
    }
}

}  // namespace

Dispatcher::Dispatcher(
    Storage& storage,
    const Clock& clock,
    WebhookSender& webhooks,
    ResultPublisher& publisher,
    DispatcherSettings settings
)
    : storage_(storage),
      clock_(clock),
      webhooks_(webhooks),
      publisher_(publisher),
      settings_(std::move(settings)) {}

Dispatcher::~Dispatcher() {
    Stop();
}

void Dispatcher::Start() {
    if (claimer_.joinable()) {
        return;
    }
    GiveBackExpired(storage_.IsSingleNode());
    stop_ = std::stop_source();
    claimer_ = std::jthread([this, stop = stop_.get_token()] { Claim(stop); });
}

void Dispatcher::Stop() {
    stop_.request_stop();
    claimer_ = {};
    std::unique_lock lock(mutex_);
    auto senders = std::exchange(senders_, {});
    lock.unlock();
    senders.clear();
    lanes_.clear();
    const auto waiting = std::exchange(waiting_, {});
    if (waiting.empty()) {
        return;
    }
    const auto released = storage_.Write([&](Transaction& transaction) -> Result<void> {
        for (const auto& delivery : waiting) {
            const auto row = Released(delivery, "the service stopped", clock_.Now());
            if (auto held = transaction.deliveries.Finish(row, delivery.fence, {}); !held) {
                return Unexpected(held.error());
            }
        }
        return {};
    });
    if (!released) {  // their leases end
        Log(LogLevel::kWarn, "deliveries were not given back", {{"reason", released.error().message}});
    }
}

void Dispatcher::Nudge() {
    const std::scoped_lock lock(mutex_);
    nudged_ = true;
    claimer_wakes_.notify_one();
}

int Dispatcher::PerEndpoint() const {
    return std::clamp(settings_.senders - 1, 1, std::max(settings_.per_endpoint, 1));
}

int Dispatcher::Room() {
    const std::scoped_lock lock(mutex_);
    nudged_ = false;
    return kMostClaimed - busy_ - static_cast<int>(waiting_.size());
}

std::deque<Delivery>::iterator Dispatcher::Next() {
    return std::ranges::find_if(waiting_, [this](const Delivery& delivery) {
        return lanes_[delivery.endpoint_id].busy < PerEndpoint();
    });
}

Delivery Dispatcher::TakeNext() {
    const auto next = Next();
    auto delivery = std::move(*next);
    waiting_.erase(next);
    auto& lane = lanes_[delivery.endpoint_id];
    --lane.waiting;
    ++lane.busy;
    ++busy_;
    if (lane.waiting == settings_.ahead / 2 || lane.waiting == 0) {
        nudged_ = true;
        claimer_wakes_.notify_one();
    }
    return delivery;
}

void Dispatcher::Done(const Delivery& delivery) {
    --busy_;
    const auto lane = lanes_.find(delivery.endpoint_id);
    --lane->second.busy;
    // a publication may have kept others of its object from being claimed
    if (lane->second.waiting + lane->second.busy == 0 || delivery.kind == DeliveryKind::kPublication) {
        nudged_ = true;
        claimer_wakes_.notify_one();
    }
    if (lane->second.waiting + lane->second.busy == 0) {
        lanes_.erase(lane);
    }
}

/// Each that takes something wakes the next, while there is something.
void Dispatcher::WakeASender(const std::stop_token& stop) {
    if (stop.stop_requested() || Next() == waiting_.end()) {
        return;
    }
    if (idle_ > 0) {
        senders_wake_.notify_one();
    } else if (std::cmp_less(senders_.size(), std::max(settings_.senders, 1))) {
        senders_.emplace_back([this, stop] { Send(stop); });
    }
}

void Dispatcher::GiveBackExpired(bool all) {
    const auto released = storage_.Write([&](Transaction& transaction) {
        return transaction.deliveries.Release(clock_.Now(), all);
    });
    if (!released) {
        Log(LogLevel::kWarn, "deliveries were not given back", {{"reason", released.error().message}});
    } else if (*released > 0) {
        Log(LogLevel::kInfo, "deliveries given back", {{"count", *released}});
    }
}

milliseconds Dispatcher::ClaimOnce(int room, const std::stop_token& stop) {
    const auto now = clock_.Now();
    const auto next =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.deliveries.NextReadyAt(now); });
    if (!next || !*next) {
        return settings_.poll;
    }
    if (**next > now) {
        return std::min(settings_.poll, **next - now);
    }
    auto claimed = storage_.Write([&](Transaction& transaction) {
        return transaction.deliveries.Claim(settings_.node, room, settings_.ahead, now, settings_.lease);
    });
    if (!claimed) {
        Log(LogLevel::kWarn, "deliveries were not claimed", {{"reason", claimed.error().message}});
        return settings_.poll;
    }
    const std::scoped_lock lock(mutex_);
    for (auto& delivery : *claimed) {
        ++lanes_[delivery.endpoint_id].waiting;
        waiting_.push_back(std::move(delivery));
    }
    WakeASender(stop);
    return settings_.poll;
}

void Dispatcher::Claim(const std::stop_token& stop) {
    auto released_at = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        if (std::chrono::steady_clock::now() - released_at >= kReleaseInterval) {
            released_at = std::chrono::steady_clock::now();
            GiveBackExpired(false);
        }
        const int room = Room();
        const auto sleep = room > 0 ? ClaimOnce(room, stop) : settings_.poll;
        std::unique_lock lock(mutex_);
        claimer_wakes_.wait_for(lock, stop, sleep, [this] { return nudged_; });
    }
}

void Dispatcher::Send(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        const bool work = senders_wake_.wait(lock, stop, [this] { return Next() != waiting_.end(); });
        --idle_;
        if (!work || stop.stop_requested()) {
            return;
        }
        const auto delivery = TakeNext();
        WakeASender(stop);
        lock.unlock();
        const auto outcome = delivery.kind == DeliveryKind::kWebhook ? webhooks_.Deliver(delivery, stop)
                                                                     : publisher_.Deliver(delivery, stop);
        Commit(delivery, outcome, stop);
        lock.lock();
        Done(delivery);
    }
}

void Dispatcher::Commit(const Delivery& delivery, const Outcome& outcome, const std::stop_token& stop) {
    for (int left = kCommitTries; left > 0;) {
        const auto written = storage_.Write([&](Transaction& transaction) -> Result<Delivery> {
            auto row = outcome.settle(transaction);
            if (!row) {
                return row;
            }
            const auto held = transaction.deliveries.Finish(*row, delivery.fence, outcome.attempt);
            if (!held) {
                return Unexpected(held.error());
            }
            return *held ? row : Fail(ErrorCode::kConflict, "another owner took the delivery over");
        });
        if (written) {
            return LogOutcome(*written, outcome.attempt);
        }
        Log(LogLevel::kWarn,
            "delivery's outcome was not written",
            {{"delivery", delivery.id.Value()}, {"reason", written.error().message}});
        // a database that is away or full is waited for: left alone the delivery would be sent again, and not
        // before its lease ends
        const auto code = written.error().code;
        left -= code == ErrorCode::kUnavailable || code == ErrorCode::kStorageFull ? 0 : 1;
        if (code == ErrorCode::kConflict || storage_.IsGivenUp() || !SleepFor(kCommitPause, stop)) {
            return;
        }
    }
}

}  // namespace notify
