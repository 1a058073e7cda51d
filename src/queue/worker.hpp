#pragma once

// Runs one claimed item: opens it, knows its bytes, has its processes run, hands over how each ended.

#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "queue/completion.hpp"
#include "queue/item_bytes.hpp"
#include "queue/job_runner.hpp"
#include "sources/registry.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Used by many worker threads at once: thread-safe. Everything borrowed outlives it.
class Worker final {
public:
    Worker(Storage& storage, const SourceRegistry& sources, JobRunner& runner, Completion& completion);

    /// Says that the claim will be run: from now on heartbeats keep its leases.
    void Hold(const ClaimedItem& claim) { completion_.Held().Add(claim); }

    /// Returns when every process of the claim was handed to the completion. After a stop each ends soon, as
    /// kStopped.
    void Run(ClaimedItem claim, const std::stop_token& stop);

    /// Asks that a process end as kCancelled: by its child when it runs, before it gets there otherwise.
    /// False when no worker has it.
    bool Cancel(const ProcessId& id);

private:
    [[nodiscard]] Result<OpenedItem> Open(const Item& item, const std::stop_token& stop) const;
    [[nodiscard]] Result<void> KnowContent(ClaimedItem& claim, ItemBytes& bytes, const std::stop_token& stop);
    [[nodiscard]] Result<void> ConfirmContent(
        const ClaimedItem& claim, Item& item, ItemBytes& bytes, const std::stop_token& stop
    ) const;
    [[nodiscard]] Result<void> NoteContent(const Item& item, const std::string& sha256);
    void NoteContentInPassing(const Item& item);
    [[nodiscard]] Reading ReadingFor(const ClaimedItem& claim, const std::stop_token& stop) const;
    void RunJob(const ClaimedItem& claim, OpenedItem opened, ItemBytes& bytes, const std::stop_token& stop);
    void EndAll(const ClaimedItem& claim, const Error& error);
    void EndCancelled(ClaimedItem& claim);
    void NoteProgress(const std::vector<Process>& processes, double done);

    void Enter(const ClaimedItem& claim);
    void Leave(const std::vector<ProcessId>& ids);
    [[nodiscard]] bool IsCancelled(const ProcessId& id) const;
    [[nodiscard]] bool AllCancelled(const ClaimedItem& claim) const;

    Storage& storage_;
    const SourceRegistry& sources_;
    JobRunner& runner_;
    Completion& completion_;
    mutable std::mutex mutex_;
    std::map<ProcessId, bool> cancelled_;  ///< Of the processes that are here.
};

}  // namespace notify
