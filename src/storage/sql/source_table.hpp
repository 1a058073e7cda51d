#pragma once

// SourceRepository in SQL.

#include "storage/source_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See SourceRepository. The connection outlives it.
class SourceTable final : public SourceRepository {
public:
    explicit SourceTable(Connection& connection) : connection_(connection) {}

    Result<void> Add(const Source& source) override;
    Result<void> Update(const Source& source) override;
    Result<void> Remove(const SourceId& id) override;
    [[nodiscard]] Result<Source> Get(const SourceId& id) const override;
    [[nodiscard]] Result<std::vector<Source>> List() const override;
    Result<std::int64_t> AddSecret(const SourceSecret& secret) override;
    [[nodiscard]] Result<std::vector<SourceSecret>> Secrets(const SourceId& id) const override;
    Result<void> RemoveSecret(const SourceId& id, std::int64_t number) override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
