#include "storage/sql/process_table.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"
#include "storage/sql/process_row.hpp"

namespace notify::sql {

namespace {

constexpr const char* kExpiredSql = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE status = 'Processing' AND lease_until < ? ORDER BY lease_until, id)sql";
constexpr const char* kAllProcessingSql = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE status = 'Processing' ORDER BY lease_until, id)sql";
constexpr const char* kCountSql =
    "SELECT processor, status, count, ended FROM process_count ORDER BY processor, status";
constexpr const char* kDepthSql = R"sql(
    SELECT count(*) FILTER (WHERE next_attempt_at <= ?1), count(*) FILTER (WHERE next_attempt_at > ?1), min(created_at)
    FROM process WHERE status = 'Pending')sql";
constexpr const char* kCancelSql =
    "UPDATE process SET cancel_requested = 1 WHERE id = ? AND status = 'Processing'";
constexpr const char* kProgressSql =
    "UPDATE process SET progress = ? WHERE id = ? AND status = 'Processing' AND fence = ?";
constexpr const char* kCancelledSql =
    "SELECT id, fence FROM process WHERE status = 'Processing' AND lease_owner = ? AND cancel_requested = 1";
constexpr const char* kSetLookedAtSql = R"sql(
    INSERT INTO process_looked_at (process_id, rendition, media_id, lines, warning)
    SELECT id, ?2, ?3, ?4, ?5 FROM process WHERE id = ?1
    ON CONFLICT (process_id) DO UPDATE
    SET rendition = excluded.rendition, media_id = excluded.media_id, lines = excluded.lines, warning = excluded.warning)sql";
constexpr const char* kLookedAtOfSql = R"sql(
    SELECT l.process_id, l.rendition, l.media_id, l.lines, l.warning
    FROM process p JOIN process_looked_at l ON l.process_id = p.id WHERE p.item_id = ?)sql";
constexpr const char* kWaitsInSql =
    "SELECT 1 FROM process WHERE bucket_id = ? AND status = 'Pending' LIMIT 1";
constexpr const char* kNextReadySql = R"sql(
    SELECT min((SELECT min(p.next_attempt_at) FROM process p
                WHERE p.bucket_id = b.id AND p.status = 'Pending' AND p.next_attempt_at > ?))
    FROM bucket b WHERE b.active = 1)sql";
constexpr const char* kAddResolveSql =
    "INSERT INTO resolve (process_id, item_id, next_at, attempt) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING";
constexpr const char* kResolvesSql =
    "SELECT process_id, attempt FROM resolve WHERE next_at <= ? ORDER BY next_at, process_id LIMIT ?";
constexpr const char* kDelayResolveSql =
    "UPDATE resolve SET attempt = attempt + 1, next_at = ? WHERE process_id = ?";
constexpr const char* kIsResolvingSql = "SELECT 1 FROM resolve WHERE item_id = ? LIMIT 1";
constexpr const char* kRemoveResolveSql = "DELETE FROM resolve WHERE process_id = ?";

}  // namespace

Process ReadProcess(Row& row) {
    Process p;
    p.id = row.As<ProcessId>();
    p.item_id = row.As<ItemId>();
    p.bucket_id = row.As<BucketId>();
    p.processor = row.Text();
    p.config = row.Text();
    p.config_hash = row.Text();
    p.rule_id = row.As<RuleId>();
    p.media_types = ListFromText(row.Text());
    p.run = row.Int();
    p.status = StatusFrom(row.Text()).value_or(Status::kPending);
    p.since = row.Time();
    p.priority = row.Int();
    p.attempt = row.Int();
    p.max_attempts = row.Int();
    p.crashes = row.Int();
    p.rescues = row.Int();
    p.releases = row.Int();
    p.pauses = row.Int();
    p.alone = row.Bool();
    p.next_attempt_at = row.Time();
    p.lease_owner = row.As<NodeId>();
    p.lease_until = row.OptionalTime();
    p.fence = row.Integer();
    p.progress = row.Real();
    p.cancel_requested = row.Bool();
    Failure failure;
    failure.code = row.Text();
    failure.stage = row.Text();
    failure.reason = row.Text();
    failure.message = row.Text();
    failure.will_retry = row.Bool();
    if (!failure.code.empty()) {
        p.failure = std::move(failure);
    }
    p.result_id = row.As<ResultId>();
    p.created_at = row.Time();
    p.started_at = row.OptionalTime();
    p.finished_at = row.OptionalTime();
    return p;
}

