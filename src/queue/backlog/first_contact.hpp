#pragma once

// What becomes of an object that was in a bucket before the bucket was ours, or was done by an earlier
// system.

#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/done_mark.hpp"
#include "domain/item.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Why a new item is given no processes although a rule may take it.
struct SetAside {
    std::string
        code;  ///< kDoneElsewhere, kBeforeBaseline, kNoRule; "" when it waits for the bucket's budget.
    std::string reason;  ///< A sentence.

    [[nodiscard]] bool Waits() const noexcept { return code.empty(); }
};

/// The sentence of kDoneElsewhere.
[[nodiscard]] std::string DoneSentence(const DoneMark& mark);

/// Why the bucket's policy, which is not kProcess, sets aside what was there before.
[[nodiscard]] SetAside AsideByPolicy(const Bucket& bucket);

/// True when what was written at `modified_at` and noticed at `noticed_at` stood in the bucket before the
/// bucket was added. Noticed before a scan has seen all of it (Bucket::first_scan_at): by its time, to the
/// second (stores tell no more), so what lands while the first scan goes on did not. Noticed later, as when
/// globs were widened: in a folder nothing did, because files may come with the times they had elsewhere; in
/// a store what was written more than 7 days before the bucket was added, because a store may date an object
/// from when its upload began (one of many parts lives 7 days at most) and its clock may be behind.
[[nodiscard]] bool WasThereBefore(const Bucket& bucket, Timestamp modified_at, Timestamp noticed_at);

/// What the bucket's backlog policy and the marks of what was done elsewhere say of a new item; nothing when
/// it is work as any other. A mark counts before the policy.
[[nodiscard]] Result<std::optional<SetAside>> FindSetAside(
    const Snapshot& snapshot, const Bucket& bucket, const Item& item
);

/// Puts it into the item: Skipped, or Pending and blocked_by kBudget.
void PutAside(Item& item, const SetAside& aside);

/// Puts it into an item that is there already and has no processes, with a line of history and without an
/// event: there may be millions.
[[nodiscard]] Result<void> NoteAside(
    Transaction& transaction, Item item, const SetAside& aside, Timestamp now
);

/// True of an item that a policy or a mark made Skipped, and that was never given a process.
[[nodiscard]] bool IsAside(const Item& item);

/// True of an item that waits for its bucket's budget.
[[nodiscard]] bool WaitsForBudget(const Item& item);

}  // namespace notify
