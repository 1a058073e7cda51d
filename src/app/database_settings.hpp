#pragma once

// The settings DATABASE_*: which PostgreSQL server takes the place of SQLite.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "storage/postgres/server.hpp"

namespace notify {

/// Takes the text of a variable that is one of the server's; false when it is none.
bool TakeDatabaseText(PostgresServer& database, std::string_view name, const std::string& value);

/// True for what libpq's sslmode may be, and for "".
[[nodiscard]] bool IsTlsMode(std::string_view value) noexcept;

/// kInvalidArgument when a server is named, but not who asks or which database: SQLite is never taken in
/// silence.
[[nodiscard]] Result<void> CheckDatabase(const PostgresServer& database);

}  // namespace notify
