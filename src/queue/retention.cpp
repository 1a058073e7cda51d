#include "queue/retention.hpp"

#include <array>
#include <chrono>
#include <iterator>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/ids.hpp"
#include "domain/retention.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/old_rows.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr int kToldBatch = 1000;  // rows
constexpr int kBatch = 200;       // items or runs, each of which has a few rows
constexpr int kPauses = 4;        // for each time a batch took
constexpr auto kInterval = std::chrono::hours(1);

/// Until when something must have been over to be old.
struct Before {
    Timestamp told;
    OldBefore over;
    Timestamp history;
};

/// What a batch removed, and where the next one goes on; nothing when there is no more.
struct Batch {
    RemovedRows removed;
    std::optional<OldPlace> next;
};

Timestamp Ago(std::chrono::days keep, Timestamp now) {
    return keep > std::chrono::days(0) ? now - keep : Timestamp();
}

bool KeepsAll(const RetentionPeriods& periods) {
    constexpr std::chrono::days kForEver{0};
    return periods.told == kForEver && periods.done == kForEver && periods.failed == kForEver &&
           periods.history == kForEver;
}

Result<Batch> RemoveTold(Transaction& transaction, const Before& before, const OldPlace& /*from*/) {
    const auto deliveries = transaction.deliveries.RemoveOld(before.told, kToldBatch);
    const auto events = transaction.events.RemoveOld(before.told, kToldBatch);
    const auto dead_messages = transaction.dead_messages.RemoveOld(before.told, kToldBatch);
    for (const auto* rows : {&deliveries, &events, &dead_messages}) {
        if (!*rows) {
            return Unexpected(rows->error());
        }
    }
    const RemovedRows removed{.events = *events, .deliveries = *deliveries, .dead_messages = *dead_messages};
    return Batch{.removed = removed, .next = All(removed) > 0 ? std::optional(OldPlace()) : std::nullopt};
}

/// What processes that were forgotten had found goes, too, unless something else refers to it. `found`: of
/// each of them.
Result<RemovedRows> ForgetFound(Transaction& transaction, std::vector<ResultId> found) {
    const auto processes = std::ssize(found);
    std::erase_if(found, [](const ResultId& id) { return id.IsEmpty(); });
    return transaction.results.ForgetUnused(found).map([&](int results) {
        return RemovedRows{.processes = processes, .results = results};
    });
}

Result<RemovedRows> ForgetItems(Transaction& transaction, const std::vector<ItemId>& ids) {
    const auto runs = transaction.processes.OfItems(ids);
    if (!runs) {
        return Unexpected(runs.error());
    }
    std::vector<ProcessId> run_ids;
    for (const auto& [item, of_item] : *runs) {
        for (const auto& run : of_item) {
            run_ids.push_back(run.id);
        }
    }
    auto found = transaction.processes.Forget(run_ids);
    const auto items = found ? transaction.items.Forget(ids) : Unexpected(found.error());
    if (!items) {
        return Unexpected(items.error());
    }
    return ForgetFound(transaction, *std::move(found)).map([&](RemovedRows removed) {
        removed.items = *items;
        return removed;
    });
}

Result<Batch> RemoveLeft(Transaction& transaction, const Before& before, const OldPlace& from) {
    const auto old = transaction.items.Left(before.over, from, kBatch);
    if (!old) {
        return Unexpected(old.error());
    }
    return ForgetItems(transaction, old->rows).map([&](const RemovedRows& removed) {
        return Batch{.removed = removed, .next = old->next};
    });
}

Result<Batch> RemoveFollowed(Transaction& transaction, const Before& before, const OldPlace& from) {
    const auto old = transaction.processes.Followed(before.over, from, kBatch);
    if (!old) {
        return Unexpected(old.error());
    }
    auto found = transaction.processes.Forget(old->rows);
    if (!found) {
        return Unexpected(found.error());
    }
    return ForgetFound(transaction, *std::move(found)).map([&](const RemovedRows& removed) {
        return Batch{.removed = removed, .next = old->next};
    });
}

Result<Batch> RemoveHistory(Transaction& transaction, const Before& before, const OldPlace& from) {
    const auto old = transaction.items.PastChanges(before.history, from, kBatch);
    if (!old) {
        return Unexpected(old.error());
    }
    return transaction.items.ForgetChanges(old->rows).map([&](int removed) {
        return Batch{.removed = {.changes = removed}, .next = old->next};
    });
}

