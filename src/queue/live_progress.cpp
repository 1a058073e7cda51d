#include "queue/live_progress.hpp"

#include <chrono>
#include <map>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/publication.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kInterval = std::chrono::seconds(5);

/// An asset of which processes run.
struct Running {
    Bucket bucket;
    Item item;
    std::vector<RunningProcess> processes;
};

Result<std::vector<Running>> FindRunning(const Snapshot& snapshot) {
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
        if (!HoldsAssets(*bucket) || !bucket->publish) {
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
    const auto running = storage_.Read(FindRunning);
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

void LiveProgress::Loop(const std::stop_token& stop) {
    while (SleepFor(kInterval, stop)) {
        RunOnce(stop);
    }
}

}  // namespace notify
