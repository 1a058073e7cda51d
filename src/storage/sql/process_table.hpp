#pragma once

// ProcessRepository in SQL.

#include <map>
#include <set>
#include <vector>

#include "core/secret_box.hpp"
#include "domain/checkpoint.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See ProcessRepository. The connection outlives it.
class ProcessTable final : public ProcessRepository {
public:
    ProcessTable(Connection& connection, const SecretBox& box) : connection_(connection), box_(box) {}

    Result<void> Add(const Process& process) override;
    Result<void> AddAll(const std::vector<Process>& processes) override;
    [[nodiscard]] Result<Process> Get(const ProcessId& id) const override;
    [[nodiscard]] Result<std::vector<Process>> GetAll(const std::vector<ProcessId>& ids) const override;
    [[nodiscard]] Result<std::vector<Process>> OfItem(const ItemId& id) const override;
    [[nodiscard]] Result<std::map<ItemId, std::vector<Process>>> OfItems(
        const std::vector<ItemId>& ids
    ) const override;
    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override;
    Result<void> Charge(const NodeId& node, const std::vector<WorkDone>& done, Timestamp now) override;
    Result<std::vector<Hold>> Heartbeat(
        const NodeId& node, const std::vector<Hold>& held, Timestamp until
    ) override;
    [[nodiscard]] Result<std::vector<Process>> Expired(Timestamp now) const override;
    [[nodiscard]] Result<std::vector<Process>> AllProcessing() const override;
    Result<bool> UpdateHeld(const Process& process) override;
    Result<int> UpdateAllHeld(const std::vector<Process>& processes) override;
    Result<void> UpdatePending(const Process& process) override;
    Result<bool> RequestCancel(const ProcessId& id) override;
    Result<void> SetProgress(const Hold& hold, double progress) override;
    Result<void> SetLookedAt(const ProcessId& id, const LookedAt& looked_at) override;
    [[nodiscard]] Result<std::map<ProcessId, LookedAt>> LookedAtOf(const ItemId& item) const override;
    Result<bool> KeepCheckpoint(
        const Hold& hold, const CheckpointStep& step, std::string_view content
    ) override;
    [[nodiscard]] Result<std::optional<Checkpoint>> CheckpointOf(
        const ProcessId& id, std::string_view content
    ) const override;
    Result<void> NoteLongWork(const Hold& hold, const LongWork& work) override;
    [[nodiscard]] Result<std::map<ProcessId, LongWork>> LongWorkOf(const ItemId& item) const override;
    Result<std::vector<ClaimedItem>> ClaimShort(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override;
    [[nodiscard]] Result<bool> ShortWaits(
        const NodeId& node, Timestamp ready_at, Timestamp now
    ) const override;
    [[nodiscard]] Result<bool> WaitsIn(const BucketId& bucket) const override;
    [[nodiscard]] Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const override;
    [[nodiscard]] Result<OldPage<ProcessId>> Followed(
        const OldBefore& before, const OldPlace& from, int limit
    ) const override;
    Result<std::vector<ResultId>> Forget(const std::vector<ProcessId>& ids) override;
    [[nodiscard]] Result<std::vector<ProcessCount>> Count() const override;
    [[nodiscard]] Result<QueueDepth> Depth(Timestamp now) const override;
    Result<void> AddResolve(const ItemId& item, const ProcessId& process, Timestamp at) override;
    [[nodiscard]] Result<std::vector<PendingResolve>> PendingResolves(
        Timestamp now, int limit
    ) const override;
    Result<void> DelayResolve(const ProcessId& process, Timestamp next_at) override;
    Result<void> RemoveResolve(const ProcessId& process) override;
    [[nodiscard]] Result<bool> IsResolving(const ItemId& item) const override;
    [[nodiscard]] Result<std::set<ItemId>> Resolving(const std::vector<ItemId>& items) const override;

private:
    Result<std::vector<ClaimedItem>> ClaimFrom(
        const char* ready_sql,
        const NodeId& node,
        int max_items,
        Timestamp now,
        std::chrono::milliseconds lease
    );

    Connection& connection_;
    const SecretBox& box_;
};

}  // namespace notify::sql