Result<Batch> CountTold(const Snapshot& snapshot, const Before& before, const OldPlace& /*from*/) {
    const auto deliveries = snapshot.deliveries.CountOld(before.told);
    const auto events = snapshot.events.CountOld(before.told);
    const auto dead_messages = snapshot.dead_messages.CountOld(before.told);
    for (const auto* rows : {&deliveries, &events, &dead_messages}) {
        if (!*rows) {
            return Unexpected(rows->error());
        }
    }
    return Batch{
        .removed = {.events = *events, .deliveries = *deliveries, .dead_messages = *dead_messages}, .next = {}
    };
}

Result<Batch> CountLeft(const Snapshot& snapshot, const Before& before, const OldPlace& from) {
    const auto old = snapshot.items.Left(before.over, from, kBatch);
    const auto runs = old ? snapshot.processes.OfItems(old->rows) : Unexpected(old.error());
    if (!runs) {
        return Unexpected(runs.error());
    }
    Batch batch{.removed = {.items = std::ssize(old->rows)}, .next = old->next};
    for (const auto& [item, of_item] : *runs) {
        batch.removed.processes += std::ssize(of_item);
    }
    return batch;
}

Result<Batch> CountFollowed(const Snapshot& snapshot, const Before& before, const OldPlace& from) {
    return snapshot.processes.Followed(before.over, from, kBatch).map([](const OldPage<ProcessId>& old) {
        return Batch{.removed = {.processes = std::ssize(old.rows)}, .next = old.next};
    });
}

Result<Batch> CountHistory(const Snapshot& snapshot, const Before& before, const OldPlace& from) {
    return snapshot.items.PastChanges(before.history, from, kBatch).map([](const OldPage<ChangePlace>& old) {
        return Batch{.removed = {.changes = std::ssize(old.rows)}, .next = old.next};
    });
}

constexpr std::array kRemove{RemoveTold, RemoveLeft, RemoveHistory, RemoveFollowed};
constexpr std::array kCount{CountTold, CountLeft, CountHistory, CountFollowed};

/// Batch after batch to the end, with pauses; `take` is told what each was.
template <class Do, class Take>
Result<void> Repeat(const Do& one, const Take& take, const std::stop_token& stop) {
    std::optional<OldPlace> place = OldPlace();
    while (place && !stop.stop_requested()) {
        const auto began = steady_clock::now();
        const Result<Batch> batch = one(*place);
        if (!batch) {
            return Unexpected(batch.error());
        }
        take(batch->removed);
        place = batch->next;
        if (place) {
            SleepFor((steady_clock::now() - began) * kPauses, stop);
        }
    }
    return {};
}

Before BeforeOf(const RetentionPeriods& periods, Timestamp now) {
    return {
        .told = Ago(periods.told, now),
        .over = {.done = Ago(periods.done, now), .failed = Ago(periods.failed, now)},
        .history = Ago(periods.history, now)
    };
}

void Tell(const RemovedRows& removed) {
    Log(LogLevel::kInfo,
        "old rows removed",
        {{"items", removed.items},
         {"processes", removed.processes},
         {"results", removed.results},
         {"history", removed.changes},
         {"events", removed.events},
         {"deliveries", removed.deliveries},
         {"dead_messages", removed.dead_messages}});
}

}  // namespace

Retention::~Retention() {
    Stop();
}

void Retention::Start() {
    if (!KeepsAll(periods_) && !thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Retention::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<RemovedRows> Retention::RunOnce(const std::stop_token& stop) {
    const auto before = BeforeOf(periods_, clock_.Now());
    RemovedRows all;
    for (const auto& remove : kRemove) {
        const auto batch = [&](const OldPlace& from) {
            return storage_.Write([&](Transaction& transaction) {
                return remove(transaction, before, from);
            });
        };
        const auto add = [&](const RemovedRows& removed) {
            all += removed;
            const std::scoped_lock lock(mutex_);
            total_ += removed;
        };
        if (auto done = Repeat(batch, add, stop); !done) {
            return Unexpected(done.error());
        }
    }
    return all;
}

Result<RemovedRows> Retention::Due(const std::stop_token& stop) const {
    const auto before = BeforeOf(periods_, clock_.Now());
    RemovedRows all;
    for (const auto& count : kCount) {
        const auto batch = [&](const OldPlace& from) {
            return storage_.Read([&](const Snapshot& snapshot) { return count(snapshot, before, from); });
        };
        if (auto done = Repeat(batch, [&](const RemovedRows& due) { all += due; }, stop); !done) {
            return Unexpected(done.error());
        }
    }
    return all;
}

RemovedRows Retention::Total() const {
    const std::scoped_lock lock(mutex_);
    return total_;
}

void Retention::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto removed = RunOnce(stop);
        if (!removed) {
            Log(LogLevel::kWarn, "old rows could not be removed", {{"error", removed.error().message}});
        } else if (All(*removed) > 0) {
            Tell(*removed);
        }
        SleepFor(kInterval, stop);
    }
}

}  // namespace notify
