#pragma once

// Storage on SQLite: one writer thread with group commit, readers on snapshots beside it.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe. The secret box and the clock outlive it.
class SqliteStorage : public Storage {
public:
    [[nodiscard]] bool IsSingleNode() const noexcept override { return true; }

    /// Runs SQLite's quick_check. kInternal with what it found.
    [[nodiscard]] virtual Result<void> CheckIntegrity() = 0;

    /// How many commits and how many closures the writer has done: a group is one commit.
    [[nodiscard]] virtual std::uint64_t Commits() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t Closures() const noexcept = 0;
};

/// Opens DATA_DIR's database, makes it when missing, runs the migrations it lacks. Only one process may:
/// kConflict says that another one holds `<path>.lock`. kConflict also for a database of a newer version, and
/// for one that was first opened with another key than the box's: both key ids are in the sentence.
/// kForbidden, kUnavailable.
[[nodiscard]] Result<std::unique_ptr<SqliteStorage>> OpenSqliteStorage(
    const std::filesystem::path& path, const SecretBox& box, const Clock& clock
);

}  // namespace notify
