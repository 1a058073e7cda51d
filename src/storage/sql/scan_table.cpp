#include "storage/sql/scan_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kGetSql = R"sql(
    SELECT number, started_at, scope, position, position_at, seen, finished_at, whole_at, left_out
    FROM scan_state WHERE bucket_id = ?)sql";
constexpr const char* kPutSql = R"sql(
    INSERT INTO scan_state (bucket_id, number, started_at, scope, position, position_at, seen, finished_at, whole_at,
                            left_out)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (bucket_id) DO UPDATE
    SET number = excluded.number, started_at = excluded.started_at, scope = excluded.scope,
        position = excluded.position, position_at = excluded.position_at, seen = excluded.seen,
        finished_at = excluded.finished_at, whole_at = excluded.whole_at,
        left_out = excluded.left_out)sql";
constexpr const char* kRangesSql = R"sql(
    SELECT after_key, through_key, position, done FROM scan_range WHERE bucket_id = ? ORDER BY after_key)sql";
constexpr const char* kForgetRangesSql = "DELETE FROM scan_range WHERE bucket_id = ?";
constexpr const char* kAddRangeSql = R"sql(
    INSERT INTO scan_range (bucket_id, after_key, through_key, position, done) VALUES (?, ?, ?, ?, ?))sql";
constexpr const char* kMoveRangeSql = R"sql(
    UPDATE scan_range SET position = ?, done = ? WHERE bucket_id = ? AND after_key = ?)sql";
constexpr const char* kSeeMoreSql =
    "UPDATE scan_state SET seen = seen + ?, position_at = ? WHERE bucket_id = ?";
constexpr const char* kNoteMissingSql = R"sql(
    INSERT INTO scan_miss (bucket_id, item_id, scan, misses) VALUES (?1, ?2, ?3, 1)
    ON CONFLICT (bucket_id, item_id) DO UPDATE
    SET misses = CASE scan_miss.scan WHEN ?3 THEN scan_miss.misses WHEN ?3 - 1 THEN scan_miss.misses + 1 ELSE 1 END,
        scan = ?3)sql";
constexpr const char* kMissingTwiceSql = R"sql(
    SELECT item_id FROM scan_miss
    WHERE bucket_id = ? AND scan = ? AND misses >= 2 AND item_id > ? ORDER BY item_id LIMIT ?)sql";
constexpr const char* kBeginSql =
    "INSERT INTO scanning (bucket_id, node_id) VALUES (?, ?) ON CONFLICT (bucket_id) DO NOTHING";
constexpr const char* kScansSql = "SELECT 1 FROM scanning WHERE bucket_id = ? AND node_id = ?";
constexpr const char* kEndSql = "DELETE FROM scanning WHERE bucket_id = ? AND node_id = ?";
constexpr const char* kWantSql =
    "INSERT INTO scan_wanted (bucket_id) VALUES (?) ON CONFLICT (bucket_id) DO NOTHING";
constexpr const char* kWantedSql = "SELECT bucket_id FROM scan_wanted ORDER BY bucket_id";
constexpr const char* kTakeUpSql = "DELETE FROM scan_wanted WHERE bucket_id = ?";
constexpr const char* kForgetMissingSql = R"sql(
    DELETE FROM scan_miss WHERE bucket_id = ?1 AND item_id IN (
        SELECT item_id FROM scan_miss WHERE bucket_id = ?1 AND scan < ?2 LIMIT ?3))sql";

/// No key has a zero byte.
std::string Joined(const std::vector<std::string>& keys) {
    std::string joined;
    for (const auto& key : keys) {
        joined += key + '\0';
    }
    return joined;
}

std::vector<std::string> KeysIn(std::string_view joined) {
    std::vector<std::string> keys;
    for (auto end = joined.find('\0'); end != std::string_view::npos; end = joined.find('\0')) {
        keys.emplace_back(joined.substr(0, end));
        joined.remove_prefix(end + 1);
    }
    return keys;
}

ScanState ReadState(Row& row) {
    ScanState state;
    state.number = row.Integer();
    state.started_at = row.Time();
    state.scope = row.Text();
    state.position = row.Bytes();
    state.position_at = row.Time();
    state.seen = static_cast<std::uint64_t>(row.Integer());
    state.finished_at = row.OptionalTime();
    state.whole_at = row.OptionalTime();
    state.left_out = KeysIn(row.Bytes());
    return state;
}

