#pragma once

// What is written when processes ended: results, statuses, events and publications, fenced.

#include <memory>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "processors/host/host.hpp"
#include "queue/result_preparer.hpp"
#include "queue/retry_policy.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A process that ended, as its worker knows it.
struct Ended {
    Item item;
    Process process;  ///< As claimed, with its fence.
    JobOutcome outcome;
    CrashKind crash = CrashKind::kNone;
    std::optional<StoredResult> known;  ///< Found before, in the same bytes: no job was run.
};

struct PreparedOutcome {
    Ended ended;
    PreparedResult prepared;  ///< Empty when the outcome has no document.
};

using OutcomeBatch = std::vector<std::shared_ptr<PreparedOutcome>>;  // shared by closures that may run again

/// Writes the outcomes, of the whole batch together. One whose process was given to somebody else meanwhile,
/// or written before, is dropped with a line in the log. Whatever cannot be written fails them all.
/// kUnavailable when a process changed hands meanwhile.
[[nodiscard]] Result<void> WriteOutcomes(Transaction& transaction, const OutcomeBatch& batch, Timestamp now);

}  // namespace notify
