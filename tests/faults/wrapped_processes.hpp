#pragma once

// The processes of another repository, for mutants that change one thing of them.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "storage/process_repository.hpp"

namespace notify::testing {

class WrappedProcesses : public ProcessRepository {
public:
    explicit WrappedProcesses(ProcessRepository& inner) : inner_(inner) {}

    Result<void> Add(const Process& process) override { return inner_.Add(process); }

    [[nodiscard]] Result<Process> Get(const ProcessId& id) const override { return inner_.Get(id); }

    [[nodiscard]] Result<std::vector<Process>> OfItem(const ItemId& id) const override {
        return inner_.OfItem(id);
    }

    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        return inner_.Claim(node, max_items, now, lease);
    }

    Result<std::vector<Hold>> Heartbeat(
        const NodeId& node, const std::vector<Hold>& held, Timestamp until
    ) override {
        return inner_.Heartbeat(node, held, until);
    }

    [[nodiscard]] Result<std::vector<Process>> Expired(Timestamp now) const override {
        return inner_.Expired(now);
    }

    [[nodiscard]] Result<std::vector<Process>> AllProcessing() const override {
        return inner_.AllProcessing();
    }

    Result<bool> UpdateHeld(const Process& process, std::int64_t fence) override {
        return inner_.UpdateHeld(process, fence);
    }

    Result<void> UpdatePending(const Process& process) override { return inner_.UpdatePending(process); }

    Result<bool> RequestCancel(const ProcessId& id) override { return inner_.RequestCancel(id); }

    Result<void> SetProgress(const Hold& hold, double progress) override {
        return inner_.SetProgress(hold, progress);
    }

    Result<void> SetLookedAt(const ProcessId& id, const LookedAt& looked_at) override {
        return inner_.SetLookedAt(id, looked_at);
    }

    [[nodiscard]] Result<std::map<ProcessId, LookedAt>> LookedAtOf(const ItemId& item) const override {
        return inner_.LookedAtOf(item);
    }

    [[nodiscard]] Result<bool> WaitsIn(const BucketId& bucket) const override {
        return inner_.WaitsIn(bucket);
    }

    [[nodiscard]] Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const override {
        return inner_.NextReadyAt(now);
    }

    [[nodiscard]] Result<std::vector<ProcessCount>> Count() const override { return inner_.Count(); }

    [[nodiscard]] Result<QueueDepth> Depth(Timestamp now) const override { return inner_.Depth(now); }

    Result<void> AddResolve(const ItemId& item, const ProcessId& process, Timestamp at) override {
        return inner_.AddResolve(item, process, at);
    }

    [[nodiscard]] Result<std::vector<PendingResolve>> PendingResolves(
        Timestamp now, int limit
    ) const override {
        return inner_.PendingResolves(now, limit);
    }

    Result<void> DelayResolve(const ProcessId& process, Timestamp next_at) override {
        return inner_.DelayResolve(process, next_at);
    }

    Result<void> RemoveResolve(const ProcessId& process) override { return inner_.RemoveResolve(process); }

    [[nodiscard]] Result<bool> IsResolving(const ItemId& item) const override {
        return inner_.IsResolving(item);
    }

private:
    ProcessRepository& inner_;
};

}  // namespace notify::testing
