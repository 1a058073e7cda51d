#include "faults/mutants.hpp"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "faults/with_processes.hpp"
#include "faults/wrapped_processes.hpp"
#include "storage/process_repository.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

namespace {

/// The fence that an owner believes to have of each process it claimed. Shared by the repositories of all its
/// transactions.
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

class BeatWithoutFence final : public WrappedProcesses {
public:
    using WrappedProcesses::WrappedProcesses;

    Result<std::vector<Hold>> Heartbeat(
        const NodeId& node, const std::vector<Hold>& held, Timestamp until
    ) override {
        for (const auto& hold : held) {
            const auto beat = Get(hold.process_id).and_then([&](const Process& present) {
                return WrappedProcesses::Heartbeat(
                    present.lease_owner, {{.process_id = present.id, .fence = present.fence}}, until
                );
            });
            if (!beat) {
                return beat;
            }
        }
        return WrappedProcesses::Heartbeat(node, {}, until);
    }
};

/// Writes as somebody who belongs.
class NoMembership final : public WrappedStorage {
public:
    NoMembership(Storage& inner, Storage& belonging) : WrappedStorage(inner), belonging_(belonging) {}

    [[nodiscard]] bool IsGivenUp() const noexcept override { return false; }

private:
    Result<void> RunWrite(const WriteFunction& function) override { return belonging_.Write(function); }

    Storage& belonging_;
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

/// The mutants that are one of the processes.
std::unique_ptr<ProcessRepository> Mutated(Mutant mutant, ProcessRepository& processes, Believed& believed) {
    switch (mutant) {
        case Mutant::kNoFence:
            return std::make_unique<NoFence>(processes, believed);
        case Mutant::kNoRecheck:
            return std::make_unique<NoRecheck>(processes);
        case Mutant::kNoReaper:
            return std::make_unique<NoReaper>(processes);
        case Mutant::kBeatWithoutFence:
            return std::make_unique<BeatWithoutFence>(processes);
        case Mutant::kProgressWithoutFence:
            return std::make_unique<ProgressWithoutFence>(processes);
        case Mutant::kNone:
        case Mutant::kAnswersTooEarly:
        case Mutant::kNoMembership:
            break;
    }
    return std::make_unique<WrappedProcesses>(processes);
}

}  // namespace

std::unique_ptr<Storage> MakeMutant(Mutant mutant, Storage& inner, Storage& belonging) {
    if (mutant == Mutant::kAnswersTooEarly) {
        return std::make_unique<AnswersTooEarly>(inner);
    }
    if (mutant == Mutant::kNoMembership) {
        return std::make_unique<NoMembership>(inner, belonging);
    }
    return std::make_unique<WithProcesses>(
        inner, [mutant, believed = std::make_shared<Believed>()](ProcessRepository& processes) {
            return Mutated(mutant, processes, *believed);
        }
    );
}

}  // namespace notify::testing
