// ProcessTable::Claim: a batch of items, fair over buckets by weight.

#include <map>
#include <optional>
#include <set>

#include "storage/sqlite/item_table.hpp"
#include "storage/sqlite/process_row.hpp"
#include "storage/sqlite/process_table.hpp"

namespace notify::sqlite {

namespace {

// the bucket that was served least for its weight, of those with something ready
constexpr const char* kNextBucketSql = R"sql(
    SELECT b.id FROM bucket b
    WHERE b.active = 1
      AND EXISTS (SELECT 1 FROM process p
                  WHERE p.bucket_id = b.id AND p.status = 'Pending' AND p.next_attempt_at <= ?)
    ORDER BY b.served, b.id LIMIT 1)sql";
// a bucket that waited has no credit from the past: it starts beside the others
constexpr const char* kServedSql = R"sql(
    UPDATE bucket
    SET served = max(served, (SELECT coalesce(min(o.served), 0) FROM bucket o
                              WHERE o.active = 1 AND o.id <> ?1
                                AND EXISTS (SELECT 1 FROM process p WHERE p.bucket_id = o.id
                                            AND p.status = 'Pending' AND p.next_attempt_at <= ?2)))
                 + 1000 / weight
    WHERE id = ?1)sql";
constexpr const char* kNextProcessSql = R"sql(
    SELECT * FROM process
    WHERE bucket_id = ? AND status = 'Pending' AND next_attempt_at <= ?
    ORDER BY priority DESC, created_at, id LIMIT 1)sql";
constexpr const char* kGroupSql = R"sql(
    SELECT * FROM process
    WHERE item_id = ? AND status = 'Pending' AND alone = 0 AND next_attempt_at <= ?
    ORDER BY created_at, id)sql";
constexpr const char* kHoldSql = R"sql(
    UPDATE process
    SET status = 'Processing', since = ?1, lease_owner = ?2, lease_until = ?3, fence = fence + 1, started_at = ?1,
        progress = 0, cancel_requested = 0
    WHERE id = ?4 AND status = 'Pending')sql";

}  // namespace

Result<std::vector<ClaimedItem>> ProcessTable::Claim(
    const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
) {
    const auto read_bucket = [](Row& row) { return row.As<BucketId>(); };
    std::vector<ClaimedItem> claimed;
    while (static_cast<int>(claimed.size()) < max_items) {
        const auto bucket = connection_.First(kNextBucketSql, read_bucket, now);
        if (!bucket) {
            return Unexpected(bucket.error());
        }
        if (!*bucket) {
            break;
        }
        auto first = connection_.First(kNextProcessSql, ReadProcess, **bucket, now);
        if (!first || !*first) {
            return first ? Fail(ErrorCode::kInternal, "a bucket with ready processes has none")
                         : Unexpected(first.error());
        }
        auto group = (*first)->alone ? Result<std::vector<Process>>({**first})
                                     : connection_.Select(kGroupSql, ReadProcess, (*first)->item_id, now);
        auto item = ItemTable(connection_).Get((*first)->item_id);
        const auto served = connection_.Change(kServedSql, **bucket, now);
        if (!group || !item || !served) {
            return Unexpected(!group ? group.error() : !item ? item.error() : served.error());
        }
        for (auto& process : *group) {
            if (auto held = connection_.Change(kHoldSql, now, node, now + lease, process.id); !held) {
                return Unexpected(held.error());
            }
            process.status = Status::kProcessing;
            process.since = now;
            process.lease_owner = node;
            process.lease_until = now + lease;
            process.started_at = now;
            process.progress = 0;
            process.cancel_requested = false;
            ++process.fence;
        }
        claimed.push_back({.item = std::move(*item), .processes = std::move(*group)});
    }
    return claimed;
}

}  // namespace notify::sqlite
