// ProcessTable::Claim: a batch of items, fair over buckets by weight.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/fair_turns.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/item_table.hpp"
#include "storage/sql/process_counts.hpp"
#include "storage/sql/process_row.hpp"
#include "storage/sql/process_table.hpp"
#include "storage/sql/process_turns.hpp"

namespace notify::sql {

namespace {

constexpr const char* kReadySql = R"sql(
    SELECT id, item_id, alone FROM process INDEXED BY process_ready
    WHERE bucket_id = ? AND status = 'Pending' AND next_attempt_at <= ?
    ORDER BY priority DESC, created_at, id LIMIT ?)sql";
// of an item that nobody knows to be long
constexpr const char* kReadyShortSql = R"sql(
    SELECT id, item_id, alone FROM process INDEXED BY process_ready
    WHERE bucket_id = ? AND status = 'Pending' AND next_attempt_at <= ?
      AND NOT EXISTS (SELECT 1 FROM long_work l WHERE l.item_id = process.item_id)
    ORDER BY priority DESC, created_at, id LIMIT ?)sql";
// ?4 names one process that runs alone, or is empty for the group of the item. ?6 is 'Pending': said here it
// would lead PostgreSQL to an index of all that is pending, where those of the items are wanted. SQLite looks
// into a parameter for the sake of such an index, and compiles the statement again for each value; not where
// the column is in an expression.
constexpr Sql kHoldSql{
    .sqlite = R"sql(
    UPDATE process
    SET status = 'Processing', since = ?1, lease_owner = ?2, lease_until = ?3, fence = fence + 1, started_at = ?1,
        progress = 0
    WHERE item_id = ?5 AND CAST(status AS TEXT) = ?6 AND next_attempt_at <= ?1
      AND CASE WHEN ?4 = '' THEN alone = 0 ELSE id = ?4 END
    RETURNING id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since,
              priority, attempt, max_attempts, crashes, rescues, releases, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress,
              cancel_requested, failure_code, failure_stage, failure_reason, failure_message, failure_will_retry,
              result_id, created_at, started_at, finished_at)sql",
    .postgres = R"sql(
    UPDATE process
    SET status = 'Processing', since = j.now, lease_owner = j.node, lease_until = j.lease, fence = process.fence + 1,
        started_at = j.now, progress = 0
    FROM unnest(?1, ?2, ?3, ?4, ?5, ?6) AS j (now, node, lease, alone, item, status)
    WHERE process.item_id = j.item AND process.status = j.status AND process.next_attempt_at <= j.now
      AND CASE WHEN j.alone = '' THEN process.alone = 0 ELSE process.id = j.alone END
    RETURNING process.id, process.item_id, process.bucket_id, process.processor, process.config, process.config_hash,
              process.rule_id, process.media_types, process.run, process.status, process.since, process.priority,
              process.attempt, process.max_attempts, process.crashes, process.rescues, process.releases, process.pauses, process.alone,
              process.next_attempt_at, process.lease_owner, process.lease_until, process.fence, process.progress,
              process.cancel_requested, process.failure_code, process.failure_stage, process.failure_reason,
              process.failure_message, process.failure_will_retry, process.result_id, process.created_at, process.started_at,
              process.finished_at)sql"
};

// rows read for each job wanted where several processes of one item are one job
constexpr int kRowsPerJob = 8;

/// What one worker would run: an item's group, or one process alone.
struct Job {
    ItemId item_id;
    std::string alone;  ///< The id of the process, empty for a group.

    friend auto operator<=>(const Job&, const Job&) = default;
};

/// The jobs of the bucket's first `rows` ready processes, in the order of these; whether there are no more.
Result<std::pair<std::vector<Job>, bool>> JobsOfRows(
    Connection& connection, const char* ready_sql, const BucketId& bucket, int rows, Timestamp now
) {
    const auto read = [](Row& row) {
        auto process = row.Text();
        Job job{.item_id = row.As<ItemId>(), .alone = {}};
        if (row.Bool()) {
            job.alone = std::move(process);
        }
        return job;
    };
    return connection.Select(ready_sql, read, bucket, now, rows).map([&](std::vector<Job> jobs) {
        const bool all = jobs.size() < static_cast<std::size_t>(rows);
        std::set<Job> seen;
        std::erase_if(jobs, [&](const Job& job) { return !seen.insert(job).second; });
        return std::pair(std::move(jobs), all);
    });
}

/// The jobs of a bucket in the order of their first process.
Result<std::vector<Job>> ReadyJobs(
    Connection& connection, const char* ready_sql, const BucketId& bucket, int most, Timestamp now
) {
    auto found = JobsOfRows(connection, ready_sql, bucket, most, now);
    if (found && !found->second && found->first.size() < static_cast<std::size_t>(most)) {
        found = JobsOfRows(connection, ready_sql, bucket, most * kRowsPerJob, now);
    }
    return found.map([](auto& jobs) { return std::move(jobs.first); });
}

struct Taking {
    const NodeId& node;
    Timestamp now;
    Timestamp lease_until;
};

