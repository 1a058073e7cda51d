#include "queue/held_processes.hpp"

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "storage/process_repository.hpp"

namespace notify {

void HeldProcesses::Add(const ClaimedItem& claim) {
    const std::scoped_lock lock(mutex_);
    for (const auto& process : claim.processes) {
        holds_.emplace(process.id, process.fence);
    }
}

void HeldProcesses::Remove(const Process& process) {
    const std::scoped_lock lock(mutex_);
    holds_.erase({process.id, process.fence});
}

std::vector<Hold> HeldProcesses::All() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Hold> all;
    all.reserve(holds_.size());
    for (const auto& [id, fence] : holds_) {
        all.push_back({.process_id = id, .fence = fence});
    }
    return all;
}

bool HeldProcesses::Has(const std::pair<ProcessId, std::int64_t>& claim) const {
    const std::scoped_lock lock(mutex_);
    return holds_.contains(claim);
}

}  // namespace notify
