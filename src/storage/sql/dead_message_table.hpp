#pragma once

// DeadMessageRepository in SQL.

#include "storage/dead_message_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See DeadMessageRepository. The connection outlives it.
class DeadMessageTable final : public DeadMessageRepository {
public:
    explicit DeadMessageTable(Connection& connection) : connection_(connection) {}

    Result<bool> Add(const DeadMessage& message) override;
    [[nodiscard]] Result<DeadMessage> Get(const DeadMessageId& id) const override;
    [[nodiscard]] Result<Page<DeadMessage>> List(
        const DeadMessageFilter& filter, const PageRequest& page
    ) const override;
    [[nodiscard]] Result<std::int64_t> CountOpen() const override;
    Result<void> MarkReplayed(const DeadMessageId& id, Timestamp at) override;
    Result<void> Remove(const DeadMessageId& id) override;
    Result<int> RemoveOld(Timestamp before, int limit) override;
    [[nodiscard]] Result<std::int64_t> CountOld(Timestamp before) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
