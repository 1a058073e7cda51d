#include "queue/live_progress.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/pause.hpp"
#include "domain/process.hpp"
#include "domain/publication.hpp"
#include "domain/status.hpp"
#include "queue/process_end.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kInterval = std::chrono::seconds(5);
constexpr int kRoundsToWaiting = 3;

/// An asset of which processes run.
struct Running {
    Bucket bucket;
    Item item;
    std::vector<RunningProcess> processes;
};

/// Nothing is written back of what is paused.
Result<bool> IsPaused(const Snapshot& snapshot, const Bucket& bucket, Timestamp now) {
    return snapshot.pauses.OfBucket(bucket, now).map([](const std::optional<Pause>& pause) {
        return pause.has_value();
    });
}

Result<std::vector<Running>> FindRunning(const Snapshot& snapshot, Timestamp now) {
    const auto processes = snapshot.processes.AllProcessing();
    if (!processes) {
        return Unexpected(processes.error());
    }
    std::map<BucketId, std::map<ItemId, std::vector<RunningProcess>>> by_bucket;
    for (const auto& process : *processes) {
        by_bucket[process.bucket_id][process.item_id].push_back(
            {.process = process.id, .done = process.progress}
        );
    }
    std::vector<Running> running;
    for (auto& [id, items] : by_bucket) {
        const auto bucket = snapshot.buckets.Get(id);
        if (!bucket) {
            return Unexpected(bucket.error());
        }
        const auto paused = IsPaused(snapshot, *bucket, now);
        if (!paused) {
            return Unexpected(paused.error());
        }
        if (!HoldsAssets(*bucket) || !bucket->publish || *paused) {
            continue;
        }
        for (auto& [item_id, of_item] : items) {
            auto item = snapshot.items.Get(item_id);
            if (!item) {
                return Unexpected(item.error());
            }
            running.push_back({.bucket = *bucket, .item = *std::move(item), .processes = std::move(of_item)});
        }
    }
    return running;
}

/// One bucket of each source that has something waiting.
Result<std::vector<Bucket>> FindWaiting(const Snapshot& snapshot, Timestamp now) {
    auto buckets = snapshot.buckets.List();
    if (!buckets) {
        return buckets;
    }
    std::map<SourceId, Bucket> waiting;
    for (auto& bucket : *buckets) {
        if (!HoldsAssets(bucket) || !bucket.publish || waiting.contains(bucket.source_id)) {
            continue;
        }
        const auto waits = snapshot.processes.WaitsIn(bucket.id);
        const auto paused = IsPaused(snapshot, bucket, now);
        if (!waits || !paused) {
            return Unexpected(waits ? paused.error() : waits.error());
        }
        if (*waits && !*paused) {
            const auto source = bucket.source_id;
            waiting.emplace(source, std::move(bucket));
        }
    }
    std::vector<Bucket> one_of_each;
    one_of_each.reserve(waiting.size());
    for (auto& [source, bucket] : waiting) {
        one_of_each.push_back(std::move(bucket));
    }
    return one_of_each;
}

}  // namespace

LiveProgress::~LiveProgress() {
    Stop();
}

void LiveProgress::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void LiveProgress::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void LiveProgress::RunOnce(const std::stop_token& stop) {
    const auto running =
        storage_.Read([&](const Snapshot& snapshot) { return FindRunning(snapshot, clock_.Now()); });
    if (!running) {
        Log(LogLevel::kWarn, "progress not shown", {{"error", running.error().message}});
        return;
    }
    for (const auto& of : *running) {
        const auto source = find_(of.bucket.kind);
        const auto stopped = source ? (*source)->ShowProgress(of.bucket, of.item, of.processes, stop)
                                    : Unexpected(source.error());
        if (!stopped) {
            Log(LogLevel::kDebug,
                "progress not shown",
                {{"item", of.item.id.Value()}, {"error", stopped.error().message}});
            continue;
        }
        for (const auto& process : *stopped) {
            Log(LogLevel::kInfo, "cancelled in its store", {{"process", process.Value()}});
            const auto asked = storage_.Write([&](Transaction& transaction) {
                return transaction.processes.RequestCancel(process);
            });
            if (asked && *asked) {
                cancel_(process);
            }
        }
    }
}

/// A process that the source's store does not hold, or that has ended, is none of its business.
void LiveProgress::Obey(const SourceId& source, const ProcessId& id) {
    bool runs = false;
    const auto obeyed = storage_.Write([&](Transaction& transaction) -> Result<void> {
        const auto process = transaction.processes.Get(id);
        if (!process) {
            return process.error().code == ErrorCode::kNotFound ? Result<void>{}
                                                                : Unexpected(process.error());
        }
        const auto bucket = transaction.buckets.Get(process->bucket_id);
        if (!bucket || bucket->source_id != source || IsTerminal(process->status)) {
            return bucket ? Result<void>{} : Unexpected(bucket.error());
        }
        runs = process->status == Status::kProcessing;
        const auto now = clock_.Now();
        return CancelProcess(transaction, *process, "aborted in its store", now).and_then([&] {
            return FinishItem(transaction, process->item_id, now);
        });
    });
    if (!obeyed) {
        Log(LogLevel::kWarn, "not cancelled", {{"process", id.Value()}, {"error", obeyed.error().message}});
    } else if (runs) {
        cancel_(id);
    }
}

void LiveProgress::ObeyStops(const std::stop_token& stop) {
    const auto waiting =
        storage_.Read([&](const Snapshot& snapshot) { return FindWaiting(snapshot, clock_.Now()); });
    if (!waiting) {
        Log(LogLevel::kWarn, "aborts not looked for", {{"error", waiting.error().message}});
        return;
    }
    for (const auto& bucket : *waiting) {
        const auto source = find_(bucket.kind);
        const auto stopped = source ? (*source)->StoppedProcesses(bucket, stop) : Unexpected(source.error());
        if (!stopped) {
            Log(LogLevel::kDebug,
                "aborts not looked for",
                {{"source", bucket.source_id.Value()}, {"error", stopped.error().message}});
            continue;
        }
        for (const auto& process : *stopped) {
            Obey(bucket.source_id, process);
        }
    }
}

void LiveProgress::Loop(const std::stop_token& stop) {
    for (int round = 1; SleepFor(kInterval, stop); ++round) {
        RunOnce(stop);
        if (round % kRoundsToWaiting == 0) {
            ObeyStops(stop);
        }
    }
}

}  // namespace notify
