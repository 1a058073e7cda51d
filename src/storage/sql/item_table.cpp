#include "storage/sql/item_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/status.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_range.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/item_row.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO item (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since,
                      blocked_by, reason_code, reason, discovered_at, resolving_since, removed_at, state_version,
                      generation)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
           1 + coalesce((SELECT max(generation) FROM item WHERE bucket_id = ?2 AND key = ?3), 0)
    WHERE NOT EXISTS (SELECT 1 FROM item
                      WHERE bucket_id = ?2 AND key = ?3 AND version = ?4
                        AND generation = (SELECT max(generation) FROM item WHERE bucket_id = ?2 AND key = ?3)
                        AND removed_at IS NULL AND NOT (status = 'Skipped' AND reason_code = 'superseded'))
    RETURNING generation)sql";
constexpr const char* kLeaveSql = R"sql(
    UPDATE item SET left_at = ?4 WHERE bucket_id = ?1 AND key = ?2 AND generation = ?3 AND left_at IS NULL)sql";
constexpr const char* kNewestSql = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item WHERE bucket_id = ? AND key = ? ORDER BY generation DESC LIMIT 1)sql";
// the newest of each key: that of which there is no later one
constexpr const char* kNewestBetweenSql = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item i
    WHERE bucket_id = ?1 AND key > ?2 AND key <= ?3
      AND NOT EXISTS (SELECT 1 FROM item n
                      WHERE n.bucket_id = i.bucket_id AND n.key = i.key AND n.generation > i.generation)
    ORDER BY key LIMIT ?4)sql";
constexpr const char* kNewestBehindSql = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item i
    WHERE bucket_id = ?1 AND key > ?2
      AND NOT EXISTS (SELECT 1 FROM item n
                      WHERE n.bucket_id = i.bucket_id AND n.key = i.key AND n.generation > i.generation)
    ORDER BY key LIMIT ?3)sql";
constexpr const char* kLiveSql = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item WHERE bucket_id = ? AND key = ? AND id <> ? AND status IN ('Pending', 'Processing'))sql";
constexpr const char* kCountSql = "SELECT status, count(*) FROM item WHERE bucket_id = ? GROUP BY status";
constexpr const char* kSetRemovedSql = "UPDATE item SET removed_at = ?1, left_at = ?1 WHERE id = ?2";
constexpr const char* kHistorySql = R"sql(
    SELECT at, status, process_id, attempt, reason_code, reason
    FROM (SELECT number, at, status, process_id, attempt, reason_code, reason
          FROM item_change WHERE item_id = ? ORDER BY number DESC LIMIT 200) AS newest
    ORDER BY number)sql";
constexpr const char* kAliasSql =
    "SELECT sha256 FROM content_alias WHERE bucket_id = ? AND key = ? AND version = ?";

/// A condition that is not asked for is left out, so that the index fits what is.
std::string ListSql(bool by_bucket, bool by_status, bool oldest_first) {
    return fmt::format(
        R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item
    WHERE (?1 = '' OR id {} ?1) AND {} AND {} AND (length(?4) = 0 OR instr(key, ?4) > 0)
    ORDER BY id {} LIMIT ?5)sql",
        oldest_first ? ">" : "<",
        by_bucket ? "bucket_id = ?2" : "?2 = ''",
        by_status ? "status = ?3" : "?3 = ''",
        oldest_first ? "ASC" : "DESC"
    );
}

}  // namespace

Unexpected NoItem(const ItemId& id) {
    return Fail(ErrorCode::kNotFound, fmt::format("there is no item {}", id.Value()));
}

Item ReadItem(Row& row) {
    Item item;
    item.id = row.As<ItemId>();
    item.bucket_id = row.As<BucketId>();
    item.key = row.Bytes();
    item.version = row.Text();
    item.size_bytes = static_cast<std::uint64_t>(row.Integer());
    item.modified_at = row.Time();
    item.media_type = row.Text();
    item.content_sha256 = row.Text();
    item.status = StatusFrom(row.Text()).value_or(Status::kPending);
    item.since = row.Time();
    item.blocked_by = BlockedByFrom(row.Text()).value_or(BlockedBy::kNothing);
    item.reason_code = row.Text();
    item.reason = row.Text();
    item.discovered_at = row.Time();
    item.resolving_since = row.OptionalTime();
    item.removed_at = row.OptionalTime();
    item.state_version = row.Integer();
    return item;
}

