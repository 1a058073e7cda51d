#pragma once

// What is in DATA_DIR, and whether it is there.

#include <filesystem>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

inline constexpr std::string_view kDatabaseFile = "notifications.db";
inline constexpr std::string_view kKeyFile = "secret.key";
inline constexpr std::string_view kFirstKeyFile = "first-key";
inline constexpr std::string_view kArtifactsFolder = "artifacts";
inline constexpr std::string_view kNodeFile = "node";
inline constexpr std::string_view kLockFile = "notifications.db.lock";

/// What the database is called once its state was moved to PostgreSQL: nobody goes on with it by mistake.
inline constexpr std::string_view kMovedFile = "notifications.db.moved";

/// Is there while a state is restored, and after that was cut short.
inline constexpr std::string_view kRestoringFolder = "restoring";

/// The reason of CheckData's refusal: a lost key file is kNotFound too.
inline constexpr std::string_view kNoDataYet = "no_data";

/// Makes the folder (0700) when it is missing. kForbidden.
[[nodiscard]] Result<void> MakeDataDir(const std::filesystem::path& folder);

/// kNotFound, kNoDataYet when the service has never run with this folder.
[[nodiscard]] Result<void> CheckData(const Settings& settings);

/// kConflict when the state is not in the folder although it once was or will be: it was moved to PostgreSQL,
/// or a restore was cut short. The sentence says what to do.
[[nodiscard]] Result<void> CheckDataIsHere(const Settings& settings);

/// The locks of a service on SQLite and of one on PostgreSQL: neither runs while they are held. kConflict:
/// one does.
[[nodiscard]] Result<std::vector<UniqueFd>> HoldDataDir(const std::filesystem::path& folder);

}  // namespace notify
