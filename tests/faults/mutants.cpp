#include "faults/mutants.hpp"

#include <map>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "faults/wrapped_processes.hpp"
#include "storage/process_repository.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

namespace {

/// The fence that an owner believes to have of each process it claimed.
using Believed = std::map<ProcessId, std::int64_t>;

class NoFence final : public WrappedProcesses {
public:
    NoFence(ProcessRepository& inner, Believed& believed) : WrappedProcesses(inner), believed_(believed) {}

    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        auto claims = WrappedProcesses::Claim(node, max_items, now, lease);
        for (const auto& claim : claims.value()) {
            for (const auto& process : claim.processes) {
                believed_[process.id] = process.fence;
            }
        }
        return claims;
    }

    [[nodiscard]] Result<Process> Get(const ProcessId& id) const override {
        return WrappedProcesses::Get(id).map([&](Process process) {
            const auto believed = believed_.find(id);
            process.fence = believed == believed_.end() ? process.fence : believed->second;
            return process;
        });
    }

    Result<bool> UpdateHeld(const Process& process) override {
        return WrappedProcesses::Get(process.id).and_then([&](const Process& present) {
            auto written = process;
            written.fence = present.fence;
            return WrappedProcesses::UpdateHeld(written);
        });
    }

private:
    Believed& believed_;
};

/// As of two claims that chose the same rows before either had written, and do not look again.
class NoRecheck final : public WrappedProcesses {
public:
    using WrappedProcesses::WrappedProcesses;

    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        return AllProcessing()
            .and_then([&](std::vector<Process> taken) -> Result<void> {
                for (auto& process : taken) {
                    if (process.lease_owner == node || process.since != now) {
                        continue;
                    }
                    process.status = Status::kPending;
                    process.lease_owner = NodeId();
                    process.lease_until.reset();
                    if (auto freed = UpdateHeld(process); !freed) {
                        return Unexpected(freed.error());
                    }
                }
                return {};
            })
            .and_then([&] { return WrappedProcesses::Claim(node, max_items, now, lease); });
    }
};

class NoReaper final : public WrappedProcesses {
public:
    using WrappedProcesses::WrappedProcesses;

    [[nodiscard]] Result<std::vector<Process>> Expired(Timestamp /*now*/) const override {
        return std::vector<Process>();
    }
};

class ProgressWithoutFence final : public WrappedProcesses {
public:
    using WrappedProcesses::WrappedProcesses;

    Result<void> SetProgress(const Hold& hold, double progress) override {
        return Get(hold.process_id).and_then([&](const Process& present) {
            return WrappedProcesses::SetProgress(
                {.process_id = present.id, .fence = present.fence}, progress
            );
        });
    }
};

/// Says that what it wrote is there, while it is not.
class AnswersTooEarly final : public WrappedStorage {
public:
    using WrappedStorage::WrappedStorage;

    [[nodiscard]] bool IsGivenUp() const noexcept override { return inner_.IsGivenUp(); }

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        Result<void> said;
        static_cast<void>(inner_.Write([&](Transaction& transaction) -> Result<void> {
            said = function(transaction);
            return Fail(ErrorCode::kCancelled, "the process died before its COMMIT");
        }));
        return said;
    }
};

/// A storage of which the processes are another's.
class WithProcesses final : public WrappedStorage {
public:
    WithProcesses(Storage& inner, Mutant mutant) : WrappedStorage(inner), mutant_(mutant) {}

    [[nodiscard]] bool IsGivenUp() const noexcept override { return inner_.IsGivenUp(); }

private:
    [[nodiscard]] std::unique_ptr<ProcessRepository> Mutated(ProcessRepository& processes) {
        if (mutant_ == Mutant::kNoFence) {
            return std::make_unique<NoFence>(processes, believed_);
        }
        if (mutant_ == Mutant::kNoRecheck) {
            return std::make_unique<NoRecheck>(processes);
        }
        if (mutant_ == Mutant::kNoReaper) {
            return std::make_unique<NoReaper>(processes);
        }
        return std::make_unique<ProgressWithoutFence>(processes);
    }

    Result<void> RunWrite(const WriteFunction& function) override {
        return inner_.Write([&](Transaction& whole) {
            const auto processes = Mutated(whole.processes);
            Transaction mutated{
                .sources = whole.sources,
                .buckets = whole.buckets,
                .backlog = whole.backlog,
                .rules = whole.rules,
                .items = whole.items,
                .scans = whole.scans,
                .processes = *processes,
                .results = whole.results,
                .people = whole.people,
                .people_edits = whole.people_edits,
                .faces = whole.faces,
                .erasures = whole.erasures,
                .events = whole.events,
                .deliveries = whole.deliveries,
                .news = whole.news,
                .dead_messages = whole.dead_messages,
                .keys = whole.keys,
                .nodes = whole.nodes,
                .pauses = whole.pauses
            };
            return function(mutated);
        });
    }

    const Mutant mutant_;
    Believed believed_;
};

}  // namespace

std::unique_ptr<Storage> MakeMutant(Mutant mutant, Storage& inner) {
    if (mutant == Mutant::kAnswersTooEarly) {
        return std::make_unique<AnswersTooEarly>(inner);
    }
    return std::make_unique<WithProcesses>(inner, mutant);
}

}  // namespace notify::testing
