#pragma once

// What an object becomes that was not known: an item with the processes that rules choose for it.

#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "queue/backlog/first_contact.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A bucket with its rules, as they are in a transaction.
struct BucketRules {
    Bucket bucket;
    std::vector<Rule> rules;
};

struct NewItem {
    Item item;
    std::vector<Process> processes;  ///< None when it is Skipped, or waits for its bucket's budget.
};

/// Of one object, written nowhere yet.
[[nodiscard]] Result<NewItem> MakeNewItem(
    const Snapshot& snapshot, const BucketRules& place, const FoundObject& object, Timestamp now
);

/// Writes what follows from items that were added: their processes, a line of history, that they are there,
/// and that those ended which were skipped at once. Nothing is told of those that are set aside: there may be
/// millions.
[[nodiscard]] Result<void> FollowNewItems(
    Transaction& transaction, const std::vector<NewItem>& items, Timestamp now
);

/// Takes in those of the objects that are the first of their key: together, as most of a first scan are.
/// Returns the others, in their order, of which nothing was written.
[[nodiscard]] Result<std::vector<FoundObject>> TakeFirsts(
    Transaction& transaction, const BucketRules& place, const std::vector<FoundObject>& objects, Timestamp now
);

}  // namespace notify