ScanRange ReadRange(Row& row) {
    ScanRange range;
    range.after = row.Bytes();
    if (auto through = row.Bytes(); !through.empty()) {
        range.through = std::move(through);
    }
    range.position = row.Bytes();
    range.done = row.Bool();
    return range;
}

}  // namespace

Result<std::optional<ScanState>> ScanTable::Get(const BucketId& bucket) const {
    return connection_.First(kGetSql, ReadState, bucket);
}

Result<void> ScanTable::Put(const BucketId& bucket, const ScanState& state) {
    const auto left_out = Joined(state.left_out);
    return connection_
        .TryChange(
            kPutSql,
            bucket,
            state.number,
            state.started_at,
            state.scope,
            Blob{state.position},
            state.position_at,
            state.seen,
            state.finished_at,
            state.whole_at,
            Blob{left_out}
        )
        .map([](int) {});
}

Result<std::vector<ScanRange>> ScanTable::Ranges(const BucketId& bucket) const {
    return connection_.Select(kRangesSql, ReadRange, bucket);
}

Result<void> ScanTable::PutRanges(const BucketId& bucket, const std::vector<ScanRange>& ranges) {
    auto put = connection_.Change(kForgetRangesSql, bucket);
    for (auto range = ranges.begin(); put && range != ranges.end(); ++range) {
        const std::string_view through = range->through ? std::string_view(*range->through) : "";
        put = connection_.TryChange(
            kAddRangeSql, bucket, Blob{range->after}, Blob{through}, Blob{range->position}, range->done
        );
    }
    return put.map([](int) {});
}

Result<void> ScanTable::MoveRange(
    const BucketId& bucket, const ScanRange& range, std::uint64_t more, Timestamp at
) {
    return connection_.Change(kMoveRangeSql, Blob{range.position}, range.done, bucket, Blob{range.after})
        .and_then([&](int moved) {
            return moved == 1 ? connection_.Change(kSeeMoreSql, more, at, bucket)
                              : Fail(ErrorCode::kNotFound, "the scan has no such range");
        })
        .map([](int) {});
}

Result<void> ScanTable::NoteMissing(const BucketId& bucket, std::int64_t number, const ItemId& item) {
    return connection_.Change(kNoteMissingSql, bucket, item, number).map([](int) {});
}

Result<std::vector<ItemId>> ScanTable::MissingTwice(
    const BucketId& bucket, std::int64_t number, const ItemId& after, int limit
) const {
    return connection_.Select(
        kMissingTwiceSql, [](Row& row) { return row.As<ItemId>(); }, bucket, number, after, limit
    );
}

Result<int> ScanTable::ForgetMissing(const BucketId& bucket, std::int64_t number, int limit) {
    return connection_.Change(kForgetMissingSql, bucket, number, limit);
}

Result<bool> ScanTable::Begin(const BucketId& bucket, const NodeId& node) {
    return connection_.TryChange(kBeginSql, bucket, node).and_then([&](int) {
        return connection_.First(
                              kScansSql, [](Row& row) { return row.Int(); }, bucket, node
        )
            .map([](const std::optional<int>& mine) { return mine.has_value(); });
    });
}

Result<void> ScanTable::End(const BucketId& bucket, const NodeId& node) {
    return connection_.Change(kEndSql, bucket, node).map([](int) {});
}

Result<void> ScanTable::Want(const BucketId& bucket) {
    return connection_.TryChange(kWantSql, bucket).map([](int) {});
}

Result<std::vector<BucketId>> ScanTable::Wanted() const {
    return connection_.Select(kWantedSql, [](Row& row) { return row.As<BucketId>(); });
}

Result<void> ScanTable::TakeUp(const std::vector<BucketId>& buckets) {
    Result<void> taken;
    for (auto bucket = buckets.begin(); taken && bucket != buckets.end(); ++bucket) {
        taken = connection_.Change(kTakeUpSql, *bucket).map([](int) {});
    }
    return taken;
}

}  // namespace notify::sql