Result<std::vector<Process>> ProcessTable::Expired(Timestamp now) const {
    return connection_.Select(kExpiredSql, ReadProcess, now);
}

Result<std::vector<Process>> ProcessTable::AllProcessing() const {
    return connection_.Select(kAllProcessingSql, ReadProcess);
}

Result<bool> ProcessTable::RequestCancel(const ProcessId& id) {
    return connection_.Change(kCancelSql, id).map([](int changed) { return changed == 1; });
}

Result<void> ProcessTable::SetProgress(const Hold& hold, double progress) {
    return connection_.Change(kProgressSql, progress, hold.process_id, hold.fence).map([](int) {});
}

Result<void> ProcessTable::SetLookedAt(const ProcessId& id, const LookedAt& looked_at) {
    return connection_
        .Change(kSetLookedAtSql, id, looked_at.rendition, looked_at.id, looked_at.lines, looked_at.warning)
        .and_then([&](int changed) {
            return changed == 1
                       ? Result<void>{}
                       : Fail(ErrorCode::kNotFound, fmt::format("there is no process {}", id.Value()));
        });
}

Result<std::map<ProcessId, LookedAt>> ProcessTable::LookedAtOf(const ItemId& item) const {
    const auto read = [](Row& row) {
        const auto id = row.As<ProcessId>();
        LookedAt looked_at;
        looked_at.rendition = row.Text();
        looked_at.id = row.Text();
        looked_at.lines = row.Integer();
        looked_at.warning = row.Text();
        return std::pair(id, std::move(looked_at));
    };
    return connection_.Select(kLookedAtOfSql, read, item).map([](auto rows) {
        return std::map<ProcessId, LookedAt>(rows.begin(), rows.end());
    });
}

Result<bool> ProcessTable::WaitsIn(const BucketId& bucket) const {
    return connection_.First(
                          kWaitsInSql, [](Row& row) { return row.Int(); }, bucket
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<std::optional<Timestamp>> ProcessTable::NextReadyAt(Timestamp now) const {
    return connection_.First(
                          kNextReadySql, [](Row& row) { return row.OptionalTime(); }, now
    )
        .map([](const std::optional<std::optional<Timestamp>>& row) { return row.value_or(std::nullopt); });
}

Result<std::vector<ProcessCount>> ProcessTable::Count() const {
    return connection_.Select(kCountSql, [](Row& row) {
        ProcessCount count;
        count.processor = row.Text();
        count.status = StatusFrom(row.Text()).value_or(Status::kPending);
        count.count = row.Integer();
        count.ended = row.Integer();
        return count;
    });
}

Result<QueueDepth> ProcessTable::Depth(Timestamp now) const {
    const auto read = [](Row& row) {
        QueueDepth depth;
        depth.ready = row.Integer();
        depth.delayed = row.Integer();
        depth.oldest_created_at = row.OptionalTime();
        return depth;
    };
    return connection_.First(kDepthSql, read, now).map([](const std::optional<QueueDepth>& depth) {
        return depth.value_or(QueueDepth{});
    });
}

Result<void> ProcessTable::AddResolve(const ItemId& item, const ProcessId& process, Timestamp at) {
    return connection_.Change(kAddResolveSql, process, item, at).map([](int) {});
}

Result<std::vector<PendingResolve>> ProcessTable::PendingResolves(Timestamp now, int limit) const {
    const auto read = [](Row& row) {
        return PendingResolve{.process_id = row.As<ProcessId>(), .attempt = row.Int()};
    };
    return connection_.Select(kResolvesSql, read, now, limit);
}

Result<void> ProcessTable::DelayResolve(const ProcessId& process, Timestamp next_at) {
    return connection_.Change(kDelayResolveSql, next_at, process).map([](int) {});
}

Result<void> ProcessTable::RemoveResolve(const ProcessId& process) {
    return connection_.Change(kRemoveResolveSql, process).map([](int) {});
}

Result<bool> ProcessTable::IsResolving(const ItemId& item) const {
    return connection_.First(
                          kIsResolvingSql, [](Row& row) { return row.Int(); }, item
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

}  // namespace notify::sql
