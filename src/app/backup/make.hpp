#pragma once

// A backup is made: database, artifacts and keys as one set.

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "app/backup/manifest.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify::backup {

enum class Keys : std::uint8_t { kWith, kWithout };

/// Copies the state, as it is at one moment, into the new folder `place` (0700), while the service runs or
/// not. The folder appears when all is on disk; until then, and after a crash, there is only one beside it
/// that ends in ".part". The database in it is SQLite, also when it was copied from PostgreSQL. kConflict:
/// `place` is there; kNotFound: there is no state; kStorageFull, kStopped, and the errors of the database.
[[nodiscard]] Result<Manifest> Make(
    const Settings& settings,
    const std::filesystem::path& place,
    Keys keys,
    const Clock& clock,
    const std::stop_token& stop
);

}  // namespace notify::backup
