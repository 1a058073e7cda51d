#include "queue/scheduler.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/failpoint.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/ulid.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBatch = 200;     // objects in one transaction
constexpr milliseconds kDebounce{200};  // changes come in bursts
constexpr milliseconds kLongestSleep{1000};

}  // namespace

Scheduler::Scheduler(
    Storage& storage, const Clock& clock, const SourceRegistry& sources, std::function<void()> new_items
)
    : storage_(storage),
      clock_(clock),
      sources_(sources),
      new_items_(std::move(new_items)),
      intake_(storage, clock) {}

Scheduler::~Scheduler() {
    Stop();
}

void Scheduler::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Scheduler::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Scheduler::Refresh() {
    {
        const std::scoped_lock lock(mutex_);
        buckets_changed_ = true;
    }
    wakes_.notify_all();
}

void Scheduler::Changed(const BucketId& id, std::string_view note) {
    {
        const std::scoped_lock lock(mutex_);
        auto& kept = changed_[id];
        kept = note.empty() ? kept : std::string(note);
    }
    wakes_.notify_all();
}

void Scheduler::WatchBucket(Watched& watched) {
    const auto source = sources_.Find(watched.bucket.kind);
    if (source) {
        const auto id = watched.bucket.id;
        watched.watch =
            (*source)->Watch(watched.bucket, [this, id](std::string_view note) { Changed(id, note); });
    }
}

/// Takes up added buckets, lets removed and deactivated ones go.
void Scheduler::ReadBuckets() {
    auto buckets = storage_.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    if (!buckets) {
        Log(LogLevel::kWarn, "buckets could not be read", {{"error", buckets.error().message}});
        return;
    }
    std::erase_if(watched_, [&](const auto& entry) {
        return std::ranges::none_of(*buckets, [&](const Bucket& bucket) {
            return bucket.active && bucket.id == entry.first &&
                   bucket.location == entry.second.bucket.location;
        });
    });
    for (auto& bucket : *buckets) {
        if (!bucket.active) {
            continue;
        }
        auto& watched = watched_[bucket.id];
        const bool is_new = watched.bucket.id.IsEmpty();
        watched.bucket = std::move(bucket);
        if (is_new) {
            watched.scan_at = clock_.Now();
            WatchBucket(watched);
        }
    }
}

void Scheduler::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::map<BucketId, std::string> changed;
        {
            std::unique_lock lock(mutex_);
            wakes_.wait_for(lock, stop, kLongestSleep, [this] {
                return buckets_changed_ || !changed_.empty();
            });
            changed.swap(changed_);
            if (std::exchange(buckets_changed_, false)) {
                lock.unlock();
                ReadBuckets();
            }
        }
        const auto now = clock_.Now();
        for (auto& [id, note] : changed) {
            if (const auto found = watched_.find(id); found != watched_.end()) {
                found->second.scan_at =
                    std::min(found->second.scan_at.value_or(now + kDebounce), now + kDebounce);
                if (!note.empty()) {
                    Log(LogLevel::kWarn,
                        "watching degraded",
                        {{"bucket", found->second.bucket.name}, {"note", note}});
                }
            }
        }
        Timestamp next = now + kLongestSleep;
        for (auto& [id, watched] : watched_) {
            if (watched.scan_at && *watched.scan_at <= clock_.Now() && !stop.stop_requested()) {
                watched.scan_at = clock_.Now() + watched.bucket.scan_interval;
                ScanDue(watched.bucket, stop);
                const std::scoped_lock lock(mutex_);
                if (const auto again = look_again_.find(id); again != look_again_.end()) {
                    watched.scan_at = std::min(*watched.scan_at, again->second);
                    look_again_.erase(again);
                }
            }
            next = std::min(next, watched.scan_at.value_or(next));
        }
        std::unique_lock lock(mutex_);
        const auto sleep = std::clamp(next - clock_.Now(), milliseconds(1), kLongestSleep);
        wakes_.wait_for(lock, stop, sleep, [this] { return buckets_changed_ || !changed_.empty(); });
    }
    watched_.clear();
}

void Scheduler::ScanDue(const Bucket& bucket, const std::stop_token& stop) {
    const auto scanned = Scan(bucket, stop);
    if (!scanned && scanned.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn, "scan failed", {{"bucket", bucket.name}, {"error", scanned.error().message}});
    }
}

Result<ScanSummary> Scheduler::ScanNow(const BucketId& id, std::stop_token stop) {
    const auto bucket = storage_.Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(id); });
    return bucket ? Scan(*bucket, stop) : Unexpected(bucket.error());
}

Result<ScanSummary> Scheduler::Scan(const Bucket& bucket, const std::stop_token& stop) {
    const std::scoped_lock one_at_a_time(scan_mutex_);
    const auto source = sources_.Find(bucket.kind);
    if (!source) {
        return Unexpected(source.error());
    }
    ScanSummary summary;
    std::vector<FoundObject> batch;
    const auto flush = [&]() -> Result<void> {
        FailPoint("fetched");
        auto added = intake_.Take(bucket, std::exchange(batch, {}));
        summary.added += added.value_or(0);
        return added ? Result<void>{} : Unexpected(added.error());
    };
    const auto report = (*source)->Scan(
        bucket,
        [&](FoundObject object) -> Result<void> {
            batch.push_back(std::move(object));
            return batch.size() < kBatch ? Result<void>{} : flush();
        },
        stop
    );
    Result<ScanSummary> outcome = summary;
    if (auto last = batch.empty() ? Result<void>{} : flush(); !report || !last) {
        outcome = Unexpected(report ? last.error() : report.error());
    } else {
        summary.seen = report->seen;
        summary.settling = report->settling;
        summary.note = report->note;
        outcome = summary;
        if (report->look_again_at) {
            const std::scoped_lock lock(mutex_);
            look_again_[bucket.id] = *report->look_again_at;
        }
    }
    if (summary.added > 0) {
        Log(LogLevel::kInfo, "items discovered", {{"bucket", bucket.name}, {"count", summary.added}});
        new_items_();
    }
    NoteScan(bucket, outcome);
    return outcome;
}

/// Writes when the bucket was scanned and what was wrong; a failure is an event once, not at every scan.
void Scheduler::NoteScan(const Bucket& bucket, const Result<ScanSummary>& outcome) {
    if (!outcome && outcome.error().code == ErrorCode::kStopped) {
        return;
    }
    const auto note = outcome ? outcome->note : outcome.error().message;
    auto noted = storage_.Write([&](Transaction& transaction) -> Result<void> {
        const auto before = transaction.buckets.Get(bucket.id);
        if (!before) {
            return Unexpected(before.error());
        }
        const auto now = clock_.Now();
        if (!outcome && before->last_scan_note != note) {
            auto told = transaction.events.Append({
                .id = EventId(MakeId("msg")),
                .type = "bucket.scan_failed",
                .subject = bucket.id.Value(),
                .dedup_key = {},
                .at = now,
                .data = ToJsonText(
                    boost::json::object{
                        {"bucket", bucket.id.Value()}, {"name", bucket.name}, {"reason", note}
                    }
                ),
            });
            if (!told) {
                return Unexpected(told.error());
            }
        }
        return transaction.buckets.SetScanned(bucket.id, now, note);
    });
    if (!noted) {
        Log(LogLevel::kWarn, "scan not noted", {{"bucket", bucket.name}, {"error", noted.error().message}});
    }
}

}  // namespace notify
