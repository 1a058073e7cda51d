#pragma once

// PauseRepository in SQL.

#include "storage/pause_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See PauseRepository. The connection outlives it.
class PauseTable final : public PauseRepository {
public:
    explicit PauseTable(Connection& connection) : connection_(connection) {}

    Result<void> Put(const Pause& pause) override;
    Result<Pause> End(const PauseId& id) override;
    [[nodiscard]] Result<std::vector<Pause>> List(Timestamp now) const override;
    [[nodiscard]] Result<std::optional<Pause>> OfBucket(const Bucket& bucket, Timestamp now) const override;
    [[nodiscard]] Result<std::optional<Pause>> OfItems(const Bucket& bucket, Timestamp now) const override;
    [[nodiscard]] Result<std::optional<Pause>> OfBucketItself(
        const BucketId& bucket, Timestamp now
    ) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
