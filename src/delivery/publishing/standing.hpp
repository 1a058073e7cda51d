#pragma once

// How the processing of an asset stands, for a store that shows it: its publisher sets a status and jobs.

#include <string>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One line of JSON: {"status": the item's, "reason": "" or a sentence, "results": how its timeline stands
/// ("": not asked for yet, "waiting", "written", "failed", "none"), "processes": [{"process": its id,
/// "processor", "run", "status", "stage": "" or where it ended or was put off, "message": "" or why}]}, the
/// latest run of each processor and configuration. The same state gives the same bytes. kNotFound when the
/// item is gone.
[[nodiscard]] Result<std::string> RenderStanding(const Snapshot& snapshot, const ItemId& id);

}  // namespace notify
