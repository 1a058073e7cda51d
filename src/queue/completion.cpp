#include "queue/completion.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "queue/outcomes.hpp"
#include "queue/process_end.hpp"
#include "queue/result_preparer.hpp"
#include "storage/artifact_store.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_consumer.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kEnough = 50;
constexpr std::size_t kMost = 500;  // in one commit, when they came faster than the database takes them
constexpr std::chrono::milliseconds kGather{5};  // for more outcomes to come into one commit
constexpr auto kRetryCommit = std::chrono::milliseconds(250);
constexpr auto kPatienceWhenStopping = std::chrono::seconds(5);

Error AtCommit(Error error) {
    if (error.stage.empty()) {
        error.stage = "commit";
    }
    return error;
}

/// True when the same commit may succeed later, by itself.
bool MayPass(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kStorageFull;
}

/// Removes the row; the item may go on when it was the item's last one. `sentence`: what is to be said of the
/// item when the row was given up, or "".
Result<void> Resolved(
    Transaction& transaction, const Process& process, std::string_view sentence, Timestamp now
) {
    auto removed = transaction.processes.RemoveResolve(process.id);
    const auto more = removed ? transaction.processes.IsResolving(process.item_id)
                              : Result<bool>(Unexpected(removed.error()));
    if (!more || (*more && sentence.empty())) {
        return more.map([](bool) {});
    }
    auto noted = transaction.items.Get(process.item_id).and_then([&](Item item) {
        if (!*more) {
            item.resolving_since.reset();
        }
        if (!sentence.empty()) {
            item.reason_code = kUnresolved;
            item.reason = sentence;
        }
        return transaction.items.SetStatus(item);
    });
    return *more ? noted : noted.and_then([&] { return FinishItem(transaction, process.item_id, now); });
}

}  // namespace

Completion::Completion(
    Storage& storage,
    ArtifactStore& artifacts,
    const Clock& clock,
    std::vector<ResultConsumer*> consumers,
    std::function<void()> committed
)
    : storage_(storage),
      clock_(clock),
      preparer_(storage, artifacts, clock, std::move(consumers)),
      committed_(std::move(committed)) {}

Completion::~Completion() {
    Stop();
}

