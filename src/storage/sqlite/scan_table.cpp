#include "storage/sqlite/scan_table.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

namespace {

constexpr const char* kGetSql = R"sql(
    SELECT number, started_at, scope, position, position_at, seen, finished_at FROM scan_state WHERE bucket_id = ?)sql";
constexpr const char* kPutSql = R"sql(
    INSERT INTO scan_state (bucket_id, number, started_at, scope, position, position_at, seen, finished_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (bucket_id) DO UPDATE
    SET number = excluded.number, started_at = excluded.started_at, scope = excluded.scope,
        position = excluded.position, position_at = excluded.position_at, seen = excluded.seen,
        finished_at = excluded.finished_at)sql";
constexpr const char* kNoteMissingSql = R"sql(
    INSERT INTO scan_miss (bucket_id, item_id, scan, misses) VALUES (?1, ?2, ?3, 1)
    ON CONFLICT (bucket_id, item_id) DO UPDATE
    SET misses = CASE scan WHEN ?3 THEN misses WHEN ?3 - 1 THEN misses + 1 ELSE 1 END, scan = ?3)sql";
constexpr const char* kMissingTwiceSql = R"sql(
    SELECT item_id FROM scan_miss
    WHERE bucket_id = ? AND scan = ? AND misses >= 2 AND item_id > ? ORDER BY item_id LIMIT ?)sql";
constexpr const char* kForgetMissingSql = R"sql(
    DELETE FROM scan_miss WHERE bucket_id = ?1 AND item_id IN (
        SELECT item_id FROM scan_miss WHERE bucket_id = ?1 AND scan < ?2 LIMIT ?3))sql";

ScanState ReadState(Row& row) {
    ScanState state;
    state.number = row.Integer();
    state.started_at = row.Time();
    state.scope = row.Text();
    state.position = row.Bytes();
    state.position_at = row.Time();
    state.seen = static_cast<std::uint64_t>(row.Integer());
    state.finished_at = row.OptionalTime();
    return state;
}

}  // namespace

Result<std::optional<ScanState>> ScanTable::Get(const BucketId& bucket) const {
    return connection_.First(kGetSql, ReadState, bucket);
}

Result<void> ScanTable::Put(const BucketId& bucket, const ScanState& state) {
    return connection_
        .Change(
            kPutSql,
            bucket,
            state.number,
            state.started_at,
            state.scope,
            Blob{state.position},
            state.position_at,
            state.seen,
            state.finished_at
        )
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

}  // namespace notify::sqlite
