#include "queue/outcomes.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "processors/host/host.hpp"
#include "queue/bucket_hold.hpp"
#include "queue/process_end.hpp"
#include "queue/retry_policy.hpp"
#include "storage/artifact_store.hpp"
#include "storage/item_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_consumer.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// An outcome whose process is held as it was claimed.
struct Step {
    const PreparedOutcome* outcome;
    Process process;       ///< As it is; then as it becomes.
    bool resolved = true;  ///< False when what a consumer had read has changed.

    [[nodiscard]] const JobOutcome& Job() const { return outcome->ended.outcome; }

    /// A cancellation that came because of a newer version leaves no result.
    [[nodiscard]] bool HasResult() const {
        return Job().document.has_value() && !(process.cancel_requested && IsSuperseded(process));
    }
};

/// The fence: somebody else has the process now, or an earlier try of this commit went through after all.
Result<std::vector<Step>> StillHeld(const Transaction& transaction, const OutcomeBatch& batch) {
    std::vector<ProcessId> ids;
    ids.reserve(batch.size());
    for (const auto& waiting : batch) {
        ids.push_back(waiting->ended.process.id);
    }
    auto rows = transaction.processes.GetAll(ids);
    if (!rows) {
        return Unexpected(rows.error());
    }
    std::map<ProcessId, Process> present;
    for (auto& process : *rows) {
        auto id = process.id;
        present.emplace(std::move(id), std::move(process));
    }
    std::vector<Step> held;
    for (const auto& waiting : batch) {
        const auto& claimed = waiting->ended.process;
        const auto found = present.find(claimed.id);
        if (found == present.end()) {
            return Fail(ErrorCode::kNotFound, fmt::format("there is no process {}", claimed.id.Value()));
        }
        if (found->second.status != Status::kProcessing || found->second.fence != claimed.fence) {
            Log(LogLevel::kWarn,
                "late outcome dropped",
                {{"process", claimed.id.Value()}, {"fence", claimed.fence}});
            continue;
        }
        held.push_back({.outcome = waiting.get(), .process = found->second});
        ++found->second.fence;  // what is in the batch twice is late the second time
    }
    return held;
}

/// Lets the artifacts and the consumers follow a result; `id` is that of its lineage, which another item of
/// the same bytes may have written.
Result<void> Follow(Transaction& transaction, Step& step, const ResultId& id) {
    const auto& prepared = step.outcome->prepared;
    if (id == prepared.result.id) {
        for (const auto& artifact : prepared.artifacts) {
            if (auto stored = artifact.Commit(transaction); !stored) {
                return stored;
            }
        }
    }
    for (const auto& writes : prepared.writes) {
        const auto applied = writes.apply(transaction, id);
        if (!applied) {
            return Unexpected(applied.error());
        }
        step.resolved = step.resolved && *applied;
    }
    return {};
}

/// Writes the results; the processes become what they are after them.
Result<void> WriteResults(Transaction& transaction, std::vector<Step>& steps, Timestamp now) {
    std::vector<StoredResult> results;
    for (const auto& step : steps) {
        if (step.HasResult()) {
            results.push_back(step.outcome->prepared.result);
        }
    }
    const auto ids = transaction.results.AddOrGetAll(results);
    if (!ids) {
        return Unexpected(ids.error());
    }
    std::size_t next = 0;
    for (auto& step : steps) {
        if (step.HasResult()) {
            const auto& id = (*ids)[next++];
            if (auto followed = Follow(transaction, step, id); !followed) {
                return followed;
            }
            step.process = Completed(std::move(step.process), id, now);
        } else if (step.Job().document) {
            step.process = GivenBack(step.process, now);
        } else {
            step.process =
                AfterFailure(step.process, step.Job().document.error(), step.outcome->ended.crash, now);
        }
    }
    return {};
}

Result<void> UpdateProcesses(Transaction& transaction, const std::vector<Process>& processes) {
    return transaction.processes.UpdateAllHeld(processes).and_then([&](int changed) {
        return std::cmp_equal(changed, processes.size())
                   ? Result<void>{}
                   : Fail(ErrorCode::kUnavailable, "a process changed hands during the commit");
    });
}

/// What was learned of the bytes.
Result<void> NoteContents(Transaction& transaction, const std::vector<Step>& steps) {
    std::map<ItemId, Item> learned;
    for (const auto& step : steps) {
        auto item = step.outcome->ended.item;
        item.media_type = step.Job().media_type;
        if (!item.content_sha256.empty() || !item.media_type.empty()) {
            learned.insert_or_assign(item.id, item);
        }
    }
    std::vector<Item> items;
    items.reserve(learned.size());
    for (auto& [id, item] : learned) {
        items.push_back(std::move(item));
    }
    return transaction.items.NoteContents(items);
}

Result<void> ResolveLater(Transaction& transaction, const Process& process, Timestamp now) {
    return transaction.processes.AddResolve(process.item_id, process.id, now)
        .and_then([&] { return transaction.items.Get(process.item_id); })
        .and_then([&](Item item) {
            item.resolving_since = item.resolving_since.value_or(now);
            return transaction.items.SetStatus(item);
        });
}

/// What follows for few.
Result<void> HoldAndResolve(Transaction& transaction, const std::vector<Step>& steps, Timestamp now) {
    for (const auto& step : steps) {
        const auto& document = step.Job().document;
        if (!document && HoldsBucket(document.error())) {
            auto held = HoldBucket(transaction, step.outcome->ended.item.bucket_id, document.error(), now);
            if (!held) {
                return held;
            }
        }
        if (!step.resolved) {
            if (auto later = ResolveLater(transaction, step.process, now); !later) {
                return later;
            }
        }
    }
    return {};
}

}  // namespace

Result<void> WriteOutcomes(Transaction& transaction, const OutcomeBatch& batch, Timestamp now) {
    auto steps = StillHeld(transaction, batch);
    auto done = steps ? WriteResults(transaction, *steps, now) : Unexpected(steps.error());
    if (!done) {
        return done;
    }
    std::vector<Process> processes;
    std::set<ItemId> items;
    for (const auto& step : *steps) {
        processes.push_back(step.process);
        items.insert(step.process.item_id);
    }
    return UpdateProcesses(transaction, processes)
        .and_then([&] { return NoteContents(transaction, *steps); })
        .and_then([&] { return HoldAndResolve(transaction, *steps, now); })
        .and_then([&] { return TellProcesses(transaction, processes, now); })
        .and_then([&] { return FinishItems(transaction, {items.begin(), items.end()}, now); });
}

}  // namespace notify
