#include "storage/sql/result_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "storage/result_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr Sql kAddSql{
    .sqlite = R"sql(
    INSERT INTO result (id, lineage_key, content_sha256, media_type, processor, processor_version, model_digest,
                        config_hash, embedding_model, document, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (lineage_key) DO NOTHING
    RETURNING id)sql",
    .postgres = R"sql(
    INSERT INTO result (id, lineage_key, content_sha256, media_type, processor, processor_version, model_digest,
                        config_hash, embedding_model, document, created_at)
    SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (lineage_key) DO NOTHING
    RETURNING id)sql"
};
constexpr const char* kAddArtifactSql = R"sql(
    INSERT INTO result_artifact (result_id, name, media_type, sha256, size_bytes, sealed) VALUES (?, ?, ?, ?, ?, ?))sql";
constexpr const char* kRemoveArtifactsSql = "DELETE FROM result_artifact WHERE result_id = ?";
constexpr const char* kRemoveRowSql = R"sql(
    DELETE FROM artifact_row
    WHERE sha256 = ?
      AND NOT EXISTS (SELECT 1 FROM result_artifact a WHERE a.sha256 = artifact_row.sha256)
      AND NOT EXISTS (SELECT 1 FROM artifact_released r WHERE r.sha256 = artifact_row.sha256)
      AND NOT EXISTS (SELECT 1 FROM enrolment_photo p WHERE p.crop_sha256 = artifact_row.sha256))sql";
constexpr Sql kIdsSql{
    .sqlite = "SELECT lineage_key, id FROM result WHERE lineage_key = ?",
    .postgres = "SELECT lineage_key, id FROM result WHERE lineage_key IN (SELECT unnest(?))"
};
constexpr const char* kIdSql = "SELECT id FROM result WHERE lineage_key = ?";
constexpr const char* kGetSql = R"sql(
    SELECT id, lineage_key, content_sha256, media_type, processor, processor_version, model_digest, config_hash,
           embedding_model, document, created_at
    FROM result WHERE id = ?)sql";
constexpr const char* kArtifactsSql = R"sql(
    SELECT name, media_type, sha256, size_bytes, sealed FROM result_artifact WHERE result_id = ? ORDER BY name)sql";
constexpr const char* kPutRowSql =
    R"sql(
    INSERT INTO artifact_row (sha256, bytes, created_at) VALUES (?, ?, ?)
    ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at)sql";
constexpr const char* kRowSql = "SELECT bytes FROM artifact_row WHERE sha256 = ?";
constexpr const char* kReferencedSql = R"sql(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM result_artifact WHERE sha256 = ?1)
                OR EXISTS (SELECT 1 FROM artifact_released WHERE sha256 = ?1)
                OR EXISTS (SELECT 1 FROM enrolment_photo WHERE crop_sha256 = ?1))sql";
constexpr Sql kUnusedSql{
    .sqlite = R"sql(
    SELECT id FROM result
    WHERE id = ? AND NOT EXISTS (SELECT 1 FROM process p WHERE p.result_id = result.id)
      AND NOT EXISTS (SELECT 1 FROM appearance a WHERE a.result_id = result.id))sql",
    .postgres = R"sql(
    SELECT id FROM result
    WHERE id IN (SELECT unnest(?)) AND NOT EXISTS (SELECT 1 FROM process p WHERE p.result_id = result.id)
      AND NOT EXISTS (SELECT 1 FROM appearance a WHERE a.result_id = result.id))sql"
};
constexpr Sql kReleaseArtifactsSql{
    .sqlite = R"sql(
    INSERT INTO artifact_released (sha256, at) SELECT sha256, ?2 FROM result_artifact WHERE result_id = ?1
    ON CONFLICT (sha256) DO UPDATE SET at = excluded.at)sql",
    .postgres = R"sql(
    INSERT INTO artifact_released (sha256, at)
    SELECT DISTINCT a.sha256, n.at FROM unnest(?1, ?2) AS n (id, at) JOIN result_artifact a ON a.result_id = n.id
    ON CONFLICT (sha256) DO UPDATE SET at = excluded.at)sql"
};
constexpr Sql kForgetSql{
    .sqlite = "DELETE FROM result WHERE id = ?",
    .postgres = "DELETE FROM result WHERE id IN (SELECT unnest(?))"
};
constexpr const char* kForgetReleasedSql = "DELETE FROM artifact_released WHERE at < ?";
constexpr const char* kOrphansSql = R"sql(
    SELECT sha256 FROM artifact_row o
    WHERE created_at < ?1
      AND NOT EXISTS (SELECT 1 FROM result_artifact a WHERE a.sha256 = o.sha256)
      AND NOT EXISTS (SELECT 1 FROM artifact_released r WHERE r.sha256 = o.sha256)
      AND NOT EXISTS (SELECT 1 FROM enrolment_photo p WHERE p.crop_sha256 = o.sha256)
    LIMIT ?2)sql";
