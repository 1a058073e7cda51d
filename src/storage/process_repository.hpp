#pragma once

// Processes, and the queue they are: claim, lease, fence, heartbeat, reap.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "storage/old_rows.hpp"

namespace notify {

/// An item with those of its processes that were claimed together: one job for a child.
struct ClaimedItem {
    Item item;
    std::vector<Process> processes;  ///< Each Processing, with its new fence. Never empty.
    std::vector<std::string>
        media_types;  ///< By content, of the filters of its bucket; the worker fills it in. Empty: all.
    std::chrono::microseconds charged{};  ///< Of work, which its bucket's place in the queue was set back by.
};

/// What the workers of a node did for a bucket since they last told.
struct WorkDone {
    BucketId bucket_id;
    std::chrono::microseconds beyond{};  ///< Of work, above what its claims were charged; negative below.
    int items = 0;                       ///< That they ended with.
    std::chrono::microseconds took{};    ///< All the work on these.
};

/// Identifies one claim of one process: what a completion must still hold.
struct Hold {
    ProcessId process_id;
    std::int64_t fence = 0;
};

/// How many processes of a processor have a status.
struct ProcessCount {
    std::string processor;
    Status status = Status::kPending;
    std::int64_t count = 0;
    std::int64_t ended = 0;  ///< How many ever got a terminal status: nothing lowers it.
};

/// What waits for a worker.
struct QueueDepth {
    std::int64_t ready = 0;                      ///< Pending, and their time has come.
    std::int64_t delayed = 0;                    ///< Pending, and tried later.
    std::optional<Timestamp> oldest_created_at;  ///< Of all of them.
};

/// A result whose consumers must prepare again.
struct PendingResolve {
    ProcessId process_id;
    int attempt = 0;  ///< Tries that ended in an error.
};

class ProcessRepository {
public:
    ProcessRepository() = default;
    ProcessRepository(const ProcessRepository&) = delete;
    ProcessRepository& operator=(const ProcessRepository&) = delete;
    virtual ~ProcessRepository() = default;

    /// Adds a process. kConflict when (item, processor, config_hash, run) is there.
    virtual Result<void> Add(const Process& process) = 0;

    /// As Add, of each.
    virtual Result<void> AddAll(const std::vector<Process>& processes) = 0;
    [[nodiscard]] virtual Result<Process> Get(const ProcessId& id) const = 0;

    /// Those of the ids that there are, in any order.
    [[nodiscard]] virtual Result<std::vector<Process>> GetAll(const std::vector<ProcessId>& ids) const = 0;

    /// All runs, oldest first.
    [[nodiscard]] virtual Result<std::vector<Process>> OfItem(const ItemId& id) const = 0;

    /// All runs of each of the items, oldest first.
    [[nodiscard]] virtual Result<std::map<ItemId, std::vector<Process>>> OfItems(
        const std::vector<ItemId>& ids
    ) const = 0;

    /// Takes up to `max_items` items that have a process ready at `now` (Pending, next_attempt_at reached,
    /// bucket active and not held: of one whose hold is over a single item, while none that was claimed since
    /// runs; nothing that is paused, no folders when the node does not read them; no more of a bucket or a
    /// source than may be Processing at a time, over all nodes), with all ready processes
    /// of each; a process marked `alone` is claimed by itself. Fair over buckets by weight and by the time
    /// that their items take (storage/fair_turns.hpp), within one by priority, then age. Sets Processing,
    /// fence + 1, lease_owner, lease_until = now + lease, started_at. The items' own rows are left to the
    /// caller.
    virtual Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) = 0;

    /// Sets the places of buckets in the queue by what their items took, and what their next ones are
    /// expected to take. Buckets that are gone are left out.
    virtual Result<void> Charge(const NodeId& node, const std::vector<WorkDone>& done, Timestamp now) = 0;

    /// Extends the leases of those of `held` that the node still holds to `until`; returns the node's
    /// processes whose cancellation was asked for.
    virtual Result<std::vector<Hold>> Heartbeat(
        const NodeId& node, const std::vector<Hold>& held, Timestamp until
    ) = 0;

    /// Processing rows whose lease ended before `now`, as they are.
    [[nodiscard]] virtual Result<std::vector<Process>> Expired(Timestamp now) const = 0;

    /// All Processing rows: what a single node resets when it starts.
    [[nodiscard]] virtual Result<std::vector<Process>> AllProcessing() const = 0;

    /// Writes every changeable column of `process` if its row is still Processing with its fence; true when
    /// it was. This is the fence: false means another owner took over and nothing was written. A cancellation
    /// that was asked for meanwhile stays asked for. kInternal for a status that MayBecome forbids.
    virtual Result<bool> UpdateHeld(const Process& process) = 0;

