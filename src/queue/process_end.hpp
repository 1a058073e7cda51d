#pragma once

// What is told of processes, and what follows when one has ended: its item's status, the item's publication.

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Appends process.completed, process.failed, process.skipped or process.cancelled, once for each process.
/// Nothing while the process has not ended.
[[nodiscard]] Result<void> TellProcess(Transaction& transaction, const Process& process, Timestamp now);

/// As TellProcess, for several.
[[nodiscard]] Result<void> TellProcesses(
    Transaction& transaction, const std::vector<Process>& processes, Timestamp now
);

/// Appends process.progress, `done` of 1, unless the process is no longer held as it was claimed.
[[nodiscard]] Result<void> TellProgress(
    Transaction& transaction, const Process& claimed, double done, Timestamp now
);

/// A process that waits ends at once, Cancelled for that reason, and is told; the holder of one that runs is
/// asked. Nothing is done to one that has ended. FinishItem is the caller's.
[[nodiscard]] Result<void> CancelProcess(
    Transaction& transaction, const Process& process, std::string_view why, Timestamp now
);

/// After an item's processes changed: refreshes the item and, when it ended with something completed in a
/// bucket that publishes, requests its publication. A version that was replaced is not published.
[[nodiscard]] Result<void> FinishItem(Transaction& transaction, const ItemId& id, Timestamp now);

/// As FinishItem, for several, each named once.
[[nodiscard]] Result<void> FinishItems(
    Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now
);

/// How an item ends that has no processes.
struct UnopenedEnd {
    Status status = Status::kSkipped;  ///< Or kCancelled.
    std::string code;
    std::string reason;
};

/// A newer version of its object was noticed.
[[nodiscard]] UnopenedEnd SupersededItem();

/// Ends an item that is Pending and has no processes, with a line of history and its event. kNotFound.
[[nodiscard]] Result<void> EndUnopened(
    Transaction& transaction, Item item, const UnopenedEnd& end, Timestamp now
);

}  // namespace notify
