#include "queue/reaper.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/fault_log.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/node.hpp"
#include "domain/process.hpp"
#include "queue/process_end.hpp"
#include "queue/retry_policy.hpp"
#include "storage/node_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryBeat = std::chrono::seconds(1);

/// Gives held processes back as rescues, and their items their status.
Result<int> Rescue(Transaction& transaction, const std::vector<Process>& processes, Timestamp now) {
    int count = 0;
    for (const auto& process : processes) {
        const auto rescued = Rescued(process, now);
        const auto held = transaction.processes.UpdateHeld(rescued);
        if (!held) {
            return Unexpected(held.error());
        }
        if (!*held) {
            continue;
        }
        const auto done = TellProcess(transaction, rescued, now).and_then([&] {
            return FinishItem(transaction, rescued.item_id, now);
        });
        if (!done) {
            return Unexpected(done.error());
        }
        ++count;
    }
    return count;
}

}  // namespace

Result<int> ResetAfterStart(Storage& storage, Timestamp now) {
    return storage.Write([&](Transaction& transaction) -> Result<int> {
        const auto left = storage.IsSingleNode() ? transaction.processes.AllProcessing()
                                                 : transaction.processes.Expired(now);
        return left ? Rescue(transaction, *left, now) : Unexpected(left.error());
    });
}

Reaper::Reaper(Storage& storage, const Clock& clock, ReaperSettings settings, ReaperCalls calls)
    : storage_(storage), clock_(clock), settings_(std::move(settings)), calls_(std::move(calls)) {}

Reaper::~Reaper() {
    Stop();
}

void Reaper::Start() {
    if (!thread_.joinable()) {
        beat_at_ = Steady::now();
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
        watch_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
    }
}

void Reaper::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
        watch_.request_stop();  // after: work is watched for as long as it may be kept
        watch_.join();
    }
}

ReaperCounts Reaper::Counts() const noexcept {
    return {.rescues = rescues_, .nodes_given_up = nodes_given_up_, .leases_lost = leases_lost_};
}

Result<std::vector<Node>> Reaper::GiveUpWhoIsGone() {
    const auto gone = [&](const auto& view) { return view.nodes.Gone(settings_.node, clock_.Now()); };
    auto seen = storage_.Read(gone);
    if (!seen || seen->empty()) {
        return seen;
    }
    auto given_up = storage_.Write([&](Transaction& transaction) -> Result<std::vector<Node>> {
        auto still = gone(transaction);
        for (std::size_t i = 0; still && i < still->size(); ++i) {
            if (auto left = transaction.nodes.Leave((*still)[i].id); !left) {
                return Unexpected(left.error());
            }
        }
        return still;
    });
    for (std::size_t i = 0; given_up && i < given_up->size(); ++i) {
        const auto& node = (*given_up)[i];
        ++nodes_given_up_;
        Log(LogLevel::kWarn,
            "a node is gone; others take over what it did",
            {{"node", node.name}, {"heard_at", ToRfc3339(node.heard_at)}});
    }
    return given_up;
}

Result<int> Reaper::ReapExpired() {
    if (const auto given_up = GiveUpWhoIsGone(); !given_up) {
        return Unexpected(given_up.error());
    }
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
        rescues_ += *count;
        Log(LogLevel::kWarn, "leases ended, processes given back", {{"count", *count}});
        calls_.reaped();
    }
    return count;
}

Result<void> Reaper::Heartbeat() {
    const auto held = calls_.held();
    const auto cancelled = storage_.Write([&](Transaction& transaction) {
        const auto now = clock_.Now();
        return transaction.nodes.Beat(settings_.node, now).and_then([&] {
            return transaction.processes.Heartbeat(settings_.node, held, now + settings_.lease);
        });
    });
    if (!cancelled) {
        return Unexpected(cancelled.error());
    }
    for (const auto& hold : *cancelled) {
        calls_.cancel(hold.process_id);
    }
    return {};
}

/// Local timers are monotonic. Leases are of a clock that may jump (a single node's is the machine's): when
/// it did, they are extended before it is looked whose are over.
void Reaper::Loop(const std::stop_token& stop) {
    auto next_beat = Steady::now();
    auto next_reap = next_beat;
    auto beat_at = clock_.Now();  // the last one, whether it got through
    FaultLog beats(LogLevel::kWarn, "leases not extended", "leases are extended again");
    FaultLog looks(LogLevel::kWarn, "leases not looked at", "leases are looked at again");
    while (!stop.stop_requested()) {
        // before the call: the lease counts from a moment that is not later than the database's
        const auto now = Steady::now();
        const auto since_beat = clock_.Now() - beat_at;
        if (now >= next_beat || since_beat >= settings_.heartbeat || since_beat < milliseconds(0)) {
            beat_at = clock_.Now();
            const auto beat = Heartbeat();
            if (beat) {
                CountFrom(now);
            } else {
                StopWhenLate();
            }
            next_beat = now + std::min(settings_.heartbeat, beat ? settings_.heartbeat : kRetryBeat);
            beats.Note(beat);
        }
        if (now >= next_reap) {
            next_reap = now + settings_.reap;
            looks.Note(ReapExpired().map([](int) {}));
        }
        SleepFor(std::min(next_beat, next_reap) - Steady::now(), stop);
    }
}

void Reaper::Watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto ends = beat_at_.load() + (settings_.lease - settings_.margin);
        const auto now = Steady::now();
        if (now < ends) {
            SleepFor(ends - now, stop);
            if (Steady::now() - ends > kRetryBeat) {
                SleepFor(kRetryBeat, stop);  // the whole process stood still: first the beat that is due
            }
        }
        StopWhenLate();
    }
}

/// Once for each time: whoever notices it first.
void Reaper::StopWhenLate() {
    auto beat = beat_at_.load();
    const auto now = Steady::now();
    if (now >= beat + (settings_.lease - settings_.margin) && beat_at_.compare_exchange_strong(beat, now)) {
        ++leases_lost_;
        calls_.lost();
    }
}

/// A beat that took so long that work was stopped meanwhile began before that.
void Reaper::CountFrom(Steady::time_point beat) noexcept {
    auto known = beat_at_.load();
    while (known < beat && !beat_at_.compare_exchange_weak(known, beat)) {
    }
}

}  // namespace notify
