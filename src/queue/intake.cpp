#include "queue/intake.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/new_items.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "queue/removal.hpp"
#include "queue/retry_policy.hpp"
#include "sources/objects/faults.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Ends what is still open of older versions: what waits is Skipped, what runs is asked to stop and then
/// Skipped.
Result<void> SupersedeOne(Transaction& transaction, const Process& process, Timestamp now) {
    if (IsTerminal(process.status)) {
        return {};
    }
    const auto replaced = Superseded(process, now);
    if (process.status == Status::kProcessing) {
        return transaction.processes.UpdateHeld(replaced).map([](bool) {});
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
        if (processes->empty()) {  // it waited for the bucket's budget
            if (auto ended = EndUnopened(transaction, item, SupersededItem(), now); !ended) {
                return ended;
            }
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

Result<BucketRules> PlaceOf(const Snapshot& snapshot, const BucketId& id) {
    auto bucket = snapshot.buckets.Get(id);
    auto rules = snapshot.rules.OfBucket(id);
    if (!bucket || !rules) {
        return Unexpected(bucket ? rules.error() : bucket.error());
    }
    return BucketRules{.bucket = *std::move(bucket), .rules = *std::move(rules)};
}

/// Gives an item that was skipped for want of a rule what the rules choose now. False when that is nothing
/// it had not been given.
Result<bool> TakeUp(Transaction& transaction, const Item& item, const BucketRules& place, Timestamp now) {
    const auto runs =
        RunsOfChoices(transaction.processes.OfItem(item.id), item, Choose(place.rules, item.key), now);
    if (!runs || runs->empty()) {
        return runs.map([](const auto&) { return false; });
    }
    for (const auto& run : *runs) {
        if (auto added = transaction.processes.Add(run); !added) {
            return Unexpected(added.error());
        }
    }
    return FinishItem(transaction, item.id, now).map([] { return true; });
}

Result<bool> TakeNew(
    Transaction& transaction, const BucketRules& place, const FoundObject& object, Timestamp now
) {
    const auto made = MakeNewItem(transaction.View(), place, object, now);
    const auto generation = made ? transaction.items.AddIfNew(made->item) : Unexpected(made.error());
    if (!generation || *generation == 0) {
        return generation.map([](int) { return false; });
    }
    return FollowNewItems(transaction, {*made}, now)
        .and_then([&] {
            return *generation > 1 ? SupersedeOlder(transaction, made->item, now) : Result<void>{};
        })
        .map([] { return true; });
}

/// True when the item was skipped for want of a rule before one that concerns it was added or changed.
bool HasNewRule(const Item& item, const std::vector<Rule>& rules) {
    return item.status == Status::kSkipped && item.reason_code == kNoRule &&
           std::ranges::any_of(rules, [&](const Rule& rule) {
               return rule.changed_at >= item.since && Concerns(rule, item.key);
           });
}

/// True when the object is what its key's newest item is of. One that was skipped because the file had
/// changed meanwhile is not known when the file is there as it was, nor is one that had been removed.
bool IsKnown(const Item& newest, const FoundObject& object) {
    return newest.version == object.version && !newest.removed_at &&
           (newest.status != Status::kSkipped || newest.reason_code != "superseded");
}

/// Where the object is an item: an asset of Iconik is in the bucket of its source in which it was one first.
Result<Bucket> HomeOf(const Snapshot& snapshot, const Bucket& bucket, std::string_view key) {
    if (bucket.kind != kIconikKind) {
        return bucket;
    }
    auto buckets = snapshot.buckets.List();
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    for (auto& each : *buckets) {
        const auto newest = each.source_id == bucket.source_id ? snapshot.items.Newest(each.id, key)
                                                               : Result<std::optional<Item>>(std::nullopt);
        if (!newest) {
            return Unexpected(newest.error());
        }
        if (*newest) {
            return std::move(each);
        }
    }
    return bucket;
}

/// The place with its home instead, where the rules of both choose.
Result<BucketRules> AtHome(const Snapshot& snapshot, BucketRules place, std::string_view key) {
    auto home = HomeOf(snapshot, place.bucket, key);
    if (!home || home->id == place.bucket.id) {
        return home.map([&](const Bucket&) { return std::move(place); });
    }
    auto rules = snapshot.rules.OfBucket(home->id);
    if (!rules) {
        return Unexpected(rules.error());
    }
    std::ranges::move(place.rules, std::back_inserter(*rules));
    return BucketRules{.bucket = *std::move(home), .rules = *std::move(rules)};
}

/// True when rules choose something for the asset that it had not been given: it was put into one more
/// bucket.
Result<bool> LacksRuns(const Snapshot& snapshot, const Item& item, const std::vector<Rule>& rules) {
    if (item.removed_at || (item.status == Status::kSkipped && item.reason_code != kNoRule)) {
        return false;
    }
    return RunsOfChoices(snapshot.processes.OfItem(item.id), item, Choose(rules, item.key), item.since)
        .map([](const auto& runs) { return !runs.empty(); });
}

/// Removes what there is of an object that its store says is gone.
Result<void> TakeAway(Transaction& transaction, const Bucket& bucket, std::string_view key, Timestamp now) {
    const auto home = HomeOf(transaction.View(), bucket, key);
    const auto item = home ? transaction.items.Newest(home->id, key) : Unexpected(home.error());
    if (!item || !*item) {
        return item.map([](const auto&) {});
    }
    return RemoveItems(transaction, {(*item)->id}, now);
}

Result<bool> TakeOne(
    Transaction& transaction, const BucketRules& found, const FoundObject& object, Timestamp now
) {
    if (object.gone) {
        return TakeAway(transaction, found.bucket, object.key, now).map([] { return false; });
    }
    const auto place = AtHome(transaction.View(), found, object.key);
    auto is_new = place ? TakeNew(transaction, *place, object, now) : Unexpected(place.error());
    if (!is_new || *is_new) {
        return is_new;
    }
    const auto known = transaction.items.Newest(place->bucket.id, object.key);
    if (!known || !*known) {
        return known.map([](const auto&) { return false; });
    }
    const bool is_guest = place->bucket.id != found.bucket.id;
    const auto lacks = is_guest ? LacksRuns(transaction.View(), **known, place->rules)
                                : Result<bool>(HasNewRule(**known, place->rules));
    return lacks && *lacks ? TakeUp(transaction, **known, *place, now) : lacks;
}

/// True when there is something to do for the object.
Result<bool> IsWanted(
    const Snapshot& snapshot, const Bucket& bucket, const FoundObject& object, const std::vector<Rule>& rules
) {
    const auto own = snapshot.buckets.IsOwnObject(bucket.id, object.key);
    const auto home = HomeOf(snapshot, bucket, object.key);
    if (!own || !home) {
        return Unexpected(own ? home.error() : own.error());
    }
    const auto newest = snapshot.items.Newest(home->id, object.key);
    if (!newest || *own) {
        return newest.map([](const auto&) { return false; });
    }
    if (object.gone) {
        return *newest && !(*newest)->removed_at;
    }
    const bool is_to_take = IsToTake(*newest ? &**newest : nullptr, object, rules);
    return is_to_take || home->id == bucket.id ? Result<bool>(is_to_take)
                                               : LacksRuns(snapshot, **newest, rules);
}

/// Those of the objects that there is something to do for: most scans find nothing new, and then nothing is
/// written.
Result<std::vector<FoundObject>> ToTake(
    Storage& storage, const Bucket& bucket, const std::vector<FoundObject>& objects
) {
    return storage.Read([&](const Snapshot& snapshot) -> Result<std::vector<FoundObject>> {
        const auto rules = snapshot.rules.OfBucket(bucket.id);
        if (!rules) {
            return Unexpected(rules.error());
        }
        std::vector<FoundObject> taken;
        for (const auto& object : objects) {
            const auto is_wanted = IsWanted(snapshot, bucket, object, *rules);
            if (!is_wanted) {
                return Unexpected(is_wanted.error());
            }
            if (*is_wanted) {
                taken.push_back(object);
            }
        }
        return taken;
    });
}

bool WaitsForItsBytes(const Process& process) {
    constexpr std::array kReasons{objects::kArchived, objects::kRestoring, objects::kMediaNotReady};
    return process.status == Status::kPending && process.failure &&
           std::ranges::find(kReasons, process.failure->reason) != kReasons.end();
}

}  // namespace

Result<int> Intake::Take(const Bucket& bucket, const std::vector<FoundObject>& objects) {
    const auto wanted = ToTake(storage_, bucket, objects);
    if (!wanted || wanted->empty()) {
        return wanted.map([](const auto&) { return 0; });
    }
    return storage_.Write([&](Transaction& transaction) {
        return TakeAll(transaction, bucket.id, *wanted, clock_);
    });
}

Result<int> Intake::TakeRestored(const BucketId& bucket, std::string_view key) {
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        const auto now = clock_.Now();
        const auto item =
            transaction.buckets.Get(bucket)
                .and_then([&](const Bucket& asked) { return HomeOf(transaction.View(), asked, key); })
                .and_then([&](const Bucket& home) { return transaction.items.Newest(home.id, key); });
        if (!item || !*item) {
            return item.map([](const auto&) { return 0; });
        }
        const auto processes = transaction.processes.OfItem((*item)->id);
        if (!processes) {
            return Unexpected(processes.error());
        }
        int count = 0;
        for (auto process : *processes) {
            if (!WaitsForItsBytes(process) || process.next_attempt_at <= now) {
                continue;
            }
            process.next_attempt_at = now;
            process.pauses = 0;
            if (auto written = transaction.processes.UpdatePending(process); !written) {
                return Unexpected(written.error());
            }
            ++count;
        }
        return count == 0
                   ? Result<int>(0)
                   : RefreshItem(transaction, (*item)->id, now).map([&](const Item&) { return count; });
    });
}

bool IsToTake(const Item* newest, const FoundObject& object, const std::vector<Rule>& rules) {
    return newest == nullptr || !IsKnown(*newest, object) || HasNewRule(*newest, rules);
}

Result<int> TakeAll(
    Transaction& transaction,
    const BucketId& bucket,
    const std::vector<FoundObject>& objects,
    const Clock& clock
) {
    // as they are now: the rules may have been changed while the scan went on
    const auto place = PlaceOf(transaction.View(), bucket);
    if (!place) {
        return Unexpected(place.error());
    }
    const auto others = TakeFirsts(transaction, *place, objects, clock.Now());
    if (!others) {
        return Unexpected(others.error());
    }
    auto taken = static_cast<int>(objects.size() - others->size());
    for (const auto& object : *others) {
        const auto is_taken = TakeOne(transaction, *place, object, clock.Now());
        if (!is_taken) {
            return Unexpected(is_taken.error());
        }
        taken += *is_taken ? 1 : 0;
    }
    return taken;
}

}  // namespace notify
