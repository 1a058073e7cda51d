// Scheduler: scans that people ask for.

#include <chrono>
#include <mutex>
#include <stop_token>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/pause.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kPatience{10'000};  // of who asked

}  // namespace

Result<ScanSummary> Scheduler::ScanNow(const BucketId& id, const std::stop_token& stop) {
    const auto bucket = storage_.Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(id); });
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    if (!bucket->active) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "bucket {} is switched off, nothing in it is noticed; switch it on first", bucket->name
            )
        );
    }
    const auto pause = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.pauses.OfBucket(*bucket, clock_.Now());
    });
    if (!pause) {
        return Unexpected(pause.error());
    }
    if (*pause) {
        return Fail(ErrorCode::kConflict, fmt::format("bucket {}: {}", bucket->name, Sentence(**pause)));
    }
    std::stop_source stopped;
    const auto pass_on = [&] { stopped.request_stop(); };
    std::stop_token by_hand;
    {
        const std::scoped_lock lock(mutex_);
        by_hand = by_hand_.get_token();
        ++scans_by_hand_;
    }
    auto scanned = [&] {
        const std::stop_callback asked(stop, pass_on);
        const std::stop_callback all(by_hand, pass_on);
        return ScanByHand(*bucket, stopped.get_token());
    }();
    {
        const std::scoped_lock lock(mutex_);
        --scans_by_hand_;
    }
    wakes_.notify_all();
    return scanned;
}

Result<ScanSummary> Scheduler::ScanByHand(const Bucket& bucket, const std::stop_token& stop) {
    const auto locked = locks_.Take(bucket, kPatience, stop);
    auto scanned = locked ? Scan(bucket, {}, stop) : Unexpected(locked.error());
    if (!scanned || !scanned->resumed) {
        return scanned;
    }
    // the beginning was looked at by the one that was cut, which may be long ago
    const auto before = scanned->added;
    return Scan(bucket, {}, stop).map([&](ScanSummary whole) {
        whole.added += before;
        return whole;
    });
}

}  // namespace notify
