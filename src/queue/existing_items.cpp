#include "queue/existing_items.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kBatch = 100;  // items in a transaction: others wait for it some 10 ms

Result<Rule> EnabledRule(const Snapshot& snapshot, const RuleId& id) {
    auto rule = snapshot.rules.Get(id);
    return !rule || rule->enabled
               ? rule
               : Fail(ErrorCode::kConflict, fmt::format("rule {} is disabled; enable it first", id.Value()));
}

/// The rule's buckets, once it is noted who asked.
Result<std::vector<BucketId>> Begin(
    Transaction& transaction, const RuleId& id, std::string_view actor, Timestamp now
) {
    const auto rule = EnabledRule(transaction.View(), id);
    const auto buckets =
        rule.and_then([&](const Rule& found) { return BucketsOf(transaction.View(), found); });
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    const AuditEntry entry{
        .at = now,
        .actor = std::string(actor),
        .action = "rule.apply",
        .subject = id.Value(),
        .detail = rule->processor
    };
    return transaction.keys.AddAudit(entry).map([&] { return *buckets; });
}

/// False of what was ended by a person or a newer version, of what could not be opened at all, and of what
/// gets its processes when its bucket's budget lets it go.
bool MayRun(const Item& item, const std::vector<Process>& processes) {
    const bool unopened = item.status == Status::kSkipped && processes.empty() && item.reason_code != kNoRule;
    return item.status != Status::kCancelled && !item.removed_at && item.reason_code != "superseded" &&
           !unopened && !(processes.empty() && WaitsForBudget(item));
}

/// How many processes the item was given.
Result<int> ApplyTo(Transaction& transaction, const Rule& rule, const ItemId& id, Timestamp now) {
    const auto item = transaction.items.Get(id);
    const auto processes = transaction.processes.OfItem(id);
    if (!item || !processes) {
        return Unexpected(item ? processes.error() : item.error());
    }
    const auto choices = Choose({rule}, item->key);
    if (choices.empty() || !MayRun(*item, *processes)) {
        return 0;
    }
    const auto newest = transaction.items.Newest(item->bucket_id, item->key);
    const auto runs = RunsOfChoices(processes, *item, choices, now);
    if (!newest || !runs) {
        return Unexpected(newest ? runs.error() : newest.error());
    }
    if (!*newest || (*newest)->id != id || runs->empty()) {
        return 0;
    }
    for (const auto& run : *runs) {
        if (auto added = transaction.processes.Add(run); !added) {
            return Unexpected(added.error());
        }
    }
    return FinishItem(transaction, id, now).map([&] { return static_cast<int>(runs->size()); });
}

/// The rule as it is now: it may have been changed or removed since the last batch.
Result<int> ApplyToAll(
    Transaction& transaction, const RuleId& rule_id, const std::vector<Item>& items, Timestamp now
) {
    const auto rule = EnabledRule(transaction.View(), rule_id);
    if (!rule) {
        return Unexpected(rule.error());
    }
    int given = 0;
    for (const auto& item : items) {
        const auto runs = ApplyTo(transaction, *rule, item.id, now);
        if (!runs) {
            return runs;
        }
        given += *runs;
    }
    return given;
}

}  // namespace

Result<std::vector<BucketId>> BucketsOf(const Snapshot& snapshot, const Rule& rule) {
    if (!rule.bucket_id.IsEmpty()) {
        return std::vector{rule.bucket_id};
    }
    return snapshot.buckets.List().map([&](const std::vector<Bucket>& buckets) {
        std::vector<BucketId> ids;
        for (const auto& bucket : buckets) {
            if (bucket.source_id == rule.source_id) {
                ids.push_back(bucket.id);
            }
        }
        return ids;
    });
}

Result<int> ApplyToExisting(
    Storage& storage,
    const Clock& clock,
    const RuleId& id,
    std::string_view actor,
    const std::stop_token& stop
) {
    const auto buckets =
        storage.Write([&](Transaction& transaction) { return Begin(transaction, id, actor, clock.Now()); });
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    int given = 0;
    for (const auto& bucket : *buckets) {
        PageRequest page{.after = {}, .limit = kBatch};
        do {
            if (stop.stop_requested()) {
                return Fail(ErrorCode::kStopped, "stopped before all items were looked at; ask again");
            }
            const auto items = storage.Read([&](const Snapshot& snapshot) {
                return snapshot.items.List({.bucket_id = bucket, .status = {}, .key_contains = {}}, page);
            });
            const auto runs = !items ? Result<int>(Unexpected(items.error()))
                                     : storage.Write([&](Transaction& transaction) {
                                           return ApplyToAll(transaction, id, items->rows, clock.Now());
                                       });
            if (!runs) {
                return runs;
            }
            given += *runs;
            page.after = items->next;
        } while (!page.after.empty());
    }
    return given;
}

}  // namespace notify
