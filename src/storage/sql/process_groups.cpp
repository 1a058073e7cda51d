// ProcessTable, of many processes at once; one is many of which there is one.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"
#include "storage/sql/process_counts.hpp"
#include "storage/sql/process_row.hpp"
#include "storage/sql/process_table.hpp"

namespace notify::sql {

namespace {

constexpr Sql kAddAllSql{
    .sqlite = R"sql(
    INSERT INTO process (id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority, attempt,
                         max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress,
                         cancel_requested, failure_code, failure_stage, failure_reason, failure_message, failure_will_retry,
                         result_id, created_at, started_at, finished_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql",
    .postgres = R"sql(
    INSERT INTO process (id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority, attempt,
                         max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress,
                         cancel_requested, failure_code, failure_stage, failure_reason, failure_message, failure_will_retry,
                         result_id, created_at, started_at, finished_at)
    SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql"
};
constexpr Sql kGetAllSql{
    .sqlite = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE id = ?)sql",
    .postgres = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE id IN (SELECT unnest(?)))sql"
};
constexpr Sql kOfItemsSql{
    .sqlite = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE item_id = ? ORDER BY run, created_at, id)sql",
    .postgres = R"sql(
    SELECT id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since, priority,
           attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress, cancel_requested,
           failure_code, failure_stage, failure_reason, failure_message, failure_will_retry, result_id, created_at,
           started_at, finished_at
    FROM process WHERE item_id IN (SELECT unnest(?)) ORDER BY run, created_at, id)sql"
};
// the cast: for an index of one status SQLite would compile it again for each value of the parameter
constexpr Sql kUpdateSql{
    .sqlite = R"sql(
    UPDATE process
    SET status = ?3, since = ?4, attempt = ?5, crashes = ?6, rescues = ?7, releases = ?8, pauses = ?9, alone = ?10, next_attempt_at = ?11,
        lease_owner = ?12, lease_until = ?13, progress = ?14, cancel_requested = CASE WHEN cancel_requested = 1 THEN 1 ELSE ?15 END,
        failure_code = ?16, failure_stage = ?17, failure_reason = ?18, failure_message = ?19, failure_will_retry = ?20,
        result_id = ?21, finished_at = ?22, priority = ?23, max_attempts = ?24
    WHERE id = ?1 AND CAST(status AS TEXT) = ?25 AND fence = ?2
    RETURNING id)sql",
    .postgres = R"sql(
    UPDATE process
    SET status = n.status, since = n.since, attempt = n.attempt, crashes = n.crashes, rescues = n.rescues, releases = n.releases, pauses = n.pauses,
        alone = n.alone, next_attempt_at = n.next_attempt_at, lease_owner = n.lease_owner, lease_until = n.lease_until,
        progress = n.progress,
        cancel_requested = CASE WHEN process.cancel_requested = 1 THEN 1 ELSE n.cancel_requested END,
        failure_code = n.failure_code, failure_stage = n.failure_stage, failure_reason = n.failure_reason,
        failure_message = n.failure_message, failure_will_retry = n.failure_will_retry, result_id = n.result_id,
        finished_at = n.finished_at, priority = n.priority, max_attempts = n.max_attempts
    FROM unnest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
         AS n (id, fence, status, since, attempt, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until,
               progress, cancel_requested, failure_code, failure_stage, failure_reason, failure_message, failure_will_retry,
               result_id, finished_at, priority, max_attempts, was)
    WHERE process.id = n.id AND process.status = n.was AND process.fence = n.fence
    RETURNING process.id)sql"
};
constexpr Sql kForgetCheckpointsSql{
    .sqlite = "DELETE FROM checkpoint WHERE process_id = ?",
    .postgres = "DELETE FROM checkpoint WHERE process_id IN (SELECT unnest(?))"
};
constexpr Sql kHeartbeatSql{
    .sqlite = R"sql(
    UPDATE process SET lease_until = ?1 WHERE id = ?2 AND status = 'Processing' AND fence = ?3 AND lease_owner = ?4)sql",
    .postgres = R"sql(
    UPDATE process SET lease_until = n.until FROM unnest(?1, ?2, ?3, ?4) AS n (until, id, fence, owner)
    WHERE process.id = n.id AND process.status = 'Processing' AND process.fence = n.fence AND process.lease_owner = n.owner)sql"
};
constexpr const char* kCancelledSql =
    "SELECT id, fence FROM process WHERE status = 'Processing' AND lease_owner = ? AND cancel_requested = 1";
