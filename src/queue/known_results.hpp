#pragma once

// Which of an item's processes need no job: the same bytes were processed in the same way before.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "queue/held_processes.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Of one node. Thread-safe. Everything borrowed outlives it.
class KnownResults final {
public:
    KnownResults(Storage& storage, const HeldProcesses& held) : storage_(storage), held_(held) {}

    /// A processor told with which models it worked ("": none). Only its child knows; until one has told,
    /// nothing is known of processors with models, so after a start the first item of theirs runs.
    void Learn(const std::string& processor, const std::string& model_digest);

    /// Stored results of the claim's bytes (or of its version, when they have no digest) by processor,
    /// version, models and configuration. Not one that the item has already: somebody asked for it
    /// again.
    [[nodiscard]] Result<std::map<ProcessId, StoredResult>> Find(const ClaimedItem& claim) const;

    /// From now on the claim's bytes are being processed here, until its outcomes are committed. While
    /// another item of the same bytes is, in the same way, it waits a moment; then kThrottled (same_bytes)
    /// for as long as that took until now, 1 to 60 s: the worker has better to do, and a later try finds the
    /// result. Nothing of this when the bytes have no digest yet.
    [[nodiscard]] Result<void> Enter(const ClaimedItem& claim);

private:
    using Holder = std::pair<ProcessId, std::int64_t>;

    struct Running {
        Holder holder;
        std::chrono::steady_clock::time_point since;
    };

    [[nodiscard]] std::optional<std::chrono::milliseconds> TryToEnter(
        const std::map<std::string, Holder>& wanted
    );

    Storage& storage_;
    const HeldProcesses& held_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> digests_;  ///< Of models, by processor.
    std::map<std::string, Running> running_;      ///< By bytes, processor and configuration.
};

}  // namespace notify
