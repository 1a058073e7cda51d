#pragma once

// A row of the process table.

#include "domain/process.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Reads the columns in the order of the table.
[[nodiscard]] Process ReadProcess(Row& row);

}  // namespace notify::sql
