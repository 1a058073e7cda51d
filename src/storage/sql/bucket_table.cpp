#include "storage/sql/bucket_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/ids.hpp"
#include "storage/bucket_options_text.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_range.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO bucket (id, source_id, name, location, active, scan_interval_ms, settle_time_ms, include_globs,
                        exclude_globs, publish, weight, max_in_flight, options, created_at, last_scan_note)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ''))sql";
constexpr const char* kUpdateSql = R"sql(
    UPDATE bucket
    SET name = ?, location = ?, active = ?, scan_interval_ms = ?, settle_time_ms = ?, include_globs = ?,
        exclude_globs = ?, publish = ?, weight = ?, max_in_flight = ?, options = ?
    WHERE id = ?)sql";
constexpr const char* kRemoveSql = "DELETE FROM bucket WHERE id = ?";
constexpr const char* kRemovePauseSql = "DELETE FROM pause WHERE scope = 'bucket' AND subject = ?";
constexpr const char* kHasItemsSql = "SELECT 1 FROM item WHERE bucket_id = ? LIMIT 1";

constexpr const char* kGetSql = R"sql(
    SELECT b.id, b.source_id, s.kind, b.name, b.location, b.active, b.scan_interval_ms, b.settle_time_ms,
           b.include_globs, b.exclude_globs, b.publish, b.weight, b.max_in_flight, b.options, b.created_at,
           b.last_scan_at, b.last_scan_note, b.first_scan_at
    FROM bucket b JOIN source s ON s.id = b.source_id
    WHERE b.id = ?1 OR b.name = ?2
    ORDER BY b.id = ?1 DESC)sql";
constexpr const char* kListSql = R"sql(
    SELECT b.id, b.source_id, s.kind, b.name, b.location, b.active, b.scan_interval_ms, b.settle_time_ms,
           b.include_globs, b.exclude_globs, b.publish, b.weight, b.max_in_flight, b.options, b.created_at,
           b.last_scan_at, b.last_scan_note, b.first_scan_at
    FROM bucket b JOIN source s ON s.id = b.source_id
    ORDER BY b.name)sql";

constexpr const char* kScannedSql = R"sql(
    UPDATE bucket
    SET last_scan_at = ?1, last_scan_note = ?2,
        first_scan_at = CASE WHEN ?3 = 1 THEN coalesce(first_scan_at, ?1) ELSE first_scan_at END
    WHERE id = ?4)sql";
constexpr const char* kHoldSql =
    "UPDATE bucket SET held_until = ?, held_reason = ?, held_sentence = ?, held_times = ? WHERE id = ?";
constexpr const char* kHoldOfSql =
    "SELECT held_until, held_reason, held_sentence, held_times FROM bucket WHERE id = ? AND held_times > 0";
constexpr const char* kReadySql = R"sql(
    UPDATE process SET next_attempt_at = ?1
    WHERE bucket_id = ?2 AND status = 'Pending' AND next_attempt_at > ?1 AND failure_reason = ?3)sql";
constexpr const char* kWakeSql = R"sql(
    UPDATE process SET next_attempt_at = ?1
    WHERE bucket_id = ?2 AND status = 'Pending' AND next_attempt_at > ?1 AND pauses > 0)sql";
constexpr const char* kReleaseSql = R"sql(
    UPDATE bucket SET held_until = NULL, held_reason = '', held_sentence = '', held_times = 0 WHERE id = ?)sql";
constexpr const char* kNoteOwnSql =
    "INSERT INTO own_object (bucket_id, key, noted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kOwnBetweenSql =
    "SELECT key FROM own_object WHERE bucket_id = ? AND key > ? AND key <= ? ORDER BY key LIMIT ?";
constexpr const char* kOwnBehindSql =
    "SELECT key FROM own_object WHERE bucket_id = ? AND key > ? ORDER BY key LIMIT ?";
constexpr const char* kNoteResultSql =
    "INSERT INTO own_result (source_id, address, noted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kIsResultSql = "SELECT 1 FROM own_result WHERE source_id = ? AND address = ?";
