#pragma once

// How far scans came, and which items they did not see.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"

namespace notify {

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class ScanRepository {
public:
    ScanRepository() = default;
    ScanRepository(const ScanRepository&) = delete;
    ScanRepository& operator=(const ScanRepository&) = delete;
    virtual ~ScanRepository() = default;

    /// The bucket's last scan; nothing before its first.
    [[nodiscard]] virtual Result<std::optional<ScanState>> Get(const BucketId& bucket) const = 0;

    /// Replaces it. kNotFound when there is no such bucket.
    virtual Result<void> Put(const BucketId& bucket, const ScanState& state) = 0;

    /// The ranges that the bucket's last scan is cut into, in the order of keys; none for one that is not.
    [[nodiscard]] virtual Result<std::vector<ScanRange>> Ranges(const BucketId& bucket) const = 0;

    /// Replaces them all. kNotFound when there is no such bucket, kConflict when two begin behind one key.
    virtual Result<void> PutRanges(const BucketId& bucket, const std::vector<ScanRange>& ranges) = 0;

    /// Notes how far the range is that begins behind `range.after`, and that the scan has seen `more` objects
    /// since its ranges were last moved. kNotFound when there is no such range.
    virtual Result<void> MoveRange(
        const BucketId& bucket, const ScanRange& range, std::uint64_t more, Timestamp at
    ) = 0;

    /// Notes that scan `number` did not see the item. It counts once for each scan, and anew when the scan
    /// before saw it.
    virtual Result<void> NoteMissing(const BucketId& bucket, std::int64_t number, const ItemId& item) = 0;

    /// Items that scan `number` and the one before it did not see: at most `limit`, in the order of their
    /// ids, behind `after`.
    [[nodiscard]] virtual Result<std::vector<ItemId>> MissingTwice(
        const BucketId& bucket, std::int64_t number, const ItemId& after, int limit
    ) const = 0;

    /// Forgets what scans before `number` did not see, at most `limit` of it; how many.
    virtual Result<int> ForgetMissing(const BucketId& bucket, std::int64_t number, int limit) = 0;

    /// The node scans the bucket from now on, when no other node does; true when it does then. What a node
    /// that is gone has begun is nobody's. kNotFound when there is no such bucket.
    virtual Result<bool> Begin(const BucketId& bucket, const NodeId& node) = 0;

    /// The node scans it no more. Nothing when it does not.
    virtual Result<void> End(const BucketId& bucket, const NodeId& node) = 0;

    /// It is to be scanned soon by whoever scans. kNotFound when there is no such bucket.
    virtual Result<void> Want(const BucketId& bucket) = 0;

    /// Those that are to be scanned soon.
    [[nodiscard]] virtual Result<std::vector<BucketId>> Wanted() const = 0;

    /// These were taken up.
    virtual Result<void> TakeUp(const std::vector<BucketId>& buckets) = 0;
};

}  // namespace notify
