#pragma once

// The database of a backup: SQLite, written by nobody.

#include <filesystem>
#include <memory>
#include <string>

#include "app/backup/manifest.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::backup {

struct State {
    int schema = 0;
    std::string key_id;
    Counts counts;
};

/// What is in it. kInternal: it is no database of ours, or damaged.
[[nodiscard]] Result<State> LookInto(const std::filesystem::path& path);

/// Reads all of it. kInternal with what is wrong: a page, an index, a row that refers to one that is missing.
[[nodiscard]] Result<void> CheckSoundness(const std::filesystem::path& path);

/// Opens the database for writing, made when missing, with this program's schema.
[[nodiscard]] Result<std::unique_ptr<sqlite::Connection>> OpenWithSchema(
    const std::filesystem::path& path, const Clock& clock
);

}  // namespace notify::backup
