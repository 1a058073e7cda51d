#include "queue/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/pause.hpp"
#include "domain/scan.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/calendar/calendar.hpp"
#include "queue/scan_outcome.hpp"
#include "queue/scan_turn.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/scan_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDebounce{200};  // changes come in bursts
constexpr milliseconds kLongestSleep{1000};
constexpr milliseconds kAskEvery{2000};  // what other nodes changed, and pauses that end
constexpr int kScanners = 4;

/// The active ones that are not paused, nor their source.
Result<std::vector<Bucket>> ToWatch(const Snapshot& snapshot, Timestamp now) {
    auto buckets = snapshot.buckets.List();
    const auto pauses = snapshot.pauses.List(now);
    if (!buckets || !pauses) {
        return buckets ? Unexpected(pauses.error()) : buckets;
    }
    std::erase_if(*buckets, [&](const Bucket& bucket) {
        return !bucket.active || std::ranges::any_of(*pauses, [&](const Pause& pause) {
            return (pause.of == PauseOf::kSource && pause.subject == bucket.source_id.Value()) ||
                   (pause.of == PauseOf::kBucket && pause.subject == bucket.id.Value());
        });
    });
    return buckets;
}

}  // namespace

Scheduler::Scheduler(
    Storage& storage,
    const Clock& clock,
    const SourceRegistry& sources,
    std::function<void()> new_items,
    NodeId node
)
    : storage_(storage),
      clock_(clock),
      sources_(sources),
      new_items_(std::move(new_items)),
      scan_(storage, clock),
      locks_(storage, std::move(node)) {}

Scheduler::~Scheduler() {
    Stop();
}

void Scheduler::Start() {
    if (!thread_.joinable()) {
        for (int i = 0; i < kScanners; ++i) {
            scanners_.emplace_back([this](const std::stop_token& stop) { ScanLoop(stop); });
        }
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Scheduler::Stop() {
    if (thread_.joinable()) {
        for (auto& scanner : scanners_) {
            scanner.request_stop();
        }
        thread_.request_stop();
        thread_.join();
        scanners_.clear();
        due_.clear();
    }
    std::unique_lock lock(mutex_);
    by_hand_.request_stop();
    wakes_.wait(lock, [this] { return scans_by_hand_ == 0; });
    by_hand_ = {};
}

void Scheduler::Refresh() {
    Tell([](News& news) { news.buckets_changed = true; });
}

void Scheduler::LookAt(const BucketId& id) {
    if (!storage_.IsSingleNode()) {  // which node scans is not known here
        const auto wanted =
            storage_.Write([&](Transaction& transaction) { return transaction.scans.Want(id); });
        if (!wanted) {
            Log(LogLevel::kWarn, "scan not asked for", {{"error", wanted.error().message}});
        }
        return;
    }
    Tell([&](News& news) { news.look_again_at[id] = clock_.Now(); });
}

void Scheduler::Tell(const std::function<void(News&)>& what) {
    {
        const std::scoped_lock lock(mutex_);
        what(news_);
    }
    wakes_.notify_all();
}

void Scheduler::Loop(const std::stop_token& stop) {
    Refresh();
    auto asked_at = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        TakeNews(AwaitNews(stop));
        const auto now = std::chrono::steady_clock::now();
        if (now - asked_at >= kAskEvery) {
            asked_at = now;
            if (!storage_.IsSingleNode()) {
                TakeUpWishes();
            }
            ReadBuckets();
        }
        for (auto& [id, watched] : watched_) {
            if (watched.turn.DueAt() <= clock_.Now()) {
                HandOut(watched);
            }
        }
    }
    watched_.clear();
}

/// What other nodes want scanned.
void Scheduler::TakeUpWishes() {
    const auto wanted = [](const auto& view) { return view.scans.Wanted(); };
    const auto seen = storage_.Read(wanted);
    if (!seen || seen->empty()) {
        return;
    }
    const auto taken = storage_.Write([&](Transaction& transaction) -> Result<std::vector<BucketId>> {
        auto buckets = wanted(transaction);
        return buckets.and_then([&](const std::vector<BucketId>& all) {
            return transaction.scans.TakeUp(all).map([&] { return all; });
        });
    });
    for (std::size_t i = 0; taken && i < taken->size(); ++i) {
        if (const auto found = watched_.find((*taken)[i]); found != watched_.end()) {
            found->second.turn.BringForward(clock_.Now());
        }
    }
}

/// Sleeps until there is news or a scan is due.
Scheduler::News Scheduler::AwaitNews(const std::stop_token& stop) {
    const auto now = clock_.Now();
    auto sleep = kLongestSleep;
    for (const auto& [id, watched] : watched_) {
        sleep = std::min(sleep, watched.turn.DueAt() - now);
    }
    std::unique_lock lock(mutex_);
    wakes_.wait_for(lock, stop, std::max(sleep, milliseconds(1)), [this] { return news_.Any(); });
    return std::exchange(
        news_, News{.buckets_changed = false, .changed = {}, .look_again_at = {}, .scanned = {}}
    );
}

void Scheduler::TakeNews(const News& news) {
    if (news.buckets_changed) {
        ReadBuckets();
    }
    const auto now = clock_.Now();
    for (const auto& [id, note] : news.changed) {
        if (const auto found = watched_.find(id); found != watched_.end()) {
            auto& watched = found->second;
            watched.turn.Noticed(now + kDebounce);
            if (!note.empty() && note != watched.watch_note) {
                Log(LogLevel::kWarn,
                    "watching degraded",
                    {{"bucket", watched.turn.Of().name}, {"note", note}});
            }
            watched.watch_note = note;
        }
    }
    for (const auto& [id, at] : news.look_again_at) {
        if (const auto found = watched_.find(id); found != watched_.end()) {
            found->second.turn.BringForward(at);
        }
    }
    for (const auto& [id, scanned] : news.scanned) {
        if (const auto found = watched_.find(id); found != watched_.end()) {
            found->second.turn.End(scanned.failed, scanned.not_before, now);
        }
    }
}

/// Takes up added buckets, lets removed and deactivated ones go.
void Scheduler::ReadBuckets() {
    auto buckets = storage_.Read([&](const Snapshot& snapshot) { return ToWatch(snapshot, clock_.Now()); });
    if (!buckets) {
        Log(LogLevel::kWarn, "buckets could not be read", {{"error", buckets.error().message}});
        std::this_thread::sleep_for(kDebounce);
        Refresh();
        return;
    }
    std::erase_if(watched_, [&](const auto& entry) {
        return std::ranges::none_of(*buckets, [&](const Bucket& bucket) {
            return bucket.id == entry.first && bucket.location == entry.second.turn.Of().location;
        });
    });
    for (auto& bucket : *buckets) {
        TakeBucket(std::move(bucket));
    }
}

void Scheduler::TakeBucket(Bucket bucket) {
    if (const auto known = watched_.find(bucket.id); known != watched_.end()) {
        known->second.turn.Take(std::move(bucket), clock_.Now());
        return;
    }
    const auto id = bucket.id;
    WatchBucket(
        watched_.emplace(id, Watched{.turn = ScanTurn(std::move(bucket), clock_.Now())}).first->second
    );
}

void Scheduler::WatchBucket(Watched& watched) {
    const auto& bucket = watched.turn.Of();
    if (const auto source = sources_.Find(bucket.kind)) {
        watched.watch = (*source)->Watch(bucket, [this, id = bucket.id](std::string_view note) {
            Tell([&](News& news) {
                auto& kept = news.changed[id];
                kept = note.empty() ? kept : std::string(note);
            });
        });
    }
}

/// What is told of the bucket while it is scanned makes the next scan earlier.
void Scheduler::HandOut(Watched& watched) {
    watched.turn.Begin(clock_.Now());
    {
        const std::scoped_lock lock(mutex_);
        due_.push_back({.bucket = watched.turn.Of(), .watch_note = watched.watch_note});
    }
    scanners_wake_.notify_one();
}

void Scheduler::ScanLoop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (scanners_wake_.wait(lock, stop, [this] { return !due_.empty(); }) && !stop.stop_requested()) {
        const auto due = std::move(due_.front());
        due_.pop_front();
        lock.unlock();
        ScanDue(due, stop);
        lock.lock();
    }
}

