#include "queue/removal.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "queue/process_end.hpp"
#include "queue/retry_policy.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<void> SkipOne(Transaction& transaction, const Process& process, Timestamp now) {
    const auto gone = ObjectGone(process, now);
    return transaction.processes.UpdatePending(gone).and_then([&] {
        return TellProcess(transaction, gone, now);
    });
}

/// Ends what of the item waits.
Result<void> SkipWaiting(Transaction& transaction, const Item& item, Timestamp now) {
    const auto processes = transaction.processes.OfItem(item.id);
    if (!processes) {
        return Unexpected(processes.error());
    }
    if (processes->empty() && item.status == Status::kPending) {  // for the bucket's budget
        const UnopenedEnd end{
            .status = Status::kSkipped, .code = std::string(kRemoved), .reason = std::string(kRemovedSentence)
        };
        return EndUnopened(transaction, item, end, now);
    }
    bool skipped = false;
    for (const auto& process : *processes) {
        if (process.status != Status::kPending) {
            continue;
        }
        if (auto done = SkipOne(transaction, process, now); !done) {
            return done;
        }
        skipped = true;
    }
    return skipped ? FinishItem(transaction, item.id, now) : Result<void>{};
}

/// In the item's history, unless that it ended says so already.
Result<void> NoteRemoved(Transaction& transaction, const Item& item, Timestamp now) {
    if (item.reason_code == kRemoved) {
        return {};
    }
    const ItemChange change{
        .at = now,
        .status = item.status,
        .reason_code = std::string(kRemoved),
        .reason = std::string(kRemovedSentence)
    };
    return transaction.items.AddChange(item.id, change);
}

Result<void> Tell(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto item = transaction.items.Get(id);
    const auto processes = transaction.processes.OfItem(id);
    if (!item || !processes) {
        return Unexpected(item ? processes.error() : item.error());
    }
    return NoteRemoved(transaction, *item, now)
        .and_then([&] {
            return transaction.events.Append({
                .id = EventId(MakeId("msg")),
                .type = "item.removed",
                .subject = id.Value(),
                .dedup_key = fmt::format("{}:removed", id.Value()),
                .at = now,
                .data = ItemEventData(*item, LatestRuns(*processes), {}),
            });
        })
        .map([](bool) {});
}

Result<void> RemoveOne(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto item = transaction.items.Get(id);
    const auto newest =
        item ? transaction.items.Newest(item->bucket_id, item->key) : Unexpected(item.error());
    if (!newest) {
        return Unexpected(newest.error());
    }
    if (item->removed_at || !*newest || (*newest)->id != id) {
        return {};
    }
    return transaction.items.SetRemoved(id, now)
        .and_then([&] { return SkipWaiting(transaction, *item, now); })
        .and_then([&] { return Tell(transaction, id, now); });
}

}  // namespace

Result<void> RemoveItems(Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now) {
    for (const auto& id : ids) {
        if (auto removed = RemoveOne(transaction, id, now); !removed) {
            return removed;
        }
    }
    return {};
}

}  // namespace notify
