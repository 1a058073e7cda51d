#pragma once

// The processes that somebody in this service works on: those whose leases a heartbeat may extend. A row that
// says it is ours and is not among them (an outcome that could not be written, a claim whose answer was lost)
// is given back when its lease ends, as that of a lost node is.

#include <cstdint>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "domain/process.hpp"
#include "storage/process_repository.hpp"

namespace notify {

/// Thread-safe.
class HeldProcesses final {
public:
    /// From its claim …
    void Add(const ClaimedItem& claim);

    /// … until its outcome is written or given up. A later claim of the same process stays.
    void Remove(const Process& process);

    [[nodiscard]] std::vector<Hold> All() const;

    /// `claim`: a process and the fence it was claimed with.
    [[nodiscard]] bool Has(const std::pair<ProcessId, std::int64_t>& claim) const;

private:
    mutable std::mutex mutex_;
    std::set<std::pair<ProcessId, std::int64_t>> holds_;  ///< With their fences.
};

}  // namespace notify
