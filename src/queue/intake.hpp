#pragma once

// From what a scan found to rows: items, and a process for each processor that rules choose.

#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/rule.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe.
class Intake final {
public:
    Intake(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

    /// Takes objects in, in one transaction: what we wrote ourselves is left out, what is known to be there
    /// changes nothing, another version of a known key supersedes the one before, also when it is one that
    /// was there earlier, and so does what was removed and is there again. An item that was skipped as
    /// `no_rule` is given what a rule added or changed since then chooses for it. The item of an object that
    /// is gone is removed (removal.hpp). How many items are new or taken up again.
    [[nodiscard]] Result<int> Take(const Bucket& bucket, const std::vector<FoundObject>& objects);

    /// The object at that key can be read now, as somebody says: what waited because it is archived, or
    /// because its media was not there, is looked at now instead of later. How many processes; 0 when nothing
    /// waits.
    [[nodiscard]] Result<int> TakeRestored(const BucketId& bucket, std::string_view key);

private:
    Storage& storage_;
    const Clock& clock_;
};

/// True when there is something to do for the object: it is not what its key's newest item is of, or that
/// item was skipped for want of a rule before one that concerns it was added or changed. `newest`: null when
/// the key has no item.
[[nodiscard]] bool IsToTake(const Item* newest, const FoundObject& object, const std::vector<Rule>& rules);

/// Intake::Take in a transaction, for objects that are none of ours.
[[nodiscard]] Result<int> TakeAll(
    Transaction& transaction,
    const BucketId& bucket,
    const std::vector<FoundObject>& objects,
    const Clock& clock
);

}  // namespace notify
