#pragma once

// What a person may ask of an item: run it again, cancel it, say why it does not move.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What was done with many items at once.
struct ItemsDone {
    int items = 0;
    int processes = 0;
    int left_alone = 0;  ///< Items.
    std::string next;    ///< Where to go on in the list; empty at its end.
};

/// Thread-safe. `actor` is who asks, for the audit.
class ItemControl final {
public:
    /// `cancel` brings a cancellation to the worker that runs the process here, if one does.
    ItemControl(Storage& storage, const Clock& clock, std::function<void(const ProcessId&)> cancel)
        : storage_(storage), clock_(clock), cancel_(std::move(cancel)) {}

    /// A new run of each process whose latest run ended; what still waits or runs is left alone. An item
    /// without processes (skipped when it was noticed) gets those its bucket has now, and what made it be
    /// skipped is looked at again when it is opened. How many. kNotFound; kConflict when nothing has ended or
    /// no processor is chosen.
    [[nodiscard]] Result<int> Rerun(const ItemId& id, std::string_view actor);

    /// Pending processes become Cancelled at once, running ones within 10 s. How many. kNotFound; kConflict
    /// when everything has ended.
    [[nodiscard]] Result<int> Cancel(const ItemId& id, std::string_view actor);

    /// Rerun of each item of that page of the list. Those of which nothing had ended count as left alone.
    /// Each item is a transaction of its own: an error says so of the first one that met it, those before are
    /// done.
    [[nodiscard]] Result<ItemsDone> RerunAll(
        const ItemFilter& filter, const PageRequest& page, std::string_view actor
    );

    /// The same of Cancel.
    [[nodiscard]] Result<ItemsDone> CancelAll(
        const ItemFilter& filter, const PageRequest& page, std::string_view actor
    );

private:
    using Act = Result<int> (ItemControl::*)(const ItemId& id, std::string_view actor);

    Result<ItemsDone> ForAll(
        Act act, const ItemFilter& filter, const PageRequest& page, std::string_view actor
    );

    Storage& storage_;
    const Clock& clock_;
    std::function<void(const ProcessId&)> cancel_;
};

/// Why nothing at all moves (no service runs, nothing can be written), or nothing of the item's bucket.
struct Standstill {
    BlockedBy blocked_by = BlockedBy::kServiceStopped;
    std::string sentence;
};

/// Sentences that answer "why is it not moving?", most important first; for a terminal item how it ended. The
/// item as TakeBlockedBy leaves it, and its bucket.
[[nodiscard]] std::vector<std::string> Why(
    const Item& item,
    const std::vector<Process>& processes,
    const std::optional<Standstill>& standstill,
    const Bucket& bucket,
    Timestamp now
);

}  // namespace notify
