#include "storage/sql/source_table.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "storage/source_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql =
    "INSERT INTO source (id, kind, name, config, max_in_flight, created_at) VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* kUpdateSql = "UPDATE source SET name = ?, config = ?, max_in_flight = ? WHERE id = ?";
constexpr const char* kRemoveSql = "DELETE FROM source WHERE id = ?";
constexpr const char* kRemovePauseSql = "DELETE FROM pause WHERE scope = 'source' AND subject = ?";
constexpr const char* kBucketSql = "SELECT name FROM bucket WHERE source_id = ? ORDER BY name LIMIT 1";
constexpr const char* kListSql =
    "SELECT id, kind, name, config, max_in_flight, created_at FROM source ORDER BY name";
constexpr const char* kGetSql =
    "SELECT id, kind, name, config, max_in_flight, created_at FROM source WHERE id = ?";
constexpr const char* kAddSecretSql = R"sql(
    INSERT INTO source_secret (source_id, access_key, sealed, expires_at, added_at) VALUES (?, ?, ?, ?, ?)
    RETURNING number)sql";
constexpr const char* kDropOldSecretsSql = R"sql(
    DELETE FROM source_secret
    WHERE source_id = ?1
      AND number NOT IN (SELECT number FROM source_secret WHERE source_id = ?1 ORDER BY number DESC LIMIT ?2))sql";
constexpr const char* kSecretsSql = R"sql(
    SELECT number, source_id, access_key, sealed, expires_at, added_at
    FROM source_secret WHERE source_id = ? ORDER BY number DESC)sql";
constexpr const char* kRemoveSecretSql = "DELETE FROM source_secret WHERE source_id = ? AND number = ?";

Source ReadSource(Row& row) {
    return {
        .id = row.As<SourceId>(),
        .kind = row.Text(),
        .name = row.Text(),
        .config = row.Text(),
        .max_in_flight = row.Int(),
        .created_at = row.Time(),
    };
}

SourceSecret ReadSecret(Row& row) {
    return {
        .number = row.Integer(),
        .source_id = row.As<SourceId>(),
        .access_key = row.Text(),
        .sealed = row.Bytes(),
        .expires_at = row.OptionalTime(),
        .added_at = row.Time(),
    };
}

Error Taken(const Error& error, const Source& source) {
    return error.code != ErrorCode::kConflict
               ? error
               : Error{
                     .code = error.code,
                     .message = fmt::format("there is a source named '{}' already", source.name)
                 };
}

Unexpected Missing(const SourceId& id) {
    return Fail(ErrorCode::kNotFound, fmt::format("there is no source {}", id.Value()));
}

}  // namespace

Result<void> SourceTable::Add(const Source& source) {
    return connection_
        .TryChange(
            kAddSql,
            source.id,
            source.kind,
            source.name,
            source.config,
            source.max_in_flight,
            source.created_at
        )
        .map([](int) {})
        .map_error([&](const Error& error) { return Taken(error, source); });
}

Result<void> SourceTable::Update(const Source& source) {
    const auto updated =
        connection_.TryChange(kUpdateSql, source.name, source.config, source.max_in_flight, source.id);
    if (!updated) {
        return Unexpected(Taken(updated.error(), source));
    }
    return *updated == 1 ? Result<void>{} : Missing(source.id);
}

Result<void> SourceTable::Remove(const SourceId& id) {
    const auto bucket = connection_.First(kBucketSql, [](Row& row) { return row.Text(); }, id);
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    if (bucket->has_value()) {
        return Fail(
            ErrorCode::kConflict, fmt::format("bucket '{}' is in that source; remove it first", **bucket)
        );
    }
    return connection_.TryChange(kRemoveSql, id).and_then([&](int removed) -> Result<void> {
        return removed == 1 ? connection_.Change(kRemovePauseSql, id).map([](int) {}) : Missing(id);
    });
}

Result<Source> SourceTable::Get(const SourceId& id) const {
    return connection_.First(kGetSql, ReadSource, id).and_then([&](std::optional<Source> source) {
        return source ? Result<Source>(std::move(*source)) : Missing(id);
    });
}

Result<std::vector<Source>> SourceTable::List() const {
    return connection_.Select(kListSql, ReadSource);
}

Result<std::int64_t> SourceTable::AddSecret(const SourceSecret& secret) {
    const auto number = connection_.First(
        kAddSecretSql,
        [](Row& row) { return row.Integer(); },
        secret.source_id,
        secret.access_key,
        Blob{secret.sealed},
        secret.expires_at,
        secret.added_at
    );
    if (!number) {
        return Unexpected(number.error());
    }
    return connection_.Change(kDropOldSecretsSql, secret.source_id, kMostLiveSecrets).map([&](int) {
        return number->value_or(0);
    });
}

Result<std::vector<SourceSecret>> SourceTable::Secrets(const SourceId& id) const {
    return connection_.Select(kSecretsSql, ReadSecret, id);
}

Result<void> SourceTable::RemoveSecret(const SourceId& id, std::int64_t number) {
    return connection_.Change(kRemoveSecretSql, id, number).and_then([&](int removed) -> Result<void> {
        return removed == 1
                   ? Result<void>{}
                   : Fail(
                         ErrorCode::kNotFound, fmt::format("source {} has no secret {}", id.Value(), number)
                     );
    });
}

}  // namespace notify::sql
