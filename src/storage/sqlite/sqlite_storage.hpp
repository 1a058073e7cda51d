#pragma once

// Storage on SQLite: one writer thread with group commit, readers on snapshots beside it.

#include <filesystem>
#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Opens DATA_DIR's database, makes it when missing, runs the migrations it lacks. Only one process may:
/// kConflict says that another one holds `<path>.lock`. kConflict also for a database of a newer version, and
/// for one that was first opened with another key than the box's: both key ids are in the sentence.
/// CheckIntegrity runs SQLite's quick_check. The secret box and the clock outlive it.
/// kForbidden, kUnavailable.
[[nodiscard]] Result<std::unique_ptr<Storage>> OpenSqliteStorage(
    const std::filesystem::path& path, const SecretBox& box, const Clock& clock
);

}  // namespace notify
