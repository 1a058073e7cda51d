#pragma once

// One scan of a bucket at a time: two would only race for the same rows.

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

class ScanLocks;

/// While it lives no other thread of this node scans the bucket, and no other node. Of the thread that took
/// it.
class ScanLock final {
public:
    ScanLock(ScanLocks& of, BucketId bucket, std::unique_lock<std::timed_mutex> lock);
    ~ScanLock();
    ScanLock(ScanLock&&) noexcept = default;
    ScanLock(const ScanLock&) = delete;
    ScanLock& operator=(const ScanLock&) = delete;
    ScanLock& operator=(ScanLock&&) = delete;

private:
    ScanLocks* of_;
    BucketId bucket_;
    std::unique_lock<std::timed_mutex> lock_;
};

/// Those of a node. Thread-safe. The storage outlives it and its locks, it outlives its locks.
class ScanLocks final {
public:
    ScanLocks(Storage& storage, NodeId node) : storage_(storage), node_(std::move(node)) {}

    /// Waits for `patience`. kUnavailable when the bucket is still being scanned then, kStopped.
    [[nodiscard]] Result<ScanLock> Take(
        const Bucket& bucket, std::chrono::milliseconds patience, const std::stop_token& stop
    );

    /// Ends in the database what could not be ended there when it ended here. Quick when there is nothing.
    void EndLeft();

private:
    friend class ScanLock;

    [[nodiscard]] Result<bool> Begin(const BucketId& bucket);
    void End(const BucketId& bucket);

    Storage& storage_;
    const NodeId node_;
    std::mutex mutex_;
    std::map<BucketId, std::timed_mutex> locks_;  ///< They stay: there are few buckets.
    std::set<BucketId> left_;                     ///< Whose end could not be written.
};

}  // namespace notify
