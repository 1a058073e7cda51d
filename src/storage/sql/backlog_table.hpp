#pragma once

// BacklogRepository in SQL.

#include "storage/backlog_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See BacklogRepository. The connection outlives it.
class BacklogTable final : public BacklogRepository {
public:
    explicit BacklogTable(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<std::vector<ItemId>> Waiting(const BucketId& bucket, int limit) const override;
    Result<void> NoteGiven(const BucketId& bucket, const ItemId& item, Timestamp at) override;
    [[nodiscard]] Result<std::vector<OpenItem>> Open(const BucketId& bucket) const override;
    Result<void> SetEnded(const ItemId& item, std::chrono::milliseconds media) override;
    [[nodiscard]] Result<BacklogUse> Used(const BucketId& bucket, Timestamp since) const override;
    Result<int> ForgetGiven(Timestamp before) override;
    Result<bool> Mark(const BucketId& bucket, const DoneMark& mark) override;
    Result<bool> Unmark(const BucketId& bucket, std::string_view key, std::string_view version) override;
    [[nodiscard]] Result<bool> HasMarks(const BucketId& bucket) const override;
    [[nodiscard]] Result<std::vector<DoneMark>> Marks(
        const BucketId& bucket, std::string_view key
    ) const override;
    [[nodiscard]] Result<ProcessorPace> Pace(std::string_view processor) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
