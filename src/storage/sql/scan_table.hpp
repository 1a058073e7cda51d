#pragma once

// ScanRepository in SQL.

#include "storage/scan_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See ScanRepository. The connection outlives it.
class ScanTable final : public ScanRepository {
public:
    explicit ScanTable(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<std::optional<ScanState>> Get(const BucketId& bucket) const override;
    Result<void> Put(const BucketId& bucket, const ScanState& state) override;
    [[nodiscard]] Result<std::vector<ScanRange>> Ranges(const BucketId& bucket) const override;
    Result<void> PutRanges(const BucketId& bucket, const std::vector<ScanRange>& ranges) override;
    Result<void> MoveRange(
        const BucketId& bucket, const ScanRange& range, std::uint64_t more, Timestamp at
    ) override;
    Result<void> NoteMissing(const BucketId& bucket, std::int64_t number, const ItemId& item) override;
    [[nodiscard]] Result<std::vector<ItemId>> MissingTwice(
        const BucketId& bucket, std::int64_t number, const ItemId& after, int limit
    ) const override;
    Result<int> ForgetMissing(const BucketId& bucket, std::int64_t number, int limit) override;
    Result<bool> Begin(const BucketId& bucket, const NodeId& node) override;
    Result<void> End(const BucketId& bucket, const NodeId& node) override;
    Result<void> Want(const BucketId& bucket) override;
    [[nodiscard]] Result<std::vector<BucketId>> Wanted() const override;
    Result<void> TakeUp(const std::vector<BucketId>& buckets) override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
