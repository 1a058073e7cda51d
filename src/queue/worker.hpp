#pragma once

// Runs one claimed item: opens it, knows its bytes, has its processes run, hands over how each ended.

#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "queue/completion.hpp"
#include "queue/job_runner.hpp"
#include "sources/registry.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Used by many worker threads at once: thread-safe. Everything borrowed outlives it.
class Worker final {
public:
    Worker(
        Storage& storage,
        const Clock& clock,
        const SourceRegistry& sources,
        JobRunner& runner,
        Completion& completion
    );

    /// Returns when every process of the claim was handed to the completion.
    void Run(ClaimedItem claim, const std::stop_token& stop);

private:
    struct Opened {
        Bucket bucket;
        OpenedItem bytes;
    };

    [[nodiscard]] Result<Opened> Open(const Item& item, const std::stop_token& stop) const;
    [[nodiscard]] Result<void> KnowContent(Item& item, const OpenedItem& bytes, const std::stop_token& stop);
    void EndAll(const ClaimedItem& claim, const Error& error);
    void RunJob(ClaimedItem& claim, Opened opened, const std::stop_token& stop);
    void NoteProgress(const Process& process, double done);

    Storage& storage_;
    const Clock& clock_;
    const SourceRegistry& sources_;
    JobRunner& runner_;
    Completion& completion_;
};

}  // namespace notify
