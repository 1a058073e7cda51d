#pragma once

// Runs one claimed item: opens it, knows its bytes, has its processes run, hands over how each ended.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/looked_at.hpp"
#include "domain/result.hpp"
#include "queue/completion.hpp"
#include "queue/item_bytes.hpp"
#include "queue/job_runner.hpp"
#include "queue/known_results.hpp"
#include "queue/spool.hpp"
#include "sources/registry.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

struct WorkerSettings {
    SpoolSettings spool;
    /// How often process.progress is told of a running process, at most; first after that long.
    std::chrono::milliseconds tell_progress_every = std::chrono::seconds(30);
};

/// Used by many worker threads at once: thread-safe. Everything borrowed outlives it.
class Worker final {
public:
    Worker(
        Storage& storage,
        const SourceRegistry& sources,
        JobRunner& runner,
        Completion& completion,
        WorkerSettings settings
    );

    /// Says that the claim will be run: from now on heartbeats keep its leases.
    void Hold(const ClaimedItem& claim) { completion_.Held().Add(claim); }

    /// Told how long the media of an item plays, in ms, on the thread that runs it.
    using OnMedia = std::function<void(std::int64_t media_ms)>;

    /// Returns when every process of the claim was handed to the completion. After a stop each ends soon, as
    /// kStopped.
    void Run(ClaimedItem claim, const std::stop_token& stop, const OnMedia& on_media = {});

    /// Asks the job of this process to end where it can go on from (ProcessorHost::LeaveJob). False when none
    /// runs it.
    bool Leave(const ProcessId& id) { return runner_.LeaveJob(id); }

    /// Asks that a process end as kCancelled: by its child when it runs, before it gets there otherwise.
    /// False when no worker has it.
    bool Cancel(const ProcessId& id);

private:
    /// Where the claim's item is, and whether that is held back.
    struct Place {
        Bucket bucket;
        std::optional<BucketHold> hold;
        bool version_names_bytes = true;  ///< See SourceConnection.

        [[nodiscard]] bool IsFolder() const { return bucket.kind == "local"; }
    };

    [[nodiscard]] Result<Place> PlaceOf(const Item& item);
    [[nodiscard]] Result<void> RunClaim(
        ClaimedItem& claim, const std::stop_token& stop, const OnMedia& on_media
    );
    [[nodiscard]] Result<OpenedItem> Open(
        const Place& place, const ClaimedItem& claim, const std::stop_token& stop
    );
    [[nodiscard]] Result<std::string> AliasOf(const Item& item);
    [[nodiscard]] Result<void> TakeAlias(Item& item);
    [[nodiscard]] Result<void> Reuse(ClaimedItem& claim, const Place& place);
    [[nodiscard]] Result<void> KnowContent(
        ClaimedItem& claim,
        const Place& place,
        OpenedItem& opened,
        ItemBytes& bytes,
        const std::stop_token& stop
    );
    [[nodiscard]] Result<void> KnowFile(ClaimedItem& claim, ItemBytes& bytes, const std::stop_token& stop);
    [[nodiscard]] Result<void> Fetch(
        ClaimedItem& claim, OpenedItem& opened, ItemBytes& bytes, const std::stop_token& stop
    );
    [[nodiscard]] Result<void> TakeDigest(ClaimedItem& claim, std::string sha256, bool told);
    [[nodiscard]] Result<void> ConfirmContent(
        const ClaimedItem& claim, Item& item, ItemBytes& bytes, const std::stop_token& stop
    ) const;
    [[nodiscard]] Result<void> NoteContent(const Item& item, const std::string& sha256);
    void NoteLookedAt(const std::vector<Process>& processes, const LookedAt& looked_at);
    void InheritLookedAt(const ClaimedItem& claim, const std::map<ProcessId, StoredResult>& known);
    void NoteContentInPassing(const Item& item);
    [[nodiscard]] Reading ReadingFor(const ClaimedItem& claim, const std::stop_token& stop) const;
    [[nodiscard]] Reading FirstReading(const ClaimedItem& claim, bool& told, const std::stop_token& stop);

    /// How a job is run: what it may be stopped by and tells to.
    struct Running {
        const std::stop_token& stop;
        const OnMedia& on_media;
    };

    void RunJob(const ClaimedItem& claim, OpenedItem opened, ItemBytes& bytes, const Running& running);
    void RunHashing(const ClaimedItem& claim, OpenedItem opened, const Running& running);
    void RunWatched(
        const ClaimedItem& claim,
        OpenedItem opened,
        const std::function<void(Ended)>& ended,
        const Running& running
    );
    void EndAll(const ClaimedItem& claim, const Error& error);
    void EndCancelled(ClaimedItem& claim);
    void NoteProgress(const std::vector<Process>& processes, double done);
    void TellProgress(const Process& process, double done);

    void Enter(const ClaimedItem& claim);
    void Leave(const std::vector<ProcessId>& ids);
    [[nodiscard]] bool IsCancelled(const ProcessId& id) const;
    [[nodiscard]] bool AllCancelled(const ClaimedItem& claim) const;

    Storage& storage_;
    const SourceRegistry& sources_;
    JobRunner& runner_;
    Completion& completion_;
    KnownResults known_;
    Spool spool_;
    const std::chrono::milliseconds tell_progress_every_;
    mutable std::mutex mutex_;
    std::map<ProcessId, bool> cancelled_;  ///< Of the processes that are here.
};

}  // namespace notify
