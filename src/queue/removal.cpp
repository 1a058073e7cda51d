#include "queue/removal.hpp"

#include <string>
#include <utility>
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
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// How many of the item's processes were waiting.
Result<int> SkipWaiting(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto processes = transaction.processes.OfItem(id);
    if (!processes) {
        return Unexpected(processes.error());
    }
    int skipped = 0;
    for (const auto& process : *processes) {
        if (process.status != Status::kPending) {
            continue;
        }
        const auto gone = ObjectGone(process, now);
        auto done = transaction.processes.UpdatePending(gone).and_then([&] {
            return TellProcess(transaction, gone, now);
        });
        if (!done) {
            return Unexpected(done.error());
        }
        ++skipped;
    }
    return skipped;
}

Result<void> Tell(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto item = transaction.items.Get(id);
    const auto processes = transaction.processes.OfItem(id);
    if (!item || !processes) {
        return Unexpected(item ? processes.error() : item.error());
    }
    return transaction.items
        .AddChange(
            id,
            {.at = now,
             .status = item->status,
             .reason_code = std::string(kRemoved),
             .reason = std::string(kRemovedSentence)}
        )
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
    const auto skipped = SkipWaiting(transaction, id, now);
    if (!skipped) {
        return Unexpected(skipped.error());
    }
    return transaction.items.SetRemoved(id, now)
        .and_then([&] { return *skipped > 0 ? FinishItem(transaction, id, now) : Result<void>{}; })
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