/// Sets the processes of the jobs Processing. By job: one of an item's processes may run alone beside its
/// group.
Result<std::map<Job, std::vector<Process>>> HoldAll(
    Connection& connection, const std::vector<Job>& jobs, const Taking& taking
) {
    const auto bind = [&](const Job& job, Binder& binder) {
        binder.BindAll(
            taking.now, taking.node, taking.lease_until, job.alone, job.item_id, ToString(Status::kPending)
        );
    };
    auto held = connection.SelectFor(kHoldSql, jobs, bind, ReadProcess);
    if (!held) {
        return Unexpected(held.error());
    }
    ProcessCounts counts;
    for (const auto& process : *held) {
        --counts[{process.processor, Status::kPending}];
        ++counts[{process.processor, Status::kProcessing}];
    }
    return KeepCounts(connection, counts).map([&] {
        std::ranges::sort(*held, {}, [](const Process& process) {
            return std::tuple(-process.priority, process.created_at, process.id);
        });
        std::map<Job, std::vector<Process>> by_job;
        for (auto& process : *held) {
            auto alone = process.alone ? process.id.Value() : std::string();
            by_job[{.item_id = process.item_id, .alone = std::move(alone)}].push_back(std::move(process));
        }
        return by_job;
    });
}

Result<std::vector<ClaimedItem>> Take(
    Connection& connection, const std::vector<Job>& jobs, const Taking& taking
) {
    std::vector<ItemId> ids;
    ids.reserve(jobs.size());
    for (const auto& job : jobs) {
        ids.push_back(job.item_id);
    }
    auto held = HoldAll(connection, jobs, taking);
    const auto rows = ItemTable(connection).GetAll(ids);
    if (!held || !rows) {
        return Unexpected(held ? rows.error() : held.error());
    }
    std::map<ItemId, const Item*> items;
    for (const auto& item : *rows) {
        items.emplace(item.id, &item);
    }
    std::vector<ClaimedItem> claimed;
    claimed.reserve(jobs.size());
    for (const auto& job : jobs) {
        claimed.push_back({.item = *items.at(job.item_id), .processes = std::move((*held)[job])});
    }
    return claimed;
}

}  // namespace

Result<std::vector<ClaimedItem>> ProcessTable::Claim(
    const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
) {
    return ClaimFrom(kReadySql, node, max_items, now, lease);
}

Result<std::vector<ClaimedItem>> ProcessTable::ClaimShort(
    const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
) {
    return ClaimFrom(kReadyShortSql, node, max_items, now, lease);
}

Result<bool> ProcessTable::ShortWaits(const NodeId& node, Timestamp ready_at, Timestamp now) const {
    const auto ready = ReadReadyBuckets(connection_, node, now);
    if (!ready) {
        return Unexpected(ready.error());
    }
    for (const auto& turn : ready->turns) {
        const auto jobs = turn.waiting == 0 ? Result<std::vector<Job>>(std::vector<Job>())
                                            : ReadyJobs(connection_, kReadyShortSql, turn.id, 1, ready_at);
        if (!jobs || !jobs->empty()) {
            return jobs.map([](const auto&) { return true; });
        }
    }
    return false;
}

Result<std::vector<ClaimedItem>> ProcessTable::ClaimFrom(
    const char* ready_sql, const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
) {
    max_items = std::max(max_items, 0);
    auto ready = ReadReadyBuckets(connection_, node, now);
    const auto latest = LatestTurn(connection_);
    if (!ready || !latest) {
        return Unexpected(ready ? latest.error() : ready.error());
    }
    auto& turns = ready->turns;
    std::vector<std::vector<Job>> jobs(turns.size());
    for (std::size_t i = 0; i < turns.size(); ++i) {
        auto of_bucket = turns[i].waiting == 0
                             ? Result<std::vector<Job>>(std::vector<Job>())
                             : ReadyJobs(connection_, ready_sql, turns[i].id, max_items, now);
        if (!of_bucket) {
            return Unexpected(of_bucket.error());
        }
        turns[i].waiting = std::min(of_bucket->size(), turns[i].waiting);
        jobs[i] = *std::move(of_bucket);
    }
    const auto order = TakeTurns(turns, *latest, static_cast<std::size_t>(max_items), ready->source_rooms);
    std::vector<Job> wanted;
    wanted.reserve(order.size());
    std::vector<std::size_t> next(turns.size(), 0);
    for (const auto turn : order) {
        wanted.push_back(std::move(jobs[turn][next[turn]++]));
    }
    auto claimed = Take(connection_, wanted, {.node = node, .now = now, .lease_until = now + lease});
    for (std::size_t i = 0; claimed && i < claimed->size(); ++i) {
        (*claimed)[i].charged = turns[order[i]].cost;
    }
    for (std::size_t i = 0; claimed && i < turns.size(); ++i) {
        if (auto kept = next[i] > 0 ? KeepTurn(connection_, turns[i]) : Result<void>{}; !kept) {
            return Unexpected(kept.error());
        }
    }
    return claimed;
}

}  // namespace notify::sql
