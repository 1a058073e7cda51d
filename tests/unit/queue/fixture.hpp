#pragma once

// The whole queue on a real database and a real folder, with a scripted runner and a clock that tests move.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/secret_box.hpp"
#include "domain/rule.hpp"
#include "queue/completion.hpp"
#include "queue/intake.hpp"
#include "queue/worker.hpp"
#include "queue/worker_pool.hpp"
#include "sources/registry.hpp"
#include "storage/artifact_store.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"
#include "support/set_clock.hpp"
#include "support/wrapped_storage.hpp"
#include "unit/queue/scripted_runner.hpp"

namespace notify::testing {

/// A consumer of "checksum" results. Its writes apply as long as the version it read still stands.
class CountingConsumer final : public ResultConsumer {
public:
    [[nodiscard]] bool Wants(std::string_view result_kind) const override {
        return result_kind == "checksum";
    }

    [[nodiscard]] Result<ConsumerWrites> Prepare(
        const Item& item,
        const StoredResult& result,
        const std::function<Result<std::string>(std::string_view)>& artifact
    ) override;

    std::atomic<int> version = 1;  ///< What it reads.
    std::atomic<int> prepared = 0;
    std::atomic<int> applied = 0;
    std::atomic<bool> broken = false;     ///< Its writes fail.
    std::atomic<bool> refuses = false;    ///< It cannot prepare, and never will.
    std::atomic<bool> stumbles = false;   ///< It cannot prepare now.
    std::atomic<bool> read_file = false;  ///< It reads the artifact "file".
    std::function<void()> after_prepare;  ///< Called when it has read.
};

/// Passes on to another storage, unless told to refuse writes.
class RefusingStorage final : public WrappedStorage {
public:
    explicit RefusingStorage(Storage& inner) : WrappedStorage(inner) {}

    std::atomic<int> refuse = 0;  ///< How many writes fail before one passes.
    std::atomic<ErrorCode> refuse_as = ErrorCode::kStorageFull;
    std::atomic<int> lose = 0;  ///< How many writes go through, and an error is reported.
    std::atomic<int> refused = 0;

private:
    Result<void> RunWrite(const WriteFunction& function) override;
};

class QueueTest : public ::testing::Test {
protected:
    QueueTest();
    ~QueueTest() override;

    /// A bucket over a folder of its own with a rule for each of these processors; no settle time.
    Bucket AddBucket(
        const std::vector<std::string>& processors = {"checksum"}, const std::string& name = "in"
    );
    void Change(Bucket& bucket, const std::function<void(Bucket&)>& what);

    /// A rule for the bucket, as it is or as `what` makes it.
    Rule AddRule(
        const Bucket& bucket, const std::string& processor, const std::function<void(Rule&)>& what = {}
    );
    void ChangeRule(Rule& rule, const std::function<void(Rule&)>& what);

    /// `bytes`: "media of KEY" unless given; items of the same bytes are processed once.
    void WriteFile(
        const Bucket& bucket, const std::string& key, std::optional<std::string_view> bytes = std::nullopt
    );

    /// Scans the bucket once and takes in what is there; how many items are new.
    int Scan(const Bucket& bucket);

    /// A file that was written and taken in.
    Item Discover(
        const Bucket& bucket, const std::string& key, std::optional<std::string_view> bytes = std::nullopt
    );

    [[nodiscard]] std::vector<ClaimedItem> Claim(int max = 10);

    /// What a claimed process of the item ended as.
    [[nodiscard]] static Ended EndOf(const ClaimedItem& claim, JobOutcome outcome);

    /// Starts completion and `workers` workers.
    void StartWorkers(int workers = 1);
    void StopWorkers(std::chrono::milliseconds grace = std::chrono::seconds(20));

    [[nodiscard]] Item Stored(const ItemId& id);
    [[nodiscard]] Process Stored(const ProcessId& id);
    [[nodiscard]] std::vector<Process> ProcessesOf(const ItemId& id);
    [[nodiscard]] Process OnlyProcess(const ItemId& id);
    [[nodiscard]] std::vector<Item> Items();

    /// Types of all events so far, in their order; of one subject when it is given.
    [[nodiscard]] std::vector<std::string> Events(std::string_view subject = {});
    [[nodiscard]] int Count(std::string_view type);
    [[nodiscard]] int Publications();

    /// Settles those that wait, as if they had been written.
    void WritePublications();

    /// Waits until `holds`, at most 20 s.
    [[nodiscard]] static bool Eventually(const std::function<bool()>& holds);
    [[nodiscard]] bool Becomes(const ItemId& id, Status status);

    std::filesystem::path folder_;
    SetClock clock_;
    std::optional<SecretBox> box_;
    std::unique_ptr<Storage> database_;
    std::unique_ptr<RefusingStorage> storage_;
    std::unique_ptr<ArtifactStore> artifacts_;
    std::unique_ptr<SourceRegistry> sources_;
    std::unique_ptr<Intake> intake_;
    CountingConsumer consumer_;
    ScriptedRunner runner_;
    std::unique_ptr<Completion> completion_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<WorkerPool> pool_;
    NodeId node_{"nod_1"};
};

}  // namespace notify::testing