Result<int> ItemTable::AddIfNew(const Item& item) {
    const auto first = AddFirsts({item});
    if (!first || !first->empty()) {
        return first.map([](const auto&) { return 1; });
    }
    return connection_
        .First(
            kAddSql,
            [](Row& row) { return row.Int(); },
            item.id,
            item.bucket_id,
            Blob{item.key},
            item.version,
            item.size_bytes,
            item.modified_at,
            item.media_type,
            item.content_sha256,
            ToString(item.status),
            item.since,
            ToString(item.blocked_by),
            item.reason_code,
            item.reason,
            item.discovered_at,
            item.resolving_since,
            item.removed_at,
            item.state_version
        )
        .and_then([&](std::optional<int> generation) {
            return generation ? ReplaceGeneration(item, *generation - 1).map([&] { return *generation; })
                              : Result<int>(0);
        });
}

/// Notes since when the object of an earlier generation is at the key no more.
Result<void> ItemTable::ReplaceGeneration(const Item& by, int generation) {
    return connection_.Change(kLeaveSql, by.bucket_id, Blob{by.key}, generation, by.discovered_at)
        .map([](int) {});
}

Result<std::optional<Item>> ItemTable::Newest(const BucketId& bucket, std::string_view key) const {
    return connection_.First(kNewestSql, ReadItem, bucket, Blob{key});
}

Result<std::vector<Item>> ItemTable::NewestBetween(
    const BucketId& bucket, const KeyRange& range, int limit
) const {
    return range.through
               ? connection_.Select(
                     kNewestBetweenSql, ReadItem, bucket, Blob{range.after}, Blob{*range.through}, limit
                 )
               : connection_.Select(kNewestBehindSql, ReadItem, bucket, Blob{range.after}, limit);
}

Result<std::vector<Item>> ItemTable::LiveVersions(
    const BucketId& bucket, std::string_view key, const ItemId& keep
) const {
    return connection_.Select(kLiveSql, ReadItem, bucket, Blob{key}, keep);
}

Result<Page<Item>> ItemTable::List(const ItemFilter& filter, const PageRequest& page) const {
    const int limit = std::clamp(page.limit, 1, 200);
    const auto status = filter.status ? ToString(*filter.status) : std::string_view();
    static const std::array<std::string, 8> list_sql{
        ListSql(false, false, false),
        ListSql(false, true, false),
        ListSql(true, false, false),
        ListSql(true, true, false),
        ListSql(false, false, true),
        ListSql(false, true, true),
        ListSql(true, false, true),
        ListSql(true, true, true)
    };
    const auto& sql = list_sql.at(
        (filter.oldest_first ? 4U : 0U) + (filter.bucket_id.IsEmpty() ? 0U : 2U) + (filter.status ? 1U : 0U)
    );
    return connection_
        .Select(
            sql.c_str(), ReadItem, page.after, filter.bucket_id, status, Blob{filter.key_contains}, limit + 1
        )
        .map([&](std::vector<Item> rows) {
            Page<Item> found{.rows = std::move(rows), .next = {}};
            if (found.rows.size() > static_cast<std::size_t>(limit)) {
                found.rows.pop_back();
                found.next = found.rows.back().id.Value();
            }
            return found;
        });
}

Result<std::map<Status, std::int64_t>> ItemTable::CountByStatus(const BucketId& bucket) const {
    const auto read = [](Row& row) {
        const auto status = StatusFrom(row.Text()).value_or(Status::kPending);
        return std::pair(status, row.Integer());
    };
    return connection_.Select(kCountSql, read, bucket)
        .map([](const std::vector<std::pair<Status, std::int64_t>>& rows) {
            return std::map<Status, std::int64_t>(rows.begin(), rows.end());
        });
}

Result<void> ItemTable::SetRemoved(const ItemId& id, Timestamp at) {
    return connection_.Change(kSetRemovedSql, at, id).and_then([&](int changed) {
        return changed == 1 ? Result<void>{} : NoItem(id);
    });
}

Result<std::vector<ItemChange>> ItemTable::History(const ItemId& id) const {
    const auto read = [](Row& row) {
        return ItemChange{
            .at = row.Time(),
            .status = StatusFrom(row.Text()).value_or(Status::kPending),
            .process_id = row.As<ProcessId>(),
            .attempt = row.Int(),
            .reason_code = row.Text(),
            .reason = row.Text(),
        };
    };
    return connection_.Select(kHistorySql, read, id);
}

Result<std::optional<std::string>> ItemTable::Alias(
    const BucketId& bucket, std::string_view key, std::string_view version
) const {
    return connection_.First(kAliasSql, [](Row& row) { return row.Text(); }, bucket, Blob{key}, version);
}

}  // namespace notify::sql
