#pragma once

// One file of a backup: copied durably, its digest taken on the way.

#include <filesystem>
#include <stop_token>

#include "app/backup/manifest.hpp"
#include "core/result.hpp"

namespace notify::backup {

/// Copies the file into a new one (0600), whose bytes are on disk then; its name without the folder, size and
/// digest. kNotFound: there is no such file; kConflict: the new one is there already; kStopped, and as
/// SystemError says.
[[nodiscard]] Result<File> CopyFile(
    const std::filesystem::path& from, const std::filesystem::path& to, const std::stop_token& stop
);

/// Reads the file. kNotFound, kStopped, and as SystemError says.
[[nodiscard]] Result<File> DigestOf(const std::filesystem::path& path, const std::stop_token& stop);

/// Makes the folder and all that is in it durable: the names, that is.
[[nodiscard]] Result<void> SyncFolders(const std::filesystem::path& folder);

}  // namespace notify::backup
