#pragma once

// Results, and the small artifacts that live as rows. Use ArtifactStore for artifacts; it decides where they
// go.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/result.hpp"

namespace notify {

/// How old bytes of an artifact are at least that are removed because nothing refers to them.
inline constexpr std::chrono::hours kOrphanAge{1};

class ResultRepository {
public:
    ResultRepository() = default;
    ResultRepository(const ResultRepository&) = delete;
    ResultRepository& operator=(const ResultRepository&) = delete;
    virtual ~ResultRepository() = default;

    /// Adds the result unless one with its lineage key is there; returns the id that stands for the key.
    virtual Result<ResultId> AddOrGet(const StoredResult& result) = 0;

    /// As AddOrGet: the ids in the order of `results`.
    virtual Result<std::vector<ResultId>> AddOrGetAll(const std::vector<StoredResult>& results) = 0;
    [[nodiscard]] virtual Result<StoredResult> Get(const ResultId& id) const = 0;
    [[nodiscard]] virtual Result<std::optional<StoredResult>> FindByLineage(
        std::string_view lineage_key
    ) const = 0;

    /// Removes those that no process and no appearance refers to, with their face tracks; how many. Their
    /// artifacts' bytes stay for an hour: who has just read such a result may still commit it.
    virtual Result<int> ForgetUnused(const std::vector<ResultId>& ids) = 0;

    /// Has the result these artifacts and no others.
    virtual Result<void> SetArtifacts(const ResultId& id, const std::vector<ArtifactRef>& artifacts) = 0;

    /// Removes the row at once when nothing refers to it.
    virtual Result<void> RemoveArtifactRow(std::string_view sha256) = 0;

    /// Bytes that are there already are kept, and count as new.
    virtual Result<void> PutArtifactRow(std::string_view sha256, std::string_view bytes) = 0;
    [[nodiscard]] virtual Result<std::optional<std::string>> ArtifactRow(std::string_view sha256) const = 0;

    /// True when a result or an enrolment photo refers to these bytes, or one did that was forgotten since.
    [[nodiscard]] virtual Result<bool> IsReferenced(std::string_view sha256) const = 0;

    /// Of at most `limit` artifact rows their sha-256: they are older than an hour, and nothing has referred
    /// to them for an hour. Goes through every row that is kept.
    [[nodiscard]] virtual Result<std::vector<std::string>> OrphanRows(int limit) const = 0;

    /// Forgets that bytes of forgotten results were referred to, an hour after. Call it before OrphanRows.
    virtual Result<void> ForgetReleased() = 0;

    /// Removes those of these that still are what OrphanRows says; how many.
    virtual Result<int> RemoveOrphanRows(const std::vector<std::string>& found) = 0;

    /// The buckets of the processes that have it.
    [[nodiscard]] virtual Result<std::vector<BucketId>> BucketsWith(const ResultId& id) const = 0;
};

}  // namespace notify
