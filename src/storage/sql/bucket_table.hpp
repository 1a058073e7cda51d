#pragma once

// BucketRepository in SQL.

#include "storage/bucket_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See BucketRepository. The connection outlives it.
class BucketTable final : public BucketRepository {
public:
    explicit BucketTable(Connection& connection) : connection_(connection) {}

    Result<void> Add(const Bucket& bucket) override;
    Result<void> Update(const Bucket& bucket) override;
    Result<void> Remove(const BucketId& id) override;
    [[nodiscard]] Result<Bucket> Get(const BucketId& id) const override;
    [[nodiscard]] Result<Bucket> Find(std::string_view id_or_name) const override;
    [[nodiscard]] Result<std::vector<Bucket>> List() const override;
    Result<void> SetScanned(const BucketId& id, Timestamp at, std::string_view note, bool whole) override;
    Result<void> Hold(const BucketId& id, const BucketHold& hold) override;
    Result<bool> Release(const BucketId& id, Timestamp now) override;
    Result<int> Wake(const BucketId& id, Timestamp now) override;
    [[nodiscard]] Result<std::optional<BucketHold>> HoldOf(const BucketId& id) const override;
    Result<void> NoteOwnObject(const BucketId& id, std::string_view key, Timestamp at) override;
    Result<void> NoteOwnResult(
        const SourceId& source, std::string_view place, std::string_view key, Timestamp at
    ) override;
    [[nodiscard]] Result<bool> IsOwnResult(
        const SourceId& source, std::string_view place, std::string_view key
    ) const override;
    [[nodiscard]] Result<bool> IsOwnObject(const BucketId& id, std::string_view key) const override;
    [[nodiscard]] Result<std::vector<std::string>> OwnObjectsBetween(
        const BucketId& id, const KeyRange& range, int limit
    ) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
