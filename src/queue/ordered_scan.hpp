#pragma once

// One scan of a bucket whose store lists its keys in order: range by range it is compared with what is known,
// and how far it came is kept with what it took in.

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "queue/range_compare.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

inline constexpr std::size_t kScanBatch = 1000;  ///< Objects in one transaction.

/// Begin; Found or Passed for each object in the order of keys; End when the listing ended well, else
/// BreakOff. Holds at most a thousand objects. An item whose object neither this scan nor the one before it
/// saw is removed at the end (removal.hpp). Used by one thread at a time, and one at a time for a bucket.
/// `storage` and `clock` outlive it. Its methods fail as Storage does.
class OrderedScan final {
public:
    OrderedScan(Storage& storage, const Clock& clock, Bucket bucket)
        : storage_(storage), clock_(clock), bucket_(std::move(bucket)) {}

    /// Goes on where the bucket's last scan was cut. Begins a new one when there is none that can go on: it
    /// finished, other objects count now, or it came no further when it was tried again.
    [[nodiscard]] Result<void> Begin();

    /// The key to list behind; "" for all.
    [[nodiscard]] const std::string& StartAfter() const noexcept { return state_.position; }

    /// True when Begin found one to go on with: what changed before its position is not seen.
    [[nodiscard]] bool IsResumed() const noexcept { return resumed_; }

    /// Asked whenever the state is kept: the key behind which the next scan is to begin when this one is cut,
    /// when that is before the position. Lives as long as objects are told.
    void HeldBy(std::function<std::string()> resumes_after) { resumes_after_ = std::move(resumes_after); }

    /// An object that counts. One that comes behind a later key is taken in all the same, only slower.
    [[nodiscard]] Result<void> Found(FoundObject object);

    /// An object that is there and does not count: it is no new item, and none that is missing.
    [[nodiscard]] Result<void> Passed(std::string key);

    /// Takes in what is left, removes what is gone, and notes that the scan finished. kStopped.
    [[nodiscard]] Result<void> End(const std::stop_token& stop);

    /// Takes in what is left, so that the next scan goes on there. `failed`: not because it was stopped.
    [[nodiscard]] Result<void> BreakOff(bool failed);

    /// How many items are new or taken up again.
    [[nodiscard]] int Added() const noexcept { return added_; }

    /// How far it is.
    [[nodiscard]] const ScanState& State() const noexcept { return state_; }

private:
    [[nodiscard]] Result<void> See(Sighting sighting);
    [[nodiscard]] Result<void> Flush(bool to_the_end);
    [[nodiscard]] Result<void> Commit(const ComparedRange& compared);
    [[nodiscard]] Result<void> TakeLate(const std::vector<FoundObject>& late);
    [[nodiscard]] Result<void> RemoveGone(const std::stop_token& stop);
    [[nodiscard]] Result<void> ForgetMissed();
    [[nodiscard]] Result<void> Put();
    [[nodiscard]] ScanState Kept(ScanState state) const;

    Storage& storage_;
    const Clock& clock_;
    const Bucket bucket_;
    ScanState state_;
    std::function<std::string()> resumes_after_;
    std::string began_behind_;
    Timestamp put_at_;  ///< When the state was last written, or read.
    bool resumed_ = false;
    std::vector<Sighting> sightings_;  ///< In the order of keys, all behind the position.
    std::vector<FoundObject> late_;    ///< Those that came behind a later key.
    int added_ = 0;
};

}  // namespace notify
