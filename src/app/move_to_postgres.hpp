#pragma once

// The state in DATA_DIR moves from SQLite to PostgreSQL.

#include <stop_token>

#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/copy/copy_state.hpp"

namespace notify {

/// Copies the database of DATA_DIR and the artifacts beside it into the one that DATABASE_* name, which is
/// empty, in one transaction, and compares them. Then the file is kept under another name (kMovedFile). Run
/// again after it was cut short it begins anew, or finds that all is there. kInvalidArgument: DATABASE_HOST
/// is not set, or PostgreSQL would refuse a row; kNotFound: nothing to move; kConflict: a service runs on it,
/// or the database holds something else; kStopped; and the errors of both databases. Nothing was changed
/// then.
[[nodiscard]] Result<void> MoveToPostgres(
    const Settings& settings, const Clock& clock, const copy::Progress& progress, const std::stop_token& stop
);

}  // namespace notify
