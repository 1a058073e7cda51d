#pragma once

// What a person may ask of an item: run it again, cancel it, say why it does not move.

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "queue/job_runner.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe. `actor` is who asks, for the audit.
class ItemControl final {
public:
    ItemControl(Storage& storage, const Clock& clock, JobRunner& runner)
        : storage_(storage), clock_(clock), runner_(runner) {}

    /// A new run of each process whose latest run ended; what still waits or runs is left alone. How many.
    /// kNotFound; kConflict when nothing has ended.
    [[nodiscard]] Result<int> Rerun(const ItemId& id, std::string_view actor);

    /// Pending processes become Cancelled at once, running ones within 10 s. How many. kNotFound; kConflict
    /// when everything has ended.
    [[nodiscard]] Result<int> Cancel(const ItemId& id, std::string_view actor);

private:
    Storage& storage_;
    const Clock& clock_;
    JobRunner& runner_;
};

/// Sentences that answer "why is it not moving?", most important first; for a terminal item how it ended.
[[nodiscard]] std::vector<std::string> Why(
    const Item& item, const std::vector<Process>& processes, Timestamp now
);

}  // namespace notify
