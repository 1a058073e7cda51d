#include "queue/worker_pool.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/failpoint.hpp"
#include "core/fault_log.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "queue/claim_waits.hpp"
#include "queue/worker.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};         // how long a missed nudge or a due retry may wait
constexpr std::chrono::milliseconds kLongestWait{1000};  // of what was claimed ahead

Result<void> TellStarted(Transaction& transaction, const Process& process, Timestamp now) {
    return transaction.events
        .Append({
            .id = EventId(MakeId("msg")),
            .type = "process.started",
            .subject = process.item_id.Value(),
            .dedup_key = fmt::format("{}:started:{}", process.id.Value(), process.fence),
            .at = now,
            .data = ToJsonText(
                boost::json::object{
                    {"item", process.item_id.Value()},
                    {"process", process.id.Value()},
                    {"processor", process.processor}
                }
            ),
        })
        .map([](bool) {});
}

}  // namespace

WorkerPool::WorkerPool(
    Storage& storage,
    const Clock& clock,
    Worker& worker,
    WorkerPoolSettings settings,
    std::function<void()> claimed
)
    : storage_(storage),
      clock_(clock),
      worker_(worker),
      settings_(std::move(settings)),
      claimed_(std::move(claimed)) {}

WorkerPool::~WorkerPool() {
    Stop(std::chrono::milliseconds(0));
}

void WorkerPool::Start() {
    if (claimer_.joinable()) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        running_.emplace();
    }
    for (int i = 0; i < settings_.workers; ++i) {
        workers_.emplace_back([this](const std::stop_token& stop) { WorkLoop(stop); });
    }
    claimer_ = std::jthread([this](const std::stop_token& stop) { ClaimLoop(stop); });
}

void WorkerPool::Stop(std::chrono::milliseconds grace) {
    if (!claimer_.joinable()) {
        return;
    }
    claimer_.request_stop();
    claimer_.join();
    {
        std::unique_lock lock(mutex_);
        claimer_wakes_.wait_for(lock, grace, [this] { return busy_ == 0 && waiting_.empty(); });
        running_->request_stop();
    }
    for (auto& worker : workers_) {
        worker.request_stop();
    }
    workers_.clear();
}

int WorkerPool::Busy() {
    const std::scoped_lock lock(mutex_);
    return busy_;
}

ClaimWaits WorkerPool::Waits() {
    const std::scoped_lock lock(mutex_);
    return waits_;
}

void WorkerPool::StopRunning() {
    const std::scoped_lock lock(mutex_);
    if (running_) {
        running_->request_stop();
        running_.emplace();
    }
}

void WorkerPool::Nudge() {
    {
        const std::scoped_lock lock(mutex_);
        nudged_ = true;
    }
    claimer_wakes_.notify_all();
}

/// How many items to claim now. Ahead only in batches: a claim of one item costs as much as one of many.
int WorkerPool::Wanted() {
    const std::scoped_lock lock(mutex_);
    const int ahead = pace_.Ahead(std::chrono::steady_clock::now());
    const int waiting = static_cast<int>(waiting_.size());
    return waiting > ahead / 2 ? 0 : settings_.workers + ahead - busy_ - waiting;
}

/// What was claimed ahead and then had to wait, because the workers met something long, is for others.
void WorkerPool::GiveBackWhatWaits() {
    std::vector<ClaimedItem> late;
    {
        const std::scoped_lock lock(mutex_);
        const auto since = std::chrono::steady_clock::now() - kLongestWait;
        while (!waiting_.empty() && waiting_.back().since < since) {
            late.push_back(std::move(waiting_.back().claim));
            waiting_.pop_back();
        }
    }
    std::stop_source stopped;
    static_cast<void>(stopped.request_stop());
    for (auto& claim : late) {
        worker_.Run(std::move(claim), stopped.get_token());
    }
}

Result<std::vector<ClaimedItem>> WorkerPool::Claim(int max) {
    return storage_.Write([&](Transaction& transaction) -> Result<std::vector<ClaimedItem>> {
        const auto now = clock_.Now();
        auto claims = transaction.processes.Claim(settings_.node, max, now, settings_.lease);
        if (!claims) {
            return claims;
        }
        for (auto& claim : *claims) {
            auto item = RefreshItem(transaction, claim.item.id, now);
            if (!item) {
                return Unexpected(item.error());
            }
            claim.item = std::move(*item);
            for (const auto& process : claim.processes) {
                if (auto told = TellStarted(transaction, process, now); !told) {
                    return Unexpected(told.error());
                }
            }
        }
        return claims;
    });
}

void WorkerPool::ClaimLoop(const std::stop_token& stop) {
    FaultLog faults(LogLevel::kWarn, "nothing could be claimed", "work is claimed again");
    while (!stop.stop_requested()) {
        GiveBackWhatWaits();
        const int wanted = Wanted();
        auto claims =
            wanted > 0 ? Claim(wanted) : Result<std::vector<ClaimedItem>>(std::vector<ClaimedItem>());
        faults.Note(claims.map([](const auto&) {}));
        const bool any = claims && !claims->empty();
        std::unique_lock lock(mutex_);
        if (any) {
            for (auto& claim : *claims) {
                worker_.Hold(claim);
                for (const auto& process : claim.processes) {
                    waits_.Add(
                        process.started_at.value_or(process.next_attempt_at) - process.next_attempt_at
                    );
                }
                waiting_.push_back(
                    {.claim = std::move(claim),
                     .stop = running_->get_token(),
                     .since = std::chrono::steady_clock::now()}
                );
            }
            workers_wake_.notify_all();
            lock.unlock();
            FailPoint("claimed");
            claimed_();
            continue;
        }
        claimer_wakes_.wait_for(lock, stop, kPoll, [this] { return nudged_; });
        nudged_ = false;
    }
}

void WorkerPool::WorkLoop(const std::stop_token& stop) {
    while (true) {
        std::unique_lock lock(mutex_);
        workers_wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        auto [claim, running, since] = std::move(waiting_.front());
        waiting_.pop_front();
        ++busy_;
        lock.unlock();
        worker_.Run(std::move(claim), running);
        lock.lock();
        --busy_;
        pace_.Ended(std::chrono::steady_clock::now());
        nudged_ = true;
        lock.unlock();
        claimer_wakes_.notify_all();
    }
}

}  // namespace notify
