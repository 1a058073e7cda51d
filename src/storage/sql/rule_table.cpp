#include "storage/sql/rule_table.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO rule (id, bucket_id, source_id, media_types, path_glob, processor, config, config_hash, priority,
                      enabled, biometric_basis, created_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kUpdateSql = R"sql(
    UPDATE rule
    SET media_types = ?, path_glob = ?, processor = ?, config = ?, config_hash = ?, priority = ?, enabled = ?,
        biometric_basis = ?, changed_at = ?
    WHERE id = ?)sql";
constexpr const char* kRemoveSql = "DELETE FROM rule WHERE id = ?";
constexpr const char* kGetSql = R"sql(
    SELECT id, bucket_id, source_id, media_types, path_glob, processor, config, config_hash, priority, enabled,
           biometric_basis, created_at, changed_at
    FROM rule WHERE id = ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, bucket_id, source_id, media_types, path_glob, processor, config, config_hash, priority, enabled,
           biometric_basis, created_at, changed_at
    FROM rule ORDER BY priority DESC, created_at, id)sql";
constexpr const char* kOfBucketSql = R"sql(
    SELECT id, bucket_id, source_id, media_types, path_glob, processor, config, config_hash, priority, enabled,
           biometric_basis, created_at, changed_at
    FROM rule
    WHERE bucket_id = ?1 OR source_id = (SELECT b.source_id FROM bucket b WHERE b.id = ?1)
    ORDER BY priority DESC, created_at, id)sql";

Rule ReadRule(Row& row) {
    Rule rule;
    rule.id = row.As<RuleId>();
    rule.bucket_id = row.As<BucketId>();
    rule.source_id = row.As<SourceId>();
    rule.media_types = ListFromText(row.Text());
    rule.path_glob = row.Text();
    rule.processor = row.Text();
    rule.config = row.Text();
    rule.config_hash = row.Text();
    rule.priority = row.Int();
    rule.enabled = row.Bool();
    rule.biometric_basis = row.Text();
    rule.created_at = row.Time();
    rule.changed_at = row.Time();
    return rule;
}

Result<void> OneChanged(const Result<int>& changed, const RuleId& id) {
    if (!changed) {
        return Unexpected(changed.error());
    }
    return *changed == 1 ? Result<void>{}
                         : Fail(ErrorCode::kNotFound, fmt::format("there is no rule {}", id.Value()));
}

}  // namespace

Result<void> RuleTable::Add(const Rule& rule) {
    return connection_
        .TryChange(
            kAddSql,
            rule.id,
            NullIfEmpty{rule.bucket_id.Value()},
            NullIfEmpty{rule.source_id.Value()},
            ListToText(rule.media_types),
            rule.path_glob,
            rule.processor,
            rule.config,
            rule.config_hash,
            rule.priority,
            rule.enabled,
            rule.biometric_basis,
            rule.created_at,
            rule.changed_at
        )
        .map([](int) {});
}

Result<void> RuleTable::Update(const Rule& rule) {
    return OneChanged(
        connection_.TryChange(
            kUpdateSql,
            ListToText(rule.media_types),
            rule.path_glob,
            rule.processor,
            rule.config,
            rule.config_hash,
            rule.priority,
            rule.enabled,
            rule.biometric_basis,
            rule.changed_at,
            rule.id
        ),
        rule.id
    );
}

Result<void> RuleTable::Remove(const RuleId& id) {
    return OneChanged(connection_.TryChange(kRemoveSql, id), id);
}

Result<Rule> RuleTable::Get(const RuleId& id) const {
    return connection_.First(kGetSql, ReadRule, id).and_then([&](std::optional<Rule> rule) {
        return rule ? Result<Rule>(*std::move(rule))
                    : Fail(ErrorCode::kNotFound, fmt::format("there is no rule {}", id.Value()));
    });
}

Result<std::vector<Rule>> RuleTable::List() const {
    return connection_.Select(kListSql, ReadRule);
}

Result<std::vector<Rule>> RuleTable::OfBucket(const BucketId& id) const {
    return connection_.Select(kOfBucketSql, ReadRule, id);
}

}  // namespace notify::sql
