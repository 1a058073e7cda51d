#include "queue/scan_lock.hpp"

#include <chrono>
#include <mutex>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/scan_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLockStep{50};
constexpr milliseconds kAskAgain{500};

}  // namespace

ScanLock::ScanLock(Storage& storage, BucketId bucket, NodeId node, std::unique_lock<std::timed_mutex> lock)
    : storage_(&storage), bucket_(std::move(bucket)), node_(std::move(node)), lock_(std::move(lock)) {}

/// What cannot be written ends with the node.
ScanLock::~ScanLock() {
    if (lock_.owns_lock() && !storage_->IsSingleNode()) {
        static_cast<void>(storage_->Write([&](Transaction& transaction) {
            return transaction.scans.End(bucket_, node_);
        }));
    }
}

Result<bool> ScanLocks::Begin(const BucketId& bucket) {
    return storage_.IsSingleNode() ? Result<bool>(true) : storage_.Write([&](Transaction& transaction) {
        return transaction.scans.Begin(bucket, node_);
    });
}

Result<ScanLock> ScanLocks::Take(const Bucket& bucket, milliseconds patience, const std::stop_token& stop) {
    std::timed_mutex* mutex = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        mutex = &locks_[bucket.id];
    }
    std::unique_lock locked(*mutex, std::defer_lock);
    auto waited = milliseconds(0);
    while (true) {
        const bool here = locked.owns_lock() || locked.try_lock_for(kLockStep);
        const auto mine = here ? Begin(bucket.id) : Result<bool>(false);
        if (!mine) {
            return Unexpected(mine.error());
        }
        if (*mine) {
            return ScanLock(storage_, bucket.id, node_, std::move(locked));
        }
        const auto step = here ? kAskAgain : kLockStep;
        if (stop.stop_requested() || (here && !SleepFor(step, stop))) {
            return Fail(ErrorCode::kStopped, "stopped while another scan of the bucket went on");
        }
        waited += step;
        if (waited >= patience) {
            return Fail(
                ErrorCode::kUnavailable,
                fmt::format("bucket {} is being scanned; its folder is large or does not answer", bucket.name)
            );
        }
    }
}

}  // namespace notify
