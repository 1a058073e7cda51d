#pragma once

// ResultRepository in SQL.

#include <map>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "storage/result_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See ResultRepository. The connection outlives it.
class ResultTable final : public ResultRepository {
public:
    ResultTable(Connection& connection, const Clock& clock) : connection_(connection), clock_(clock) {}

    Result<ResultId> AddOrGet(const StoredResult& result) override;
    Result<std::vector<ResultId>> AddOrGetAll(const std::vector<StoredResult>& results) override;
    [[nodiscard]] Result<StoredResult> Get(const ResultId& id) const override;
    [[nodiscard]] Result<std::optional<StoredResult>> FindByLineage(
        std::string_view lineage_key
    ) const override;
    [[nodiscard]] Result<std::vector<BucketId>> BucketsWith(const ResultId& id) const override;
    Result<int> ForgetUnused(const std::vector<ResultId>& ids) override;
    Result<void> SetArtifacts(const ResultId& id, const std::vector<ArtifactRef>& artifacts) override;
    Result<void> RemoveArtifactRow(std::string_view sha256) override;
    Result<void> PutArtifactRow(std::string_view sha256, std::string_view bytes) override;
    [[nodiscard]] Result<std::optional<std::string>> ArtifactRow(std::string_view sha256) const override;
    [[nodiscard]] Result<bool> IsReferenced(std::string_view sha256) const override;
    [[nodiscard]] Result<std::vector<std::string>> OrphanRows(int limit) const override;
    Result<void> ForgetReleased() override;
    Result<int> RemoveOrphanRows(const std::vector<std::string>& found) override;

private:
    [[nodiscard]] Result<std::map<std::string, ResultId>> Known(
        const std::vector<StoredResult>& results
    ) const;
    [[nodiscard]] Result<void> AddArtifacts(const ResultId& id, const std::vector<ArtifactRef>& artifacts);

    Connection& connection_;
    const Clock& clock_;
};

}  // namespace notify::sql
