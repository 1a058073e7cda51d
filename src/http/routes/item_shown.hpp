#pragma once

// An item and its processes as the API shows them, with what stands in other tables.

#include <map>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "http/routes/standstill.hpp"
#include "http/views.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What is noted beside the processes of an item.
struct ProcessNotes {
    std::map<ProcessId, LookedAt> looked_at;
    std::map<ProcessId, LongWork> long_work;
};

[[nodiscard]] Result<ProcessNotes> NotesOf(const Snapshot& snapshot, const ItemId& item);

[[nodiscard]] view::ProcessView Show(const Process& process, const ProcessNotes& notes);

/// `progress`: 0 … 1, while it is processed.
[[nodiscard]] view::ItemRow Row(const Item& item, std::optional<double> progress);

/// An item with all that is shown of one.
struct WholeItem {
    Item item;
    std::vector<Process> processes;
    ProcessNotes notes;
    std::vector<ItemChange> history;
    std::optional<Standstill> standstill;
    Bucket bucket;
};

/// Without what keeps it from moving, and without its bucket.
[[nodiscard]] Result<WholeItem> PartsOf(const Snapshot& snapshot, const ItemId& id);

[[nodiscard]] view::ItemView Show(const WholeItem& whole, Timestamp now);

}  // namespace notify
