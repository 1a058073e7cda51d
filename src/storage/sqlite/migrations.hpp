#pragma once

// The numbered migrations, embedded when the program is built.

#include <span>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

struct Migration {
    int number;
    std::string_view sql;
};

/// In order, from 1.
[[nodiscard]] std::span<const Migration> Migrations();

/// Brings the database to the newest schema, each migration in a transaction of its own. kConflict when it is
/// newer than this program knows.
[[nodiscard]] Result<void> Migrate(Connection& connection, Timestamp now);

}  // namespace notify::sqlite