void Scheduler::ScanDue(const Due& due, const std::stop_token& stop) {
    const auto locked = locks_.Take(due.bucket, milliseconds::max(), stop);
    const auto began = clock_.Now();  // what it waited for another scan was none
    const auto scanned = locked ? ScanOnSchedule(due, stop) : Unexpected(locked.error());
    if (!scanned && scanned.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn,
            "scan failed",
            {{"bucket", due.bucket.name}, {"error", scanned.error().message}});
    }
    const auto now = clock_.Now();
    Tell([&](News& news) {
        news.scanned[due.bucket.id] = {
            .not_before = now + std::max(now - began, milliseconds(0)), .failed = !scanned
        };
    });
}

/// A schedule that was understood when it was given may not be any more: the system has lost its time zones.
Result<ScanSummary> Scheduler::ScanOnSchedule(const Due& due, const std::stop_token& stop) {
    if (const auto calendar = ParseCalendar(due.bucket.options.schedule); !calendar) {
        Result<ScanSummary> fault = Unexpected(calendar.error());
        NoteScan(due.bucket, fault);
        return fault;
    }
    return Scan(due.bucket, due.watch_note, stop);
}

std::optional<ScanState> Scheduler::ProgressOf(const BucketId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = progress_.find(id);
    return found == progress_.end() ? std::nullopt : std::optional(found->second);
}

Result<ScanSummary> Scheduler::Scan(
    const Bucket& bucket, std::string_view watch_note, const std::stop_token& stop
) {
    const auto source = sources_.Find(bucket.kind);
    if (!source) {
        return Unexpected(source.error());
    }
    const auto progress = [&](const ScanState& state) {
        const std::scoped_lock lock(mutex_);
        progress_[bucket.id] = state;
    };
    auto scanned = scan_.Run(bucket, **source, progress, stop);
    auto& summary = scanned.summary;
    {
        const std::scoped_lock lock(mutex_);
        progress_.erase(bucket.id);
    }
    if (summary.note.empty()) {
        summary.note = watch_note;
    }
    if (scanned.look_again_at) {
        Tell([&](News& news) { news.look_again_at[bucket.id] = *scanned.look_again_at; });
    }
    if (summary.added > 0) {
        Log(LogLevel::kInfo, "items discovered", {{"bucket", bucket.name}, {"count", summary.added}});
        new_items_();
    }
    const auto outcome = scanned.ended.map([&] { return summary; });
    NoteScan(bucket, outcome);
    return outcome;
}

/// Writes when the bucket was scanned and what was wrong.
void Scheduler::NoteScan(const Bucket& bucket, const Result<ScanSummary>& outcome) {
    if (!outcome && outcome.error().code == ErrorCode::kStopped) {
        return;
    }
    const auto noted = storage_.Write([&](Transaction& transaction) {
        return WriteScanOutcome(transaction, bucket, outcome, clock_.Now());
    });
    if (!noted) {
        Log(LogLevel::kWarn, "scan not noted", {{"bucket", bucket.name}, {"error", noted.error().message}});
    }
}

}  // namespace notify
