#pragma once

// Commits what workers found: result, its consumers' writes, statuses, events and publications together,
// fenced.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "processors/host/host.hpp"
#include "queue/held_processes.hpp"
#include "queue/outcomes.hpp"
#include "queue/result_preparer.hpp"
#include "queue/retry_policy.hpp"
#include "storage/artifact_store.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Hands `Ended` to one thread that commits up to 500 at a time; a worker never waits for the disk. An
/// outcome whose process was given to somebody else meanwhile is dropped whole. While the database cannot be
/// written (full, gone) outcomes wait; nothing is lost but by the end of this process. Everything borrowed
/// outlives it.
class Completion final {
public:
    /// `committed` is called after commits that may have written events or made work ready.
    Completion(
        Storage& storage,
        ArtifactStore& artifacts,
        const Clock& clock,
        std::vector<ResultConsumer*> consumers,
        std::function<void()> committed
    );
    ~Completion();
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;

    void Start();

    /// Returns when everything that was added is committed, or could not be for 5 s.
    void Stop();

    /// Makes artifacts durable, prepares consumers (in the calling thread), then queues the commit.
    /// Thread-safe.
    void Add(Ended ended);

    /// By the clock that outcomes are written with.
    [[nodiscard]] Timestamp Now() const { return clock_.Now(); }

    /// What this service works on; a process leaves it when its outcome is committed or given up.
    [[nodiscard]] HeldProcesses& Held() noexcept { return held_; }

    /// Prepares the consumers of a stored result again and applies them: the resolver's part. True when they
    /// applied and the item went on; false when what they read changed again.
    [[nodiscard]] Result<bool> Resolve(const ProcessId& id);

    /// Lets a stored result stay without its consumers' writes: the item goes on, with a sentence.
    [[nodiscard]] Result<void> GiveUpResolving(const ProcessId& id, const Error& why);

private:
    void Loop(const std::stop_token& stop);
    void Commit(const OutcomeBatch& batch, const std::stop_token& stop);
    [[nodiscard]] Result<void> CommitOne(const OutcomeBatch& one, const std::stop_token& stop);
    [[nodiscard]] Result<void> Write(const OutcomeBatch& batch);
    [[nodiscard]] bool IsTooLate(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    ResultPreparer preparer_;
    std::function<void()> committed_;
    HeldProcesses held_;
    std::mutex mutex_;
    std::condition_variable_any added_;
    std::deque<std::shared_ptr<PreparedOutcome>> queue_;
    std::optional<std::chrono::steady_clock::time_point> given_up_at_;  ///< Of the thread, once it stops.
    std::jthread thread_;
};

}  // namespace notify