constexpr Sql kRemoveOrphansSql{
    .sqlite = R"sql(
    DELETE FROM artifact_row
    WHERE sha256 = ?1 AND created_at < ?2
      AND NOT EXISTS (SELECT 1 FROM result_artifact a WHERE a.sha256 = artifact_row.sha256)
      AND NOT EXISTS (SELECT 1 FROM artifact_released r WHERE r.sha256 = artifact_row.sha256)
      AND NOT EXISTS (SELECT 1 FROM enrolment_photo p WHERE p.crop_sha256 = artifact_row.sha256))sql",
    .postgres = R"sql(
    DELETE FROM artifact_row USING unnest(?1, ?2) AS n (sha256, before)
    WHERE artifact_row.sha256 = n.sha256 AND created_at < n.before
      AND NOT EXISTS (SELECT 1 FROM result_artifact a WHERE a.sha256 = n.sha256)
      AND NOT EXISTS (SELECT 1 FROM artifact_released r WHERE r.sha256 = n.sha256)
      AND NOT EXISTS (SELECT 1 FROM enrolment_photo p WHERE p.crop_sha256 = n.sha256))sql"
};

StoredResult ReadResult(Row& row) {
    StoredResult result;
    result.id = row.As<ResultId>();
    result.lineage_key = row.Text();
    result.content_sha256 = row.Text();
    result.media_type = row.Text();
    result.processor = row.Text();
    result.processor_version = row.Text();
    result.model_digest = row.Text();
    result.config_hash = row.Text();
    result.embedding_model = row.Text();
    result.document = row.Text();
    result.created_at = row.Time();
    return result;
}

}  // namespace

Result<ResultId> ResultTable::AddOrGet(const StoredResult& result) {
    return AddOrGetAll({result}).map([](const std::vector<ResultId>& ids) { return ids.front(); });
}

Result<std::vector<ResultId>> ResultTable::AddOrGetAll(const std::vector<StoredResult>& results) {
    auto known = Known(results);
    if (!known) {
        return Unexpected(known.error());
    }
    std::vector<const StoredResult*> fresh;
    std::vector<ResultId> ids;
    for (const auto& result : results) {
        const auto [lineage, is_new] = known->try_emplace(result.lineage_key, result.id);
        if (is_new) {
            fresh.push_back(&result);
        }
        ids.push_back(lineage->second);
    }
    const auto bind = [](const StoredResult* result, Binder& binder) {
        binder.BindAll(
            result->id,
            result->lineage_key,
            result->content_sha256,
            result->media_type,
            result->processor,
            result->processor_version,
            result->model_digest,
            result->config_hash,
            result->embedding_model,
            result->document,
            result->created_at
        );
    };
    if (auto added = connection_.ChangeFor(kAddSql, fresh, bind); !added) {
        return Unexpected(added.error());
    }
    for (const auto* result : fresh) {
        if (auto added = AddArtifacts(result->id, result->artifacts); !added) {
            return Unexpected(added.error());
        }
    }
    return ids;
}

/// What stands for the lineages of those that have it.
Result<std::map<std::string, ResultId>> ResultTable::Known(const std::vector<StoredResult>& results) const {
    const auto bind = [](const StoredResult& result, Binder& binder) { binder.Bind(result.lineage_key); };
    const auto read = [](Row& row) {
        auto key = row.Text();
        return std::pair(std::move(key), row.As<ResultId>());
    };
    return connection_.SelectFor(kIdsSql, results, bind, read).map([](const auto& rows) {
        return std::map<std::string, ResultId>(rows.begin(), rows.end());
    });
}

