#pragma once

// One range of a bucket's keys in a scan: what a listing tells of it, in order, is compared with what is
// known there and taken in together with how far the range is.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "queue/range_compare.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

inline constexpr std::size_t kScanBatch = 1000;  ///< Objects in one transaction.

/// How far a range came.
struct RangeStep {
    ScanRange range;
    std::uint64_t seen = 0;  ///< Objects told since it was begun or taken up again.
    std::uint64_t more = 0;  ///< Of these, those since the step was last kept.
    Timestamp at;
};

/// Found or Passed for each object in the order of keys; End when the range's listing ended well, else
/// BreakOff. Holds at most a thousand objects. Used by one thread at a time, ranges of a scan beside each
/// other. What is borrowed outlives it. Its methods fail as Storage does.
class RangeScan final {
public:
    using Missing = std::vector<ItemId>;
    /// Writes the step and which items were not seen in it, in the transaction that takes in what was found;
    /// runs on the storage's thread.
    using Keep = std::function<Result<void>(Transaction&, const RangeStep&, const Missing&)>;

    /// `range`: as it was kept; its listing begins behind the position.
    RangeScan(Storage& storage, const Clock& clock, const Bucket& bucket, ScanRange range, Keep keep);

    /// The keys that are to be listed: behind the position, up to `through`.
    [[nodiscard]] const ScanRange& Range() const noexcept { return step_.range; }

    /// Asked whenever the step is kept: the key behind which the range is to be taken up again when it is
    /// cut, when that is before the position. Lives until it ended or was broken off.
    void HeldBy(std::function<std::string()> resumes_after) { resumes_after_ = std::move(resumes_after); }

    /// An object that counts. One that comes behind a later key, or stands for many and lies behind the
    /// range, is taken in all the same, only slower.
    [[nodiscard]] Result<void> Found(FoundObject object);

    /// An object that is there and does not count: it is no new item, and none that is missing.
    [[nodiscard]] Result<void> Passed(std::string key);

    /// Takes in what is left; the range is done.
    [[nodiscard]] Result<void> End();

    /// Takes in what is left, so that the next scan goes on there.
    [[nodiscard]] Result<void> BreakOff();

    /// True when it ended, or was broken off behind another key than it was begun at.
    [[nodiscard]] bool CameFurther() const noexcept { return came_further_; }

    /// How many items are new or taken up again.
    [[nodiscard]] int Added() const noexcept { return added_; }

    /// How far it is. Thread-safe.
    [[nodiscard]] RangeStep Step() const;

private:
    [[nodiscard]] Result<void> See(Sighting sighting);
    [[nodiscard]] Result<void> Flush(bool to_the_end);
    [[nodiscard]] Result<void> Commit(const ComparedRange& compared, bool ends);
    [[nodiscard]] Result<void> TakeLate(const std::vector<FoundObject>& late);
    [[nodiscard]] Result<void> Put();
    [[nodiscard]] RangeStep Kept(RangeStep step) const;
    void MoveTo(RangeStep step);

    Storage& storage_;
    const Clock& clock_;
    const Bucket& bucket_;
    const std::string began_behind_;
    const Keep keep_;
    std::function<std::string()> resumes_after_;
    mutable std::mutex mutex_;
    RangeStep step_;                   ///< Changed under the mutex, by the range's own thread.
    Timestamp put_at_;                 ///< When the step was last written, or read.
    std::vector<Sighting> sightings_;  ///< In the order of keys, all behind the position.
    std::vector<FoundObject> late_;    ///< Those that came behind a later key, or lie behind the range.
    std::uint64_t late_seen_ = 0;      ///< With those among them that do not count.
    int added_ = 0;
    bool came_further_ = false;
};

/// True for a range of all keys: a scan that is not cut has only this.
[[nodiscard]] inline bool IsWhole(const ScanRange& range) noexcept {
    return range.after.empty() && !range.through;
}

}  // namespace notify
