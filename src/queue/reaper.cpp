#include "queue/reaper.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "queue/retry_policy.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"

namespace notify {

namespace {

/// Gives held processes back as rescues, and their items their status.
Result<int> Rescue(Transaction& transaction, const std::vector<Process>& processes, Timestamp now) {
    int count = 0;
    for (const auto& process : processes) {
        auto released = Released(process, now);
        ++released.rescues;
        const auto held = transaction.processes.UpdateHeld(released, process.fence);
        const auto item =
            held ? RefreshItem(transaction, process.item_id, now) : Result<Item>(Unexpected(held.error()));
        if (!item) {
            return Unexpected(item.error());
        }
        count += *held ? 1 : 0;
    }
    return count;
}

}  // namespace

Result<int> ResetProcessing(Storage& storage, Timestamp now) {
    return storage.Write([&](Transaction& transaction) -> Result<int> {
        const auto processing = transaction.processes.AllProcessing();
        return processing ? Rescue(transaction, *processing, now) : Unexpected(processing.error());
    });
}

Reaper::Reaper(
    Storage& storage,
    const Clock& clock,
    JobRunner& runner,
    ReaperSettings settings,
    std::function<void()> lost,
    std::function<void()> reaped
)
    : storage_(storage),
      clock_(clock),
      runner_(runner),
      settings_(std::move(settings)),
      lost_(std::move(lost)),
      reaped_(std::move(reaped)) {}

Reaper::~Reaper() {
    Stop();
}

void Reaper::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Reaper::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<int> Reaper::ReapExpired() {
    const auto expired =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.processes.Expired(clock_.Now()); });
    if (!expired || expired->empty()) {
        return expired.map([](const auto&) { return 0; });
    }
    auto count = storage_.Write([&](Transaction& transaction) -> Result<int> {
        const auto now = clock_.Now();
        const auto still = transaction.processes.Expired(now);
        return still ? Rescue(transaction, *still, now) : Unexpected(still.error());
    });
    if (count && *count > 0) {
        Log(LogLevel::kWarn, "leases ended, processes given back", {{"count", *count}});
        reaped_();
    }
    return count;
}

Result<void> Reaper::Heartbeat() {
    const auto cancelled = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.Heartbeat(settings_.node, clock_.Now(), settings_.lease);
    });
    if (!cancelled) {
        return Unexpected(cancelled.error());
    }
    for (const auto& hold : *cancelled) {
        runner_.CancelProcess(hold.process_id);
    }
    return {};
}

/// Local timers are monotonic: a jump of the wall clock neither loses nor prolongs a lease.
void Reaper::Loop(const std::stop_token& stop) {
    using Steady = std::chrono::steady_clock;
    auto last_beat = Steady::now();
    auto next_beat = last_beat;
    std::mutex mutex;
    std::condition_variable_any sleeps;
    while (!stop.stop_requested()) {
        if (Steady::now() >= next_beat) {
            if (const auto beat = Heartbeat()) {
                last_beat = Steady::now();
                next_beat = last_beat + settings_.heartbeat;
            } else {
                Log(LogLevel::kWarn, "leases not extended", {{"error", beat.error().message}});
                next_beat = Steady::now() + std::chrono::seconds(1);
            }
        }
        if (Steady::now() - last_beat > settings_.lease - settings_.margin) {
            lost_();
            last_beat = Steady::now();
        }
        if (const auto reaped = ReapExpired(); !reaped) {
            Log(LogLevel::kWarn, "leases not looked at", {{"error", reaped.error().message}});
        }
        std::unique_lock lock(mutex);
        sleeps.wait_for(lock, stop, std::min<Steady::duration>(settings_.reap, std::chrono::seconds(1)), [] {
            return false;
        });
    }
}

}  // namespace notify
