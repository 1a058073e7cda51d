#include "queue/new_items.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/process_start.hpp"
#include "sources/source.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

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
    return item;
}

void Skip(Item& item, std::string code, std::string reason) {
    item.status = Status::kSkipped;
    item.blocked_by = BlockedBy::kNothing;
    item.reason_code = std::move(code);
    item.reason = std::move(reason);
}

NewItem Chosen(
    const BucketRules& place, const FoundObject& object, const std::optional<SetAside>& aside, Timestamp now
) {
    NewItem made{.item = MakeItem(place.bucket, object, now), .processes = {}};
    const auto choices = Choose(place.rules, object.key);
    if (!object.skip_code.empty()) {
        Skip(made.item, object.skip_code, object.skip_reason);
    } else if (aside) {
        PutAside(made.item, *aside);
    } else if (choices.empty()) {
        Skip(made.item, std::string(kNoRule), NoRuleSentence(place.bucket.name, place.rules));
    }
    if (made.item.blocked_by == BlockedBy::kSlot) {
        std::ranges::transform(choices, std::back_inserter(made.processes), [&](const Choice& choice) {
            return FirstRun(made.item, choice, now);
        });
    }
    return made;
}

Event Told(const Item& item, std::string_view type, Timestamp now) {
    return {
        .id = EventId(MakeId("msg")),
        .type = std::string(type),
        .subject = item.id.Value(),
        .dedup_key = {},  // the item itself is added once
        .at = now,
        .data = ItemEventData(item, {}, {}),
    };
}

/// True when new objects of the bucket are work as any others, whatever was there before.
Result<bool> SetsNothingAside(const Snapshot& snapshot, const Bucket& bucket) {
    return bucket.options.backlog.policy != BacklogPolicy::kProcess
               ? Result<bool>(false)
               : snapshot.backlog.HasMarks(bucket.id).map([](bool has) { return !has; });
}

}  // namespace

Result<NewItem> MakeNewItem(
    const Snapshot& snapshot, const BucketRules& place, const FoundObject& object, Timestamp now
) {
    return FindSetAside(snapshot, place.bucket, MakeItem(place.bucket, object, now))
        .map([&](const std::optional<SetAside>& aside) { return Chosen(place, object, aside, now); });
}

Result<void> FollowNewItems(Transaction& transaction, const std::vector<NewItem>& items, Timestamp now) {
    std::vector<Process> processes;
    std::vector<Item> announced;
    std::vector<NotedChange> changes;
    std::vector<Event> events;
    for (const auto& [item, its] : items) {
        processes.insert(processes.end(), its.begin(), its.end());
        if (IsAside(item)) {
            continue;
        }
        announced.push_back(item);
        changes.push_back(
            {.item_id = item.id,
             .change = {
                 .at = now, .status = item.status, .reason_code = item.reason_code, .reason = item.reason
             }}
        );
        events.push_back(Told(item, "item.discovered", now));
        if (item.status == Status::kSkipped) {
            events.push_back(Told(item, "item.skipped", now));
        }
    }
    return transaction.processes.AddAll(processes)
        .and_then([&] { return transaction.items.AddChanges(changes); })
        .and_then([&] { return transaction.events.AppendAll(events); })
        .and_then([&] { return RequestStatuses(transaction, announced, now); });
}

Result<std::vector<FoundObject>> TakeFirsts(
    Transaction& transaction, const BucketRules& place, const std::vector<FoundObject>& objects, Timestamp now
) {
    // what is gone may be there again further on; an asset may be an item of another bucket
    const bool any_gone = std::ranges::any_of(objects, &FoundObject::gone);
    const auto plain = SetsNothingAside(transaction.View(), place.bucket);
    if (!plain || !*plain || any_gone || place.bucket.kind == kIconikKind) {
        return plain.map([&](bool) { return objects; });
    }
    std::vector<NewItem> made;
    std::vector<Item> items;
    for (const auto& object : objects) {
        made.push_back(Chosen(place, object, {}, now));
        items.push_back(made.back().item);
    }
    const auto firsts = transaction.items.AddFirsts(items);
    if (!firsts) {
        return Unexpected(firsts.error());
    }
    std::vector<NewItem> added;
    std::vector<FoundObject> others;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (firsts->contains(made[i].item.id)) {
            added.push_back(std::move(made[i]));
        } else {
            others.push_back(objects[i]);
        }
    }
    return FollowNewItems(transaction, added, now).map([&] { return std::move(others); });
}

}  // namespace notify
