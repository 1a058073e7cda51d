#pragma once

// One scan of a bucket whose store lists its keys in order: as a whole or cut into ranges, each of which is
// compared with what is known (range_scan.hpp), and how far it came is kept with what it took in.

#include <deque>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "queue/range_scan.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Begin; then what is listed of each of its Ranges; End when all of them ended, else BreakOff. An item whose
/// object neither this scan nor the one before it saw is removed at the end (removal.hpp). One at a time for
/// a bucket; of one thread but for the ranges and State. `storage` and `clock` outlive it. Its methods fail
/// as Storage does.
class OrderedScan final {
public:
    /// Keys to cut the bucket at: behind each of them a range begins. None: it is not cut.
    using Cuts = std::function<Result<std::vector<std::string>>()>;

    OrderedScan(Storage& storage, const Clock& clock, Bucket bucket)
        : storage_(storage), clock_(clock), bucket_(std::move(bucket)) {}

    ~OrderedScan() = default;
    OrderedScan(const OrderedScan&) = delete;
    OrderedScan& operator=(const OrderedScan&) = delete;

    /// Goes on where the bucket's last scan was cut off, in the ranges it had. Begins a new one when there is
    /// none that can go on: it finished, other objects count now, or it came no further when it was tried
    /// again. `cuts` is asked for what has no ranges yet; what it fails with ends it.
    [[nodiscard]] Result<void> Begin(const Cuts& cuts = {});

    /// Those that are not done yet, in the order of keys: one of all keys for a scan that is not cut. Each
    /// may be used by a thread of its own.
    [[nodiscard]] std::deque<RangeScan>& Ranges() noexcept { return ranges_; }

    /// True when Begin found one to go on with: what changed before its positions is not seen.
    [[nodiscard]] bool IsResumed() const noexcept { return resumed_; }

    /// When all ranges ended: removes what is gone, and notes that the scan finished. kStopped.
    [[nodiscard]] Result<void> End(const std::stop_token& stop);

    /// When not all of them did, and those that did not were broken off. `failed`: not because it was
    /// stopped.
    [[nodiscard]] Result<void> BreakOff(bool failed);

    /// How many items are new or taken up again.
    [[nodiscard]] int Added() const;

    /// How far it is; its position is that of the first range that is not done. Thread-safe beside the
    /// ranges.
    [[nodiscard]] ScanState State() const;

private:
    [[nodiscard]] Result<void> Cut(const Cuts& cuts, std::vector<ScanRange> kept);
    [[nodiscard]] Result<void> Keep(
        Transaction& transaction, const RangeStep& step, const RangeScan::Missing& missing
    ) const;
    [[nodiscard]] Result<void> RemoveGone(const std::stop_token& stop);
    [[nodiscard]] Result<void> ForgetMissed();
    [[nodiscard]] Result<void> Put(const std::vector<ScanRange>& ranges);

    Storage& storage_;
    const Clock& clock_;
    const Bucket bucket_;
    ScanState state_;  ///< As Begin made it; the ranges know what they saw since.
    bool resumed_ = false;
    std::deque<RangeScan> ranges_;
};

}  // namespace notify
