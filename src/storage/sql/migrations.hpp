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
    std::string_view sql;
};

/// In order, from 1.
[[nodiscard]] std::span<const Migration> SqliteMigrations();
[[nodiscard]] std::span<const Migration> PostgresMigrations();

/// Brings the database to the newest of `migrations`, each in a transaction of its own that `begin` begins;
/// it keeps others who migrate out. kConflict when the database is newer than they are.
[[nodiscard]] Result<void> Migrate(
    Connection& connection, std::span<const Migration> migrations, const char* begin, Timestamp now
);

}  // namespace notify::sql