constexpr Sql kResolvingSql{
    .sqlite = "SELECT item_id FROM resolve WHERE item_id = ?",
    .postgres = "SELECT item_id FROM resolve WHERE item_id IN (SELECT unnest(?))"
};

const Failure& FailureOf(const Process& process) {
    static const Failure none;
    return process.failure ? *process.failure : none;
}

/// kInternal when a process with the status `from` may not become what `process` is (MayBecome).
Result<void> MayFollow(Status from, const Process& process) {
    return process.status == from || MayBecome(from, process.status)
               ? Result<void>{}
               : Fail(
                     ErrorCode::kInternal,
                     fmt::format(
                         "process {} cannot become {} from {}",
                         process.id.Value(),
                         ToString(process.status),
                         ToString(from)
                     )
                 );
}

/// Writes those that are still in `from` with their fence: how many are.
Result<int> Update(Connection& connection, Status from, const std::vector<Process>& processes) {
    for (const auto& process : processes) {
        if (auto may = MayFollow(from, process); !may) {
            return Unexpected(may.error());
        }
    }
    const auto bind = [&](const Process& p, Binder& binder) {
        const auto& failure = FailureOf(p);
        binder.BindAll(
            p.id,
            p.fence,
            ToString(p.status),
            p.since,
            p.attempt,
            p.crashes,
            p.rescues,
            p.releases,
            p.pauses,
            p.alone,
            p.next_attempt_at,
            p.lease_owner,
            p.lease_until,
            p.progress,
            p.cancel_requested,
            failure.code,
            failure.stage,
            failure.reason,
            failure.message,
            failure.will_retry,
            NullIfEmpty{p.result_id.Value()},
            p.finished_at,
            p.priority,
            p.max_attempts,
            ToString(from)
        );
    };
    const auto read = [](Row& row) { return row.As<ProcessId>(); };
    return connection.SelectFor(kUpdateSql, processes, bind, read)
        .and_then([&](const std::vector<ProcessId>& ids) {
            const std::set<ProcessId> changed(ids.begin(), ids.end());
            ProcessCounts counts;
            std::vector<ProcessId> ended;
            for (const auto& process : processes) {
                if (changed.contains(process.id)) {
                    --counts[{process.processor, from}];
                    ++counts[{process.processor, process.status}];
                    if (IsTerminal(process.status)) {
                        ended.push_back(process.id);
                    }
                }
            }
            return KeepCounts(connection, counts)
                .and_then([&] { return connection.ChangeFor(kForgetCheckpointsSql, ended, kBindItself); })
                .map([&](int) { return static_cast<int>(changed.size()); });
        });
}

}  // namespace

Result<void> ProcessTable::Add(const Process& process) {
    return AddAll({process}).map_error([&](const Error& error) {
        return error.code == ErrorCode::kConflict
                   ? Error{.code = error.code, .message = fmt::format("item {} has run {} of {} already", process.item_id.Value(), process.run, process.processor)}
                   : error;
    });
}

