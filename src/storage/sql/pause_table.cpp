#include "storage/sql/pause_table.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/named.hpp"
#include "domain/pause.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kRemoveSameSql = "DELETE FROM pause WHERE scope = ? AND subject = ?";
constexpr const char* kPutSql = R"sql(
    INSERT INTO pause (id, scope, subject, reason, actor, since, until) VALUES (?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kGetSql =
    "SELECT id, scope, subject, reason, actor, since, until FROM pause WHERE id = ?";
constexpr const char* kRemoveSql = "DELETE FROM pause WHERE id = ?";
constexpr const char* kListSql = R"sql(
    SELECT id, scope, subject, reason, actor, since, until FROM pause
    WHERE until IS NULL OR until > ? ORDER BY since, id)sql";
constexpr const char* kOfBucketItselfSql = R"sql(
    SELECT id, scope, subject, reason, actor, since, until FROM pause
    WHERE scope = 'bucket' AND subject = ? AND (until IS NULL OR until > ?))sql";
constexpr const char* kOfBucketSql = R"sql(
    SELECT id, scope, subject, reason, actor, since, until FROM pause
    WHERE (until IS NULL OR until > ?3)
      AND ((scope = 'bucket' AND subject = ?1) OR (scope = 'source' AND subject = ?2))
    ORDER BY scope LIMIT 1)sql";
constexpr const char* kOfItemsSql = R"sql(
    SELECT id, scope, subject, reason, actor, since, until FROM pause
    WHERE (until IS NULL OR until > ?3)
      AND (scope = 'everything' OR (scope = 'bucket' AND subject = ?1) OR (scope = 'source' AND subject = ?2))
    ORDER BY scope LIMIT 1)sql";

Pause ReadPause(Row& row) {
    Pause pause;
    pause.id = row.As<PauseId>();
    pause.of = Named<PauseOf>(kPauseOfWords, row.Text()).value_or(PauseOf::kEverything);
    pause.subject = row.Text();
    pause.reason = row.Text();
    pause.actor = row.Text();
    pause.since = row.Time();
    pause.until = row.OptionalTime();
    return pause;
}

}  // namespace

Result<void> PauseTable::Put(const Pause& pause) {
    return connection_.Change(kRemoveSameSql, ToString(pause.of), pause.subject)
        .and_then([&](int) {
            return connection_.Change(
                kPutSql,
                pause.id,
                ToString(pause.of),
                pause.subject,
                pause.reason,
                pause.actor,
                pause.since,
                pause.until
            );
        })
        .map([](int) {});
}

Result<Pause> PauseTable::End(const PauseId& id) {
    auto there = connection_.First(kGetSql, ReadPause, id);
    if (!there || !*there) {
        return there ? Fail(ErrorCode::kNotFound, fmt::format("there is no pause {}", id.Value()))
                     : Unexpected(there.error());
    }
    return connection_.Change(kRemoveSql, id).map([&](int) { return **std::move(there); });
}

Result<std::vector<Pause>> PauseTable::List(Timestamp now) const {
    return connection_.Select(kListSql, ReadPause, now);
}

Result<std::optional<Pause>> PauseTable::OfBucket(const Bucket& bucket, Timestamp now) const {
    return connection_.First(kOfBucketSql, ReadPause, bucket.id, bucket.source_id, now);
}

Result<std::optional<Pause>> PauseTable::OfItems(const Bucket& bucket, Timestamp now) const {
    return connection_.First(kOfItemsSql, ReadPause, bucket.id, bucket.source_id, now);
}

Result<std::optional<Pause>> PauseTable::OfBucketItself(const BucketId& bucket, Timestamp now) const {
    return connection_.First(kOfBucketItselfSql, ReadPause, bucket, now);
}

}  // namespace notify::sql
