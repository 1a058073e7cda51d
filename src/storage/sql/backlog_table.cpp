#include "storage/sql/backlog_table.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/done_mark.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kWaitingSql = R"sql(
    SELECT id FROM item WHERE bucket_id = ? AND blocked_by = 'budget' AND status = 'Pending'
    ORDER BY modified_at DESC, id LIMIT ?)sql";
constexpr const char* kNoteGivenSql =
    "INSERT INTO backlog_given (item_id, bucket_id, at, media_ms) VALUES (?, ?, ?, NULL)";
constexpr const char* kOpenSql = R"sql(
    SELECT i.id, i.status, i.reason_code,
           EXISTS (SELECT 1 FROM process p WHERE p.item_id = i.id AND p.status = 'Pending' AND p.pauses >= ?2)
    FROM backlog_given g JOIN item i ON i.id = g.item_id
    WHERE g.bucket_id = ?1 AND g.media_ms IS NULL ORDER BY g.item_id)sql";
constexpr const char* kSetEndedSql = "UPDATE backlog_given SET media_ms = ? WHERE item_id = ?";
constexpr const char* kUsedSql =
    "SELECT count(*), CAST(coalesce(sum(media_ms), 0) AS BIGINT) FROM backlog_given WHERE bucket_id = ? AND "
    "at >= ?";
constexpr const char* kForgetSql = "DELETE FROM backlog_given WHERE at < ? AND media_ms IS NOT NULL";
constexpr const char* kMarkSql = R"sql(
    INSERT INTO done_key (bucket_id, key, version, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (bucket_id, key, version) DO UPDATE SET at = excluded.at WHERE excluded.at > done_key.at)sql";
constexpr const char* kUnmarkSql = "DELETE FROM done_key WHERE bucket_id = ? AND key = ? AND version = ?";
constexpr const char* kHasMarksSql = "SELECT 1 FROM done_key WHERE bucket_id = ? LIMIT 1";
constexpr const char* kMarksSql =
    "SELECT key, version, at FROM done_key WHERE bucket_id = ? AND key = ? ORDER BY version";
constexpr const char* kPaceSql = R"sql(
    SELECT count(*), CAST(coalesce(sum(took), 0) AS BIGINT), CAST(coalesce(sum(size_bytes), 0) AS BIGINT)
    FROM (SELECT p.finished_at - p.started_at AS took, i.size_bytes
          FROM (SELECT id, item_id, result_id, processor, status, started_at, finished_at
                FROM process ORDER BY id DESC LIMIT 100000) AS p
          JOIN item i ON i.id = p.item_id JOIN result r ON r.id = p.result_id
          WHERE p.processor = ? AND p.status = 'Completed' AND r.created_at >= p.started_at
          ORDER BY p.id DESC LIMIT 200) AS newest)sql";

}  // namespace

Result<std::vector<ItemId>> BacklogTable::Waiting(const BucketId& bucket, int limit) const {
    return connection_.Select(kWaitingSql, [](Row& row) { return row.As<ItemId>(); }, bucket, limit);
}

Result<void> BacklogTable::NoteGiven(const BucketId& bucket, const ItemId& item, Timestamp at) {
    return connection_.Change(kNoteGivenSql, item, bucket, at).map([](int) {});
}

Result<std::vector<OpenItem>> BacklogTable::Open(const BucketId& bucket) const {
    const auto read = [](Row& row) {
        OpenItem item;
        item.id = row.As<ItemId>();
        item.status = StatusFrom(row.Text()).value_or(Status::kPending);
        item.reason_code = row.Text();
        item.waits_long = row.Bool();
        return item;
    };
    return connection_.Select(kOpenSql, read, bucket, kLongPauses);
}

Result<void> BacklogTable::SetEnded(const ItemId& item, std::chrono::milliseconds media) {
    return connection_.Change(kSetEndedSql, media, item).map([](int) {});
}

Result<BacklogUse> BacklogTable::Used(const BucketId& bucket, Timestamp since) const {
    const auto read = [](Row& row) {
        return BacklogUse{.items = row.Integer(), .media = std::chrono::milliseconds(row.Integer())};
    };
    return connection_.First(kUsedSql, read, bucket, since).map([](const auto& use) {
        return use.value_or(BacklogUse{});
    });
}

Result<int> BacklogTable::ForgetGiven(Timestamp before) {
    return connection_.Change(kForgetSql, before);
}

Result<bool> BacklogTable::Mark(const BucketId& bucket, const DoneMark& mark) {
    return connection_.Change(kMarkSql, bucket, Blob{mark.key}, mark.version, mark.at).map([](int changed) {
        return changed == 1;
    });
}

Result<bool> BacklogTable::Unmark(const BucketId& bucket, std::string_view key, std::string_view version) {
    return connection_.Change(kUnmarkSql, bucket, Blob{key}, version).map([](int changed) {
        return changed == 1;
    });
}

Result<bool> BacklogTable::HasMarks(const BucketId& bucket) const {
    return connection_.First(
                          kHasMarksSql, [](Row& row) { return row.Int(); }, bucket
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<std::vector<DoneMark>> BacklogTable::Marks(const BucketId& bucket, std::string_view key) const {
    const auto read = [](Row& row) {
        return DoneMark{.key = row.Bytes(), .version = row.Text(), .at = row.Time()};
    };
    return connection_.Select(kMarksSql, read, bucket, Blob{key});
}

Result<ProcessorPace> BacklogTable::Pace(std::string_view processor) const {
    const auto read = [](Row& row) {
        return ProcessorPace{
            .processes = row.Integer(),
            .time = std::chrono::milliseconds(row.Integer()),
            .bytes = static_cast<std::uint64_t>(row.Integer())
        };
    };
    return connection_.First(kPaceSql, read, processor).map([](const auto& pace) {
        return pace.value_or(ProcessorPace{});
    });
}

}  // namespace notify::sql