// a folder's keys are relative to it; those of a store's bucket are whole, whatever prefix is watched
constexpr Sql kResultSeenSql{
    .sqlite = R"sql(
    INSERT INTO own_object (bucket_id, key, noted_at)
    SELECT seen.id, substr(?2, length(seen.root) + 1), ?3
    FROM (SELECT b.id, CAST(CASE s.kind WHEN 'local' THEN b.location
                                        ELSE substr(b.location, 1, instr(b.location || '/', '/') - 1) END || '/'
                            AS BLOB) AS root
          FROM bucket b JOIN source s ON s.id = b.source_id
          WHERE b.source_id = ?1) AS seen
    WHERE substr(?2, 1, length(seen.root)) = seen.root
    ON CONFLICT DO NOTHING)sql",
    .postgres = R"sql(
    INSERT INTO own_object (bucket_id, key, noted_at)
    SELECT seen.id, substr(?2, length(seen.root) + 1), ?3
    FROM (SELECT b.id, convert_to(CASE s.kind WHEN 'local' THEN b.location
                                              ELSE split_part(b.location, '/', 1) END || '/', 'UTF8') AS root
          FROM bucket b JOIN source s ON s.id = b.source_id
          WHERE b.source_id = ?1) AS seen
    WHERE substr(?2, 1, length(seen.root)) = seen.root
    ON CONFLICT DO NOTHING)sql"
};
constexpr const char* kResultsInSql = R"sql(
    INSERT INTO own_object (bucket_id, key, noted_at)
    SELECT ?1, substr(r.address, length(?3) + 1), r.noted_at
    FROM own_result r
    WHERE r.source_id = ?2 AND r.address > ?3 AND r.address < ?4
    ON CONFLICT DO NOTHING)sql";
constexpr const char* kIsOwnSql = "SELECT 1 FROM own_object WHERE bucket_id = ? AND key = ?";

Bucket ReadBucket(Row& row) {
    Bucket bucket;
    bucket.id = row.As<BucketId>();
    bucket.source_id = row.As<SourceId>();
    bucket.kind = row.Text();
    bucket.name = row.Text();
    bucket.location = row.Text();
    bucket.active = row.Bool();
    bucket.scan_interval = row.Duration();
    bucket.settle_time = row.Duration();
    bucket.include = ListFromText(row.Text());
    bucket.exclude = ListFromText(row.Text());
    bucket.publish = row.Bool();
    bucket.weight = row.Int();
    bucket.max_in_flight = row.Int();
    bucket.options = OptionsFromText(row.Text()).value_or(BucketOptions{});
    bucket.created_at = row.Time();
    bucket.last_scan_at = row.OptionalTime();
    bucket.last_scan_note = row.Text();
    bucket.first_scan_at = row.OptionalTime();
    return bucket;
}

std::string Address(std::string_view place, std::string_view key) {
    return fmt::format("{}/{}", place, key);
}

/// Where the keys of a bucket begin.
std::string_view RootOf(const Bucket& bucket) {
    const std::string_view location = bucket.location;
    return bucket.kind == "local" ? location : location.substr(0, location.find('/'));
}

Unexpected Taken(const Error& error, const Bucket& bucket) {
    if (error.code != ErrorCode::kConflict) {
        return Unexpected(error);
    }
    return Fail(
        ErrorCode::kConflict,
        fmt::format("there is a bucket named '{}' or at {} already", bucket.name, bucket.location)
    );
}

}  // namespace

Result<void> BucketTable::Add(const Bucket& bucket) {
    auto added = connection_.TryChange(
        kAddSql,
        bucket.id,
        bucket.source_id,
        bucket.name,
        bucket.location,
        bucket.active,
        bucket.scan_interval,
        bucket.settle_time,
        ListToText(bucket.include),
        ListToText(bucket.exclude),
        bucket.publish,
        bucket.weight,
        bucket.max_in_flight,
        OptionsToText(bucket.options),
        bucket.created_at
    );
    if (!added) {
        return Taken(added.error(), bucket);
    }
    const auto root = RootOf(bucket);
    const auto within = Address(root, "");
    const auto behind = fmt::format("{}0", root);  // "0" follows "/"
    return connection_.Change(kResultsInSql, bucket.id, bucket.source_id, Blob{within}, Blob{behind})
        .map([](int) {});
}

Result<void> BucketTable::Update(const Bucket& bucket) {
    auto updated = connection_.TryChange(
        kUpdateSql,
        bucket.name,
        bucket.location,
        bucket.active,
        bucket.scan_interval,
        bucket.settle_time,
        ListToText(bucket.include),
        ListToText(bucket.exclude),
        bucket.publish,
        bucket.weight,
        bucket.max_in_flight,
        OptionsToText(bucket.options),
        bucket.id
    );
    if (!updated) {
        return Taken(updated.error(), bucket);
    }
    return *updated == 1
               ? Result<void>{}
               : Fail(ErrorCode::kNotFound, fmt::format("there is no bucket {}", bucket.id.Value()));
}