    /// As UpdateHeld, of each: how many of them were still held.
    virtual Result<int> UpdateAllHeld(const std::vector<Process>& processes) = 0;

    /// Writes every changeable column of a process nobody holds (Pending). kConflict when it is held or
    /// terminal; kInternal for a status that MayBecome forbids.
    virtual Result<void> UpdatePending(const Process& process) = 0;

    /// Asks the holder to cancel. True when the process is held.
    virtual Result<bool> RequestCancel(const ProcessId& id) = 0;

    /// Progress of held processes, 0 … 1; rows that are no longer held are left alone.
    virtual Result<void> SetProgress(const Hold& hold, double progress) = 0;

    /// Notes what was read for the process, in place of what was noted before. kNotFound for a process that
    /// is not there.
    virtual Result<void> SetLookedAt(const ProcessId& id, const LookedAt& looked_at) = 0;

    /// Of those of the item's processes that have it.
    [[nodiscard]] virtual Result<std::map<ProcessId, LookedAt>> LookedAtOf(const ItemId& item) const = 0;

    /// Keeps a checkpoint of the held process, sealed: with the bytes called `content`. False when it is not
    /// held any more, and nothing was kept. kConflict when parts that the step follows are not there. What is
    /// kept goes when the process ends.
    virtual Result<bool> KeepCheckpoint(
        const Hold& hold, const CheckpointStep& step, std::string_view content
    ) = 0;

    /// What the process goes on with. Nothing when none was kept, or with other bytes, or its child died
    /// twice on it.
    [[nodiscard]] virtual Result<std::optional<Checkpoint>> CheckpointOf(
        const ProcessId& id, std::string_view content
    ) const = 0;

    /// Notes of a held process that its media is long, and where it went on last. `gave_way` is added to what
    /// was noted before.
    virtual Result<void> NoteLongWork(const Hold& hold, const LongWork& work) = 0;

    /// Of those of the item's processes that have it.
    [[nodiscard]] virtual Result<std::map<ProcessId, LongWork>> LongWorkOf(const ItemId& item) const = 0;

    /// As Claim, of what may be short: of items of which no process is known to be long.
    virtual Result<std::vector<ClaimedItem>> ClaimShort(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) = 0;

    /// True when ClaimShort would find something at `now` that has been ready since `ready_at`.
    [[nodiscard]] virtual Result<bool> ShortWaits(
        const NodeId& node, Timestamp ready_at, Timestamp now
    ) const = 0;

    /// True while a process of the bucket waits for a worker.
    [[nodiscard]] virtual Result<bool> WaitsIn(const BucketId& bucket) const = 0;

    /// When the next Pending process that is not ready yet becomes so.
    [[nodiscard]] virtual Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const = 0;

    /// Runs that a later one of the same processor and configuration followed, and that may be forgotten: a
    /// Completed one when a later one Completed before `before.done`, another one that ended when a later one
    /// ended before `before.failed`. Never the latest run, nor the latest that Completed, nor one that waits
    /// to be resolved, nor one whose result people still appear by. Looks at `limit` later runs from `from`
    /// on.
    [[nodiscard]] virtual Result<OldPage<ProcessId>> Followed(
        const OldBefore& before, const OldPlace& from, int limit
    ) const = 0;

    /// Removes processes. The result of each that was there, empty where it had none.
    virtual Result<std::vector<ResultId>> Forget(const std::vector<ProcessId>& ids) = 0;

    /// By processor and status: all runs there are, ended ones too, and how many ever ended so. Kept with
    /// each write, so that it is cheap.
    [[nodiscard]] virtual Result<std::vector<ProcessCount>> Count() const = 0;

    [[nodiscard]] virtual Result<QueueDepth> Depth(Timestamp now) const = 0;

    /// Items to resolve again: a consumer could not apply its writes in the completing transaction. A row
    /// that is there stays as it is.
    virtual Result<void> AddResolve(const ItemId& item, const ProcessId& process, Timestamp at) = 0;

    /// Those that are due at `now`, the longest due first.
    [[nodiscard]] virtual Result<std::vector<PendingResolve>> PendingResolves(
        Timestamp now, int limit
    ) const = 0;

    /// It failed: one attempt more, and not due before `next_at`.
    virtual Result<void> DelayResolve(const ProcessId& process, Timestamp next_at) = 0;
    virtual Result<void> RemoveResolve(const ProcessId& process) = 0;

    /// True while a process of the item waits to be resolved.
    [[nodiscard]] virtual Result<bool> IsResolving(const ItemId& item) const = 0;

    /// Those of the items of which that is true.
    [[nodiscard]] virtual Result<std::set<ItemId>> Resolving(const std::vector<ItemId>& items) const = 0;
};

}  // namespace notify
