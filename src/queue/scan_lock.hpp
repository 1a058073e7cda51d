#pragma once

// One scan of a bucket at a time: two would only race for the same rows.

#include <chrono>
#include <map>
#include <mutex>
#include <stop_token>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// While it lives no other thread of this node scans the bucket, and no other node. Of the thread that took
/// it.
class ScanLock final {
public:
    ScanLock(Storage& storage, BucketId bucket, NodeId node, std::unique_lock<std::timed_mutex> lock);
    ~ScanLock();
    ScanLock(ScanLock&&) noexcept = default;
    ScanLock(const ScanLock&) = delete;
    ScanLock& operator=(const ScanLock&) = delete;
    ScanLock& operator=(ScanLock&&) = delete;

private:
    Storage* storage_;
    BucketId bucket_;
    NodeId node_;
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

private:
    [[nodiscard]] Result<bool> Begin(const BucketId& bucket);

    Storage& storage_;
    const NodeId node_;
    std::mutex mutex_;
    std::map<BucketId, std::timed_mutex> locks_;  ///< They stay: there are few buckets.
};

}  // namespace notify
