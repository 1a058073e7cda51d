#pragma once

// The processes of another repository, for mutants that change one thing of them.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "storage/old_rows.hpp"
#include "storage/process_repository.hpp"

namespace notify::testing {

class WrappedProcesses : public ProcessRepository {
public:
    explicit WrappedProcesses(ProcessRepository& inner) : inner_(inner) {}

    Result<void> Add(const Process& process) override { return inner_.Add(process); }

    Result<void> AddAll(const std::vector<Process>& processes) override {
        Result<void> added;
        for (auto process = processes.begin(); added && process != processes.end(); ++process) {
            added = Add(*process);
        }
        return added;
    }

    [[nodiscard]] Result<Process> Get(const ProcessId& id) const override { return inner_.Get(id); }

    /// Statements of many rows ask those of one, so that what is wrong with these is wrong with them.
    [[nodiscard]] Result<std::vector<Process>> GetAll(const std::vector<ProcessId>& ids) const override {
        std::vector<Process> all;
        for (const auto& id : ids) {
            auto process = Get(id);
            if (!process && process.error().code != ErrorCode::kNotFound) {
                return Unexpected(process.error());
            }
            if (process) {
                all.push_back(*std::move(process));
            }
        }
        return all;
    }

    [[nodiscard]] Result<std::vector<Process>> OfItem(const ItemId& id) const override {
        return inner_.OfItem(id);
    }

    [[nodiscard]] Result<std::map<ItemId, std::vector<Process>>> OfItems(
        const std::vector<ItemId>& ids
    ) const override {
        return inner_.OfItems(ids);
    }

    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        return inner_.Claim(node, max_items, now, lease);
    }

    Result<void> Charge(const NodeId& node, const std::vector<WorkDone>& done, Timestamp now) override {
        return inner_.Charge(node, done, now);
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

    Result<bool> UpdateHeld(const Process& process) override { return inner_.UpdateHeld(process); }

    Result<int> UpdateAllHeld(const std::vector<Process>& processes) override {
        int changed = 0;
        for (const auto& process : processes) {
            const auto held = UpdateHeld(process);
            if (!held) {
                return Unexpected(held.error());
            }
            changed += *held ? 1 : 0;
        }
        return changed;
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

    Result<bool> KeepCheckpoint(
        const Hold& hold, const CheckpointStep& step, std::string_view content
    ) override {
        return inner_.KeepCheckpoint(hold, step, content);
    }

    [[nodiscard]] Result<std::optional<Checkpoint>> CheckpointOf(
        const ProcessId& id, std::string_view content
    ) const override {
        return inner_.CheckpointOf(id, content);
    }

    Result<void> NoteLongWork(const Hold& hold, const LongWork& work) override {
        return inner_.NoteLongWork(hold, work);
    }

    [[nodiscard]] Result<std::map<ProcessId, LongWork>> LongWorkOf(const ItemId& item) const override {
        return inner_.LongWorkOf(item);
    }

    Result<std::vector<ClaimedItem>> ClaimShort(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        return inner_.ClaimShort(node, max_items, now, lease);
    }

    [[nodiscard]] Result<bool> ShortWaits(
        const NodeId& node, Timestamp ready_at, Timestamp now
    ) const override {
        return inner_.ShortWaits(node, ready_at, now);
    }

    [[nodiscard]] Result<bool> WaitsIn(const BucketId& bucket) const override {
        return inner_.WaitsIn(bucket);
    }

    [[nodiscard]] Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const override {
        return inner_.NextReadyAt(now);
    }

    [[nodiscard]] Result<OldPage<ProcessId>> Followed(
        const OldBefore& before, const OldPlace& from, int limit
    ) const override {
        return inner_.Followed(before, from, limit);
    }

    Result<std::vector<ResultId>> Forget(const std::vector<ProcessId>& ids) override {
        return inner_.Forget(ids);
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

    [[nodiscard]] Result<std::set<ItemId>> Resolving(const std::vector<ItemId>& items) const override {
        return inner_.Resolving(items);
    }

private:
    ProcessRepository& inner_;
};

}  // namespace notify::testing
