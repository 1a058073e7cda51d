#pragma once

// A row of the process table.

#include "core/result.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Reads the columns in the order of the table.
[[nodiscard]] Process ReadProcess(Row& row);

/// kInternal when a process with the status `from` may not become what `process` is (MayBecome).
[[nodiscard]] Result<void> MayFollow(Status from, const Process& process);

}  // namespace notify::sql