void Completion::Start() {
    if (!thread_.joinable()) {
        given_up_at_.reset();
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Completion::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Completion::Add(Ended ended) {
    FailPoint("result_computed");
    auto waiting = std::make_shared<PreparedOutcome>();
    waiting->ended = std::move(ended);
    auto& [item, process, outcome, crash, known] = waiting->ended;
    if (outcome.document) {
        if (auto prepared =
                known ? preparer_.PrepareKnown(item, *known) : preparer_.Prepare(item, process, outcome)) {
            waiting->prepared = std::move(*prepared);
        } else {
            outcome.document = Unexpected(AtCommit(prepared.error()));
        }
        outcome.artifacts.clear();
    }
    {
        const std::scoped_lock lock(mutex_);
        queue_.push_back(std::move(waiting));
    }
    added_.notify_one();
}

void Completion::Loop(const std::stop_token& stop) {
    while (true) {
        OutcomeBatch batch;
        {
            std::unique_lock lock(mutex_);
            if (added_.wait(lock, stop, [this] { return !queue_.empty(); })) {
                added_.wait_for(lock, stop, kGather, [this] { return queue_.size() >= kEnough; });
            }
            while (!queue_.empty() && batch.size() < kMost) {
                batch.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        if (batch.empty()) {
            return;
        }
        FailPoint("before_commit");
        Commit(batch, stop);
        for (const auto& waiting : batch) {
            held_.Remove(waiting->ended.process);
        }
        FailPoint("after_commit");
        committed_();
    }
}

Result<void> Completion::Write(const OutcomeBatch& batch) {
    return storage_.Write([&](Transaction& transaction) {
        return WriteOutcomes(transaction, batch, clock_.Now());
    });
}

/// All in one transaction; when that fails each by itself, so that one cannot hold up the others.
void Completion::Commit(const OutcomeBatch& batch, const std::stop_token& stop) {
    if (Write(batch)) {
        return;
    }
    for (const auto& waiting : batch) {
        auto done = IsTooLate(stop)
                        ? Fail(ErrorCode::kStopped, "the service stops while nothing can be written")
                        : CommitOne({waiting}, stop);
        if (!done && !MayPass(done.error()) && waiting->ended.outcome.document && !IsTooLate(stop)) {
            // what was found cannot be written: that is how the process ended
            waiting->ended.outcome.document = Unexpected(AtCommit(done.error()));
            done = CommitOne({waiting}, stop);
        }
        if (!done) {
            Log(LogLevel::kError,
                "outcome could not be committed; the process runs again when its lease has ended",
                {{"process", waiting->ended.process.id.Value()}, {"error", done.error().message}});
        }
    }
}

/// All outcomes together have that long once the service stops.
bool Completion::IsTooLate(const std::stop_token& stop) {
    if (!stop.stop_requested()) {
        return false;
    }
    const auto now = std::chrono::steady_clock::now();
    return now > given_up_at_.emplace(given_up_at_.value_or(now + kPatienceWhenStopping));
}

Result<void> Completion::CommitOne(const OutcomeBatch& one, const std::stop_token& stop) {
    bool told = false;
    while (true) {
        auto done = Write(one);
        if (done || !MayPass(done.error()) || storage_.IsGivenUp() || IsTooLate(stop)) {
            return done;
        }
        if (!std::exchange(told, true)) {
            Log(LogLevel::kWarn, "outcomes wait for the database", {{"error", done.error().message}});
        }
        std::this_thread::sleep_for(kRetryCommit);
    }
}

namespace {

/// What is resolved: the process, its item and what it found.
struct Unresolved {
    Process process;
    Item item;
    StoredResult result;
};

Result<Unresolved> ReadUnresolved(const Snapshot& snapshot, const ProcessId& id) {
    auto process = snapshot.processes.Get(id);
    if (!process) {
        return Unexpected(process.error());
    }
    auto item = snapshot.items.Get(process->item_id);
    auto result = snapshot.results.Get(process->result_id);
    if (!item || !result) {
        return Unexpected(item ? result.error() : item.error());
    }
    return Unresolved{.process = std::move(*process), .item = std::move(*item), .result = std::move(*result)};
}

}  // namespace

Result<bool> Completion::Resolve(const ProcessId& id) {
    const auto facts = storage_.Read([&](const Snapshot& snapshot) { return ReadUnresolved(snapshot, id); });
    if (!facts) {
        return Unexpected(facts.error());
    }
    const auto writes = preparer_.PrepareAgain(facts->item, facts->result);
    if (!writes) {
        return Unexpected(writes.error());
    }
    constexpr std::string_view kChangedAgain = "changed_again";
    const auto done = storage_.Write([&](Transaction& transaction) -> Result<void> {
        for (const auto& each : *writes) {
            const auto applied = each.apply(transaction, facts->result.id);
            if (!applied || !*applied) {
                return applied
                           ? Unexpected({.code = ErrorCode::kConflict, .reason = std::string(kChangedAgain)})
                           : Unexpected(applied.error());
            }
        }
        return Resolved(transaction, facts->process, {}, clock_.Now());
    });
    if (!done) {
        return done.error().reason == kChangedAgain ? Result<bool>(false) : Unexpected(done.error());
    }
    committed_();
    return true;
}

Result<void> Completion::GiveUpResolving(const ProcessId& id, const Error& why) {
    auto done = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.Get(id).and_then([&](const Process& process) {
            const auto sentence = fmt::format(
                "{}: what was found could not be joined with people: {}", process.processor, why.message
            );
            return Resolved(transaction, process, sentence, clock_.Now());
        });
    });
    if (done) {
        committed_();
    }
    return done;
}

}  // namespace notify
