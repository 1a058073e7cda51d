#pragma once

// Scans each active bucket when its time has come, or soon after its watch said that something changed.
// (What the old system called add_scheduler.)

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/scan_lock.hpp"
#include "queue/scan_turn.hpp"
#include "sources/registry.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A deciding thread, four that scan, and one watch for each active bucket: a folder that does not answer
/// holds up itself alone, until four do. A bucket is scanned when the scheduler starts or the bucket becomes
/// active or other, every scan_interval (5 s doubling to that after one that failed), 200 ms after its watch
/// said that something changed, and when a file that was still growing may be complete, all as far as its
/// schedule allows (queue/scan_turn.hpp). A scan that has begun goes on when its window closes. Of several
/// nodes one scans a bucket at a time; the one whose scheduler was started reads every 2 s what the others
/// changed. Everything borrowed outlives it.
class Scheduler final {
public:
    /// `new_items` is called after a scan that added items. `node`: who scans, where several may.
    Scheduler(
        Storage& storage,
        const Clock& clock,
        const SourceRegistry& sources,
        std::function<void()> new_items,
        NodeId node = {}
    );
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    void Start();

    /// Returns when the thread and the watches are gone, and no scan goes on, also none of ScanNow: each is
    /// broken off; what it took in stays.
    void Stop();

    /// See ScanLocks::EndLeft.
    void EndLeftScans() { locks_.EndLeft(); }

    /// Reads the buckets again and sees what is due: call it after one was added or changed. Thread-safe.
    void Refresh();

    /// Scans the bucket soon, as when its watch says that something changed: call it after its rules were
    /// changed. Nothing happens when it is not active. Thread-safe.
    void LookAt(const BucketId& id);

    /// Scans one bucket in the calling thread, whatever its schedule says. kConflict when it is paused,
    /// (or its source), kNotFound, kStopped, kUnavailable when a scan of it has been going on for 10 s, what
    /// the source says. One that was cut is brought to its end first. Thread-safe.
    [[nodiscard]] Result<ScanSummary> ScanNow(const BucketId& id, const std::stop_token& stop);

    /// How far the scan of a bucket is that goes on; nothing when none does. Thread-safe.
    [[nodiscard]] std::optional<ScanState> ProgressOf(const BucketId& id) const;

private:
    struct Watched {
        ScanTurn turn;
        std::unique_ptr<BucketWatch> watch;
        std::string watch_note;  ///< The last thing the watch said.
    };

    /// A scan that is due, for any of the scanning threads.
    struct Due {
        Bucket bucket;
        std::string watch_note;
    };

    /// How a scan ended.
    struct Scanned {
        Timestamp not_before;  ///< When the next one may begin.
        bool failed = false;
    };

    /// What other threads tell the loop.
    struct News {
        bool buckets_changed = true;
        std::map<BucketId, std::string> changed;      ///< By watches, with their sentence.
        std::map<BucketId, Timestamp> look_again_at;  ///< By scans, for files that settle.
        std::map<BucketId, Scanned> scanned;          ///< By scans that ended.

        [[nodiscard]] bool Any() const {
            return buckets_changed || !changed.empty() || !look_again_at.empty() || !scanned.empty();
        }
    };

    void Loop(const std::stop_token& stop);
    void TakeNews(const News& news);
    void ReadBuckets();
    void TakeBucket(Bucket bucket);
    void WatchBucket(Watched& watched);
    void HandOut(Watched& watched);
    void ScanLoop(const std::stop_token& stop);
    void ScanDue(const Due& due, const std::stop_token& stop);
    [[nodiscard]] Result<ScanSummary> ScanOnSchedule(const Due& due, const std::stop_token& stop);
    void TakeUpWishes();
    [[nodiscard]] Result<ScanSummary> ScanByHand(const Bucket& bucket, const std::stop_token& stop);
    [[nodiscard]] News AwaitNews(const std::stop_token& stop);
    void Tell(const std::function<void(News&)>& what);
    [[nodiscard]] Result<ScanSummary> Scan(
        const Bucket& bucket, std::string_view watch_note, const std::stop_token& stop
    );
    void NoteScan(const Bucket& bucket, const Result<ScanSummary>& outcome);

    Storage& storage_;
    const Clock& clock_;
    const SourceRegistry& sources_;
    std::function<void()> new_items_;
    BucketScan scan_;
    ScanLocks locks_;

    mutable std::mutex mutex_;
    std::condition_variable_any wakes_;
    std::condition_variable_any scanners_wake_;
    News news_;
    std::deque<Due> due_;
    std::map<BucketId, ScanState> progress_;  ///< Of scans that go on.
    std::map<BucketId, Watched> watched_;     ///< Of the loop's thread alone.
    std::stop_source by_hand_;                ///< Stops those of ScanNow.
    int scans_by_hand_ = 0;
    std::vector<std::jthread> scanners_;
    std::jthread thread_;
};

}  // namespace notify
