#pragma once

// A row of the process table.

#include "domain/process.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

/// Reads the columns in the order of the table.
[[nodiscard]] Process ReadProcess(Row& row);

}  // namespace notify::sqlite
