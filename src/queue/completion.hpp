#pragma once

// Commits what workers found: result, its consumers' writes, statuses, events and publications together,
// fenced.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "processors/host/host.hpp"
#include "queue/retry_policy.hpp"
#include "storage/artifact_store.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A process that ended, as its worker knows it.
struct Ended {
    Item item;
    Process process;  ///< As claimed, with its fence.
    JobOutcome outcome;
    CrashKind crash = CrashKind::kNone;
};

/// Hands `Ended` to one thread that commits up to 50 at a time; a worker never waits for the disk. Everything
/// borrowed outlives it.
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

    /// Returns when everything that was added is committed.
    void Stop();

    /// Makes artifacts durable, prepares consumers (in the calling thread), then queues the commit.
    /// Thread-safe.
    void Add(Ended ended);

    /// Prepares the consumers of a stored result again and applies them: the resolver's part. True when
    /// applied.
    [[nodiscard]] Result<bool> Resolve(const ProcessId& id);

private:
    struct Prepared {
        Ended ended;
        StoredResult result;
        std::vector<PreparedArtifact> artifacts;
        std::vector<ConsumerWrites> writes;
    };

    using Batch = std::vector<std::shared_ptr<Prepared>>;

    [[nodiscard]] Result<void> Prepare(Prepared& prepared) const;
    [[nodiscard]] Result<std::vector<ConsumerWrites>> PrepareConsumers(
        const Item& item,
        const StoredResult& result,
        const std::function<Result<std::string>(std::string_view)>& artifact
    ) const;
    void Loop(const std::stop_token& stop);
    void Commit(const Batch& batch);
    [[nodiscard]] Result<void> Apply(Transaction& transaction, const Prepared& prepared) const;
    [[nodiscard]] Result<Process> Complete(
        Transaction& transaction, const Prepared& prepared, bool& resolved
    ) const;

    Storage& storage_;
    ArtifactStore& artifacts_;
    const Clock& clock_;
    std::vector<ResultConsumer*> consumers_;
    std::function<void()> committed_;
    std::mutex mutex_;
    std::condition_variable_any added_;
    std::deque<std::shared_ptr<Prepared>> queue_;
    std::jthread thread_;
};

/// After an item's processes changed inside `transaction`: refreshes the item and, when it ended with
/// something completed, requests its publication.
[[nodiscard]] Result<void> FinishItem(Transaction& transaction, const ItemId& id, Timestamp now);

}  // namespace notify