Result<void> ProcessTable::AddAll(const std::vector<Process>& processes) {
    std::vector<std::pair<const Process*, std::string>> rows;  // with its list of media types as text
    rows.reserve(processes.size());
    for (const auto& process : processes) {
        rows.emplace_back(&process, ListToText(process.media_types));
    }
    const auto bind = [](const std::pair<const Process*, std::string>& row, Binder& binder) {
        const auto& p = *row.first;
        const auto& failure = FailureOf(p);
        binder.BindAll(
            p.id,
            p.item_id,
            p.bucket_id,
            p.processor,
            p.config,
            p.config_hash,
            p.rule_id,
            row.second,
            p.run,
            ToString(p.status),
            p.since,
            p.priority,
            p.attempt,
            p.max_attempts,
            p.crashes,
            p.rescues,
            p.releases,
            p.pauses,
            p.alone,
            p.next_attempt_at,
            p.lease_owner,
            p.lease_until,
            p.fence,
            p.progress,
            p.cancel_requested,
            failure.code,
            failure.stage,
            failure.reason,
            failure.message,
            failure.will_retry,
            NullIfEmpty{p.result_id.Value()},
            p.created_at,
            p.started_at,
            p.finished_at
        );
    };
    return connection_.ChangeFor(kAddAllSql, rows, bind).and_then([&](int) {
        ProcessCounts counts;
        for (const auto& process : processes) {
            ++counts[{process.processor, process.status}];
        }
        return KeepCounts(connection_, counts);
    });
}

Result<Process> ProcessTable::Get(const ProcessId& id) const {
    return GetAll({id}).and_then([&](std::vector<Process> found) {
        return found.empty() ? Fail(ErrorCode::kNotFound, fmt::format("there is no process {}", id.Value()))
                             : Result<Process>(std::move(found.front()));
    });
}

Result<std::vector<Process>> ProcessTable::OfItem(const ItemId& id) const {
    return connection_.SelectFor(kOfItemsSql, std::vector{id}, kBindItself, ReadProcess);
}

Result<std::vector<Process>> ProcessTable::GetAll(const std::vector<ProcessId>& ids) const {
    return connection_.SelectFor(kGetAllSql, ids, kBindItself, ReadProcess);
}

Result<std::map<ItemId, std::vector<Process>>> ProcessTable::OfItems(const std::vector<ItemId>& ids) const {
    return connection_.SelectFor(kOfItemsSql, ids, kBindItself, ReadProcess)
        .map([](std::vector<Process> rows) {
            std::map<ItemId, std::vector<Process>> by_item;
            for (auto& row : rows) {
                by_item[row.item_id].push_back(std::move(row));
            }
            return by_item;
        });
}

Result<int> ProcessTable::UpdateAllHeld(const std::vector<Process>& processes) {
    return Update(connection_, Status::kProcessing, processes);
}

Result<bool> ProcessTable::UpdateHeld(const Process& process) {
    return UpdateAllHeld({process}).map([](int changed) { return changed == 1; });
}

Result<void> ProcessTable::UpdatePending(const Process& process) {
    return Update(connection_, Status::kPending, {process}).and_then([&](int changed) {
        return changed == 1 ? Result<void>{}
                            : Fail(
                                  ErrorCode::kConflict,
                                  fmt::format("process {} is no longer Pending", process.id.Value())
                              );
    });
}

Result<std::vector<Hold>> ProcessTable::Heartbeat(
    const NodeId& node, const std::vector<Hold>& held, Timestamp until
) {
    const auto bind = [&](const Hold& hold, Binder& binder) {
        binder.BindAll(until, hold.process_id, hold.fence, node);
    };
    const auto read = [](Row& row) {
        return Hold{.process_id = row.As<ProcessId>(), .fence = row.Integer()};
    };
    return connection_.ChangeFor(kHeartbeatSql, held, bind).and_then([&](int) {
        return connection_.Select(kCancelledSql, read, node);
    });
}

Result<std::set<ItemId>> ProcessTable::Resolving(const std::vector<ItemId>& items) const {
    return connection_.SelectFor(
                          kResolvingSql, items, kBindItself, [](Row& row) { return row.As<ItemId>(); }
    ).map([](const std::vector<ItemId>& rows) { return std::set<ItemId>(rows.begin(), rows.end()); });
}

}  // namespace notify::sql
