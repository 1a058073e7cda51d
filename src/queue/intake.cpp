#include "queue/intake.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/ulid.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "queue/retry_policy.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"

namespace notify {

namespace {

Item MakeItem(const Bucket& bucket, const FoundObject& object, Timestamp now) {
    Item item;
    item.id = ItemId(MakeId("itm"));
    item.bucket_id = bucket.id;
    item.key = object.key;
    item.version = object.version;
    item.size_bytes = object.size_bytes;
    item.modified_at = object.modified_at;
    item.media_type = object.media_type;
    item.since = now;
    item.discovered_at = now;
    if (!object.skip_code.empty()) {
        item.status = Status::kSkipped;
        item.reason_code = object.skip_code;
        item.reason = object.skip_reason;
    } else if (bucket.assignments.empty()) {
        item.status = Status::kSkipped;
        item.reason_code = "no_rule";
        item.reason = "no processor is chosen for this bucket";
    }
    item.blocked_by = item.status == Status::kSkipped ? BlockedBy::kNothing : BlockedBy::kSlot;
    return item;
}

/// Tells that the item is there; and that it ended, when it was skipped at once.
Result<void> Announce(Transaction& transaction, const Item& item, Timestamp now) {
    const ItemChange change{
        .at = now, .status = item.status, .reason_code = item.reason_code, .reason = item.reason
    };
    auto noted = transaction.items.AddChange(item.id, change);
    const auto tell = [&](std::string_view type) {
        return transaction.events
            .Append({
                .id = EventId(MakeId("msg")),
                .type = std::string(type),
                .subject = item.id.Value(),
                .dedup_key = fmt::format("{}:{}:0", item.id.Value(), type),
                .at = now,
                .data = ItemEventData(item, {}),
            })
            .map([](bool) {});
    };
    if (noted) {
        noted = tell("item.discovered");
    }
    return noted && item.status == Status::kSkipped ? tell("item.skipped") : noted;
}

/// Ends what is still open of older versions: what waits is Skipped, what runs is asked to stop and then
/// Skipped.
Result<void> SupersedeOne(Transaction& transaction, const Process& process, Timestamp now) {
    if (IsTerminal(process.status)) {
        return {};
    }
    const auto replaced = Superseded(process, now);
    if (process.status == Status::kProcessing) {
        return transaction.processes.UpdateHeld(replaced, process.fence).map([](bool) {});
    }
    return transaction.processes.UpdatePending(replaced).and_then([&] {
        return TellProcess(transaction, replaced, now);
    });
}

Result<void> SupersedeOlder(Transaction& transaction, const Item& newer, Timestamp now) {
    auto older = transaction.items.LiveVersions(newer.bucket_id, newer.key, newer.id);
    if (!older) {
        return Unexpected(older.error());
    }
    for (const auto& item : *older) {
        auto processes = transaction.processes.OfItem(item.id);
        if (!processes) {
            return Unexpected(processes.error());
        }
        for (const auto& process : *processes) {
            if (auto done = SupersedeOne(transaction, process, now); !done) {
                return done;
            }
        }
        if (auto finished = FinishItem(transaction, item.id, now); !finished) {
            return finished;
        }
    }
    return {};
}

Result<bool> TakeOne(
    Transaction& transaction, const Bucket& bucket, const FoundObject& object, Timestamp now
) {
    const auto own = transaction.buckets.IsOwnObject(bucket.id, object.key);
    if (!own || *own) {
        return own.map([](bool) { return false; });
    }
    const auto item = MakeItem(bucket, object, now);
    const auto added = transaction.items.AddIfNew(item);
    if (!added || !*added) {
        return added;
    }
    if (item.status == Status::kPending) {
        for (const auto& assignment : bucket.assignments) {
            if (auto queued = transaction.processes.Add(FirstRun(item, assignment, now)); !queued) {
                return Unexpected(queued.error());
            }
        }
    }
    return Announce(transaction, item, now)
        .and_then([&] { return SupersedeOlder(transaction, item, now); })
        .map([] { return true; });
}

/// True when the object is what its key's newest item is of. One that was skipped because the file had
/// changed meanwhile is not known when the file is there as it was.
bool IsKnown(const std::optional<Item>& newest, const FoundObject& object) {
    return newest && newest->version == object.version &&
           (newest->status != Status::kSkipped || newest->reason_code != "superseded");
}

/// Those of the objects that are no rows yet: most scans find nothing new, and then nothing is written.
Result<std::vector<FoundObject>> Unknown(
    Storage& storage, const Bucket& bucket, const std::vector<FoundObject>& objects
) {
    return storage.Read([&](const Snapshot& snapshot) -> Result<std::vector<FoundObject>> {
        std::vector<FoundObject> unknown;
        for (const auto& object : objects) {
            const auto newest = snapshot.items.Newest(bucket.id, object.key);
            const auto own = snapshot.buckets.IsOwnObject(bucket.id, object.key);
            if (!newest || !own) {
                return Unexpected(newest ? own.error() : newest.error());
            }
            if (!IsKnown(*newest, object) && !*own) {
                unknown.push_back(object);
            }
        }
        return unknown;
    });
}

}  // namespace

Result<int> Intake::Take(const Bucket& bucket, const std::vector<FoundObject>& objects) {
    const auto unknown = Unknown(storage_, bucket, objects);
    if (!unknown || unknown->empty()) {
        return unknown.map([](const auto&) { return 0; });
    }
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        // as the bucket is now: its processors may have been changed while the scan went on
        const auto current = transaction.buckets.Get(bucket.id);
        if (!current) {
            return Unexpected(current.error());
        }
        int added = 0;
        for (const auto& object : *unknown) {
            const auto is_new = TakeOne(transaction, *current, object, clock_.Now());
            if (!is_new) {
                return Unexpected(is_new.error());
            }
            added += *is_new ? 1 : 0;
        }
        return added;
    });
}

}  // namespace notify