Result<void> BucketTable::Remove(const BucketId& id) {
    const auto bucket = Get(id);
    const auto items = connection_.First(kHasItemsSql, [](Row& row) { return row.Int(); }, id);
    if (!bucket || !items) {
        return Unexpected(bucket ? items.error() : bucket.error());
    }
    if (items->has_value()) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "bucket '{0}' has items, whose history would go with it; switch it off instead (active: "
                "false, "
                "or notifications-api buckets off {0})",
                bucket->name
            )
        );
    }
    return connection_.TryChange(kRemoveSql, id)
        .and_then([&](int) { return connection_.Change(kRemovePauseSql, id); })
        .map([](int) {});
}

Result<Bucket> BucketTable::Get(const BucketId& id) const {
    return connection_.First(kGetSql, ReadBucket, id, NullIfEmpty{})
        .and_then([&](std::optional<Bucket> bucket) -> Result<Bucket> {
            return bucket ? Result<Bucket>(*std::move(bucket))
                          : Fail(ErrorCode::kNotFound, fmt::format("there is no bucket {}", id.Value()));
        });
}

Result<Bucket> BucketTable::Find(std::string_view id_or_name) const {
    return connection_.First(kGetSql, ReadBucket, id_or_name, id_or_name)
        .and_then([&](std::optional<Bucket> bucket) -> Result<Bucket> {
            return bucket ? Result<Bucket>(*std::move(bucket))
                          : Fail(ErrorCode::kNotFound, fmt::format("there is no bucket '{}'", id_or_name));
        });
}

Result<std::vector<Bucket>> BucketTable::List() const {
    return connection_.Select(kListSql, ReadBucket);
}

Result<void> BucketTable::SetScanned(const BucketId& id, Timestamp at, std::string_view note, bool whole) {
    return connection_.Change(kScannedSql, at, note, whole, id).map([](int) {});
}

Result<void> BucketTable::Hold(const BucketId& id, const BucketHold& hold) {
    return connection_.Change(kHoldSql, hold.until, hold.reason, hold.sentence, hold.times, id).map([](int) {
    });
}

Result<bool> BucketTable::Release(const BucketId& id, Timestamp now) {
    const auto hold = HoldOf(id);
    if (!hold || !*hold) {
        return hold.map([](const auto&) { return false; });
    }
    return connection_.Change(kReadySql, now, id, (*hold)->reason)
        .and_then([&](int) { return connection_.Change(kReleaseSql, id); })
        .map([](int) { return true; });
}

Result<int> BucketTable::Wake(const BucketId& id, Timestamp now) {
    return connection_.Change(kWakeSql, now, id);
}

Result<std::optional<BucketHold>> BucketTable::HoldOf(const BucketId& id) const {
    const auto read = [](Row& row) {
        BucketHold hold;
        hold.until = row.Time();
        hold.reason = row.Text();
        hold.sentence = row.Text();
        hold.times = row.Int();
        return hold;
    };
    return connection_.First(kHoldOfSql, read, id);
}

Result<void> BucketTable::NoteOwnObject(const BucketId& id, std::string_view key, Timestamp at) {
    return connection_.Change(kNoteOwnSql, id, Blob{key}, at).map([](int) {});
}

Result<void> BucketTable::NoteOwnResult(
    const SourceId& source, std::string_view place, std::string_view key, Timestamp at
) {
    const auto address = Address(place, key);
    return connection_.Change(kNoteResultSql, source, Blob{address}, at)
        .and_then([&](int) { return connection_.Change(kResultSeenSql, source, Blob{address}, at); })
        .map([](int) {});
}

Result<bool> BucketTable::IsOwnResult(
    const SourceId& source, std::string_view place, std::string_view key
) const {
    const auto address = Address(place, key);
    return connection_.First(
                          kIsResultSql, [](Row& row) { return row.Int(); }, source, Blob{address}
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<bool> BucketTable::IsOwnObject(const BucketId& id, std::string_view key) const {
    return connection_.First(
                          kIsOwnSql, [](Row& row) { return row.Int(); }, id, Blob{key}
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<std::vector<std::string>> BucketTable::OwnObjectsBetween(
    const BucketId& id, const KeyRange& range, int limit
) const {
    const auto read = [](Row& row) { return row.Bytes(); };
    return range.through
               ? connection_.Select(kOwnBetweenSql, read, id, Blob{range.after}, Blob{*range.through}, limit)
               : connection_.Select(kOwnBehindSql, read, id, Blob{range.after}, limit);
}

}  // namespace notify::sql
