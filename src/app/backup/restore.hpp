#pragma once

// A backup is put back.

#include <filesystem>
#include <stop_token>

#include "app/backup/manifest.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/copy/copy_state.hpp"

namespace notify::backup {

/// Checks the backup and puts it into DATA_DIR, which is empty but for a key file, and into the database that
/// DATABASE_* name, if they do, which is empty. While it works, and after it was cut short, no service starts
/// there; run again it begins anew. kConflict: DATA_DIR or the database is not empty, the key file is another
/// one, a service runs; kNotFound: the backup is without a key, and DATA_DIR too; and the errors of Check.
[[nodiscard]] Result<Manifest> Restore(
    const Settings& settings,
    const std::filesystem::path& place,
    const Clock& clock,
    const copy::Progress& progress,
    const std::stop_token& stop
);

}  // namespace notify::backup
