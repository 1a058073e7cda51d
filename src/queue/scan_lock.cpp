#include "queue/scan_lock.hpp"

#include <chrono>
#include <mutex>
#include <set>
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

ScanLock::ScanLock(ScanLocks& of, BucketId bucket, std::unique_lock<std::timed_mutex> lock)
    : of_(&of), bucket_(std::move(bucket)), lock_(std::move(lock)) {}

ScanLock::~ScanLock() {
    if (lock_.owns_lock()) {
        of_->End(bucket_);
    }
}

/// A row that may be there although it was not told ends like one that was.
Result<bool> ScanLocks::Begin(const BucketId& bucket) {
    if (storage_.IsSingleNode()) {
        return true;
    }
    auto begun =
        storage_.Write([&](Transaction& transaction) { return transaction.scans.Begin(bucket, node_); });
    if (!begun && begun.error().code == ErrorCode::kUnavailable) {
        End(bucket);
    }
    return begun;
}

void ScanLocks::End(const BucketId& bucket) {
    if (storage_.IsSingleNode()) {
        return;
    }
    const auto ended =
        storage_.Write([&](Transaction& transaction) { return transaction.scans.End(bucket, node_); });
    const std::scoped_lock lock(mutex_);
    if (ended) {
        left_.erase(bucket);
    } else {
        left_.insert(bucket);
    }
}

void ScanLocks::EndLeft() {
    std::set<BucketId> left;
    {
        const std::scoped_lock lock(mutex_);
        left = left_;
    }
    for (const auto& bucket : left) {
        std::timed_mutex* mutex = nullptr;
        {
            const std::scoped_lock lock(mutex_);
            mutex = &locks_[bucket];
        }
        const std::unique_lock idle(*mutex, std::try_to_lock);  // one that is scanned again ends later
        if (idle.owns_lock()) {
            End(bucket);
        }
    }
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
            return ScanLock(*this, bucket.id, std::move(locked));
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
