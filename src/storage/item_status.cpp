#include "storage/item_status.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/json.hpp"
#include "core/ulid.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/process_repository.hpp"

namespace notify {

namespace {

std::string_view EventType(Status status) {
    switch (status) {
        case Status::kCompleted:
            return "item.completed";
        case Status::kFailed:
            return "item.failed";
        case Status::kSkipped:
            return "item.skipped";
        case Status::kCancelled:
            return "item.cancelled";
        case Status::kPending:
        case Status::kProcessing:
            break;
    }
    return {};
}

/// Sets code and sentence from the first process that has the item's status and a failure.
void TakeReason(Item& item, const std::vector<Process>& processes) {
    item.reason_code.clear();
    item.reason.clear();
    for (const auto& process : processes) {
        const bool speaks =
            process.status == item.status || (item.status == Status::kPending && process.failure);
        if (!speaks || !process.failure) {
            continue;
        }
        item.reason_code = process.failure->reason.empty() ? process.failure->code : process.failure->reason;
        item.reason = fmt::format("{}: {}", process.processor, process.failure->message);
        const auto failed = std::ranges::count(processes, Status::kFailed, &Process::status);
        if (item.status == Status::kFailed && failed > 1) {
            item.reason += fmt::format(" (and {} more failed)", failed - 1);
        }
        return;
    }
}

BlockedBy WhyPending(const std::vector<Process>& processes, bool bucket_active, Timestamp now) {
    if (!bucket_active) {
        return BlockedBy::kBucketInactive;
    }
    const bool all_wait = std::ranges::all_of(processes, [&](const Process& process) {
        return process.status != Status::kPending || process.next_attempt_at > now;
    });
    return all_wait ? BlockedBy::kRetryDelay : BlockedBy::kSlot;
}

Result<void> Note(
    Transaction& transaction, const Item& item, const std::vector<Process>& processes, Timestamp now
) {
    const auto latest = std::ranges::max_element(processes, {}, &Process::since);
    auto noted = transaction.items.AddChange(
        item.id,
        {.at = now,
         .status = item.status,
         .process_id = latest == processes.end() ? ProcessId() : latest->id,
         .attempt = latest == processes.end() ? 0 : latest->attempt,
         .reason_code = item.reason_code,
         .reason = item.reason}
    );
    const auto type = EventType(item.status);
    if (!noted || type.empty()) {
        return noted;
    }
    return transaction.events
        .Append({
            .id = EventId(MakeId("msg")),
            .type = std::string(type),
            .subject = item.id.Value(),
            .dedup_key = fmt::format("{}:{}:{}", item.id.Value(), type, item.state_version),
            .at = now,
            .data = ItemEventData(item, processes),
        })
        .map([](bool) {});
}

}  // namespace

std::vector<Process> LatestRuns(std::vector<Process> all) {
    std::map<std::pair<std::string, std::string>, Process> latest;
    for (auto& process : all) {
        auto& kept = latest[{process.processor, process.config_hash}];
        if (kept.id.IsEmpty() || kept.run < process.run) {
            kept = std::move(process);
        }
    }
    std::vector<Process> runs;
    for (auto& [key, process] : latest) {
        runs.push_back(std::move(process));
    }
    std::ranges::sort(runs, {}, [](const Process& process) {
        return std::pair(process.created_at, process.id);
    });
    return runs;
}

std::string ItemEventData(const Item& item, const std::vector<Process>& processes) {
    boost::json::array rows;
    boost::json::array failed;
    for (const auto& process : processes) {
        boost::json::object row{
            {"process", process.id.Value()},
            {"processor", process.processor},
            {"status", ToString(process.status)},
        };
        if (!process.result_id.IsEmpty()) {
            row["result"] = process.result_id.Value();
        }
        if (process.failure && process.status != Status::kCompleted) {
            row["code"] = process.failure->code;
            row["reason"] = process.failure->reason;
            row["message"] = process.failure->message;
        }
        if (process.status == Status::kFailed) {
            failed.emplace_back(process.id.Value());
        }
        rows.push_back(std::move(row));
    }
    return ToJsonText(
        boost::json::object{
            {"item", item.id.Value()},
            {"bucket", item.bucket_id.Value()},
            {"key", KeyText(item.key)},
            {"status", ToString(item.status)},
            {"state_version", item.state_version},
            {"reason_code", item.reason_code},
            {"reason", item.reason},
            {"failed_processes", std::move(failed)},
            {"processes", std::move(rows)},
        }
    );
}

Result<Item> RefreshItem(Transaction& transaction, const ItemId& id, Timestamp now) {
    auto item = transaction.items.Get(id);
    auto all = transaction.processes.OfItem(id);
    if (!item || !all) {
        return Unexpected(item ? all.error() : item.error());
    }
    if (all->empty()) {
        return item;
    }
    const auto bucket = transaction.buckets.Get(item->bucket_id);
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    const auto processes = LatestRuns(std::move(*all));
    std::vector<Status> statuses;
    for (const auto& process : processes) {
        statuses.push_back(process.status);
    }
    Item now_is = *item;
    now_is.status = ItemStatus(statuses);
    now_is.blocked_by = BlockedBy::kNothing;
    if (now_is.status == Status::kPending) {
        now_is.blocked_by = WhyPending(processes, bucket->active, now);
    }
    if (IsTerminal(now_is.status) && now_is.resolving_since) {
        now_is.status = Status::kProcessing;
        now_is.blocked_by = BlockedBy::kResolving;
    }
    TakeReason(now_is, processes);
    const bool changed = now_is.status != item->status;
    if (!changed && now_is.blocked_by == item->blocked_by && now_is.reason == item->reason) {
        return item;
    }
    now_is.since = changed ? now : item->since;
    now_is.state_version += changed ? 1 : 0;
    if (auto written = transaction.items.SetStatus(now_is); !written) {
        return Unexpected(written.error());
    }
    if (changed) {
        if (auto noted = Note(transaction, now_is, processes, now); !noted) {
            return Unexpected(noted.error());
        }
    }
    return now_is;
}

}  // namespace notify