Result<void> ResultTable::AddArtifacts(const ResultId& id, const std::vector<ArtifactRef>& artifacts) {
    for (const auto& a : artifacts) {
        auto noted =
            connection_.Change(kAddArtifactSql, id, a.name, a.media_type, a.sha256, a.size_bytes, a.sealed);
        if (!noted) {
            return Unexpected(noted.error());
        }
    }
    return {};
}

Result<void> ResultTable::SetArtifacts(const ResultId& id, const std::vector<ArtifactRef>& artifacts) {
    return connection_.Change(kRemoveArtifactsSql, id).and_then([&](int) {
        return AddArtifacts(id, artifacts);
    });
}

Result<void> ResultTable::RemoveArtifactRow(std::string_view sha256) {
    return connection_.Change(kRemoveRowSql, sha256).map([](int) {});
}

Result<StoredResult> ResultTable::Get(const ResultId& id) const {
    auto result = connection_.First(kGetSql, ReadResult, id).and_then([&](std::optional<StoredResult> row) {
        return row ? Result<StoredResult>(*std::move(row))
                   : Fail(ErrorCode::kNotFound, fmt::format("there is no result {}", id.Value()));
    });
    if (!result) {
        return result;
    }
    const auto read_artifact = [](Row& row) {
        return ArtifactRef{
            .name = row.Text(),
            .media_type = row.Text(),
            .sha256 = row.Text(),
            .size_bytes = static_cast<std::uint64_t>(row.Integer()),
            .sealed = row.Bool(),
        };
    };
    return connection_.Select(kArtifactsSql, read_artifact, id).map([&](std::vector<ArtifactRef> artifacts) {
        result->artifacts = std::move(artifacts);
        return *std::move(result);
    });
}

Result<std::optional<StoredResult>> ResultTable::FindByLineage(std::string_view lineage_key) const {
    const auto id = connection_.First(kIdSql, [](Row& row) { return row.As<ResultId>(); }, lineage_key);
    if (!id) {
        return Unexpected(id.error());
    }
    if (!*id) {
        return std::optional<StoredResult>();
    }
    return Get(**id).map([](StoredResult result) { return std::optional(std::move(result)); });
}

Result<std::vector<BucketId>> ResultTable::BucketsWith(const ResultId& id) const {
    return connection_.Select(
        "SELECT DISTINCT bucket_id FROM process WHERE result_id = ?",
        [](Row& row) { return row.As<BucketId>(); },
        id
    );
}

Result<int> ResultTable::ForgetUnused(const std::vector<ResultId>& ids) {
    const auto unused =
        connection_.SelectFor(kUnusedSql, ids, kBindItself, [](Row& row) { return row.As<ResultId>(); });
    if (!unused) {
        return Unexpected(unused.error());
    }
    const auto now = clock_.Now();
    const auto bind = [&](const ResultId& id, Binder& binder) { binder.BindAll(id, now); };
    return connection_.ChangeFor(kReleaseArtifactsSql, *unused, bind).and_then([&](int) {
        return connection_.ChangeFor(kForgetSql, *unused, kBindItself);
    });
}

Result<void> ResultTable::PutArtifactRow(std::string_view sha256, std::string_view bytes) {
    return connection_.Change(kPutRowSql, sha256, Blob{bytes}, clock_.Now()).map([](int) {});
}

Result<std::optional<std::string>> ResultTable::ArtifactRow(std::string_view sha256) const {
    return connection_.First(kRowSql, [](Row& row) { return row.Bytes(); }, sha256);
}

Result<bool> ResultTable::IsReferenced(std::string_view sha256) const {
    return connection_.First(
                          kReferencedSql, [](Row& row) { return row.Int(); }, sha256
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<std::vector<std::string>> ResultTable::OrphanRows(int limit) const {
    const auto before = clock_.Now() - kOrphanAge;
    return connection_.Select(kOrphansSql, [](Row& row) { return row.Text(); }, before, limit);
}

Result<void> ResultTable::ForgetReleased() {
    return connection_.Change(kForgetReleasedSql, clock_.Now() - kOrphanAge).map([](int) {});
}

Result<int> ResultTable::RemoveOrphanRows(const std::vector<std::string>& found) {
    const auto before = clock_.Now() - kOrphanAge;
    const auto bind = [&](const std::string& sha256, Binder& binder) { binder.BindAll(sha256, before); };
    return connection_.ChangeFor(kRemoveOrphansSql, found, bind);
}

}  // namespace notify::sql
