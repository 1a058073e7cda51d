#pragma once

// The numbered migrations of each database, embedded when the program is built.

#include <span>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

struct Migration {
    int number;
    int works_with;  ///< The oldest schema whose programs go on working on this one: the file's first line.
    std::string_view sql;
};

/// In order, from 1.
[[nodiscard]] std::span<const Migration> SqliteMigrations();
[[nodiscard]] std::span<const Migration> PostgresMigrations();

/// Brings the database to the newest of `migrations`, each in a transaction of its own that `begin` begins;
/// it keeps others who migrate out. A database that is newer already is left as it is, if it says that it
/// works with the newest of `migrations`; else kConflict.
[[nodiscard]] Result<void> Migrate(
    Connection& connection, std::span<const Migration> migrations, const char* begin, Timestamp now
);

/// kConflict for a database that is not exactly of the newest of `migrations`: what copies a state knows all
/// of it.
[[nodiscard]] Result<void> CheckIsNewest(Connection& connection, std::span<const Migration> migrations);

}  // namespace notify::sql
