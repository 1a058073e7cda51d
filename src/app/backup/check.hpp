#pragma once

// Whether a backup is whole.

#include <filesystem>
#include <stop_token>

#include "app/backup/manifest.hpp"
#include "core/result.hpp"

namespace notify::backup {

/// Reads all of the backup: every digest, the database's soundness, that each artifact it names is there,
/// that the key belongs to it. kNotFound: it is none, or a file is missing; kInternal: it is damaged;
/// kConflict: a newer program made it; kStopped.
[[nodiscard]] Result<Manifest> Check(const std::filesystem::path& place, const std::stop_token& stop);

/// kConflict when the key file holds another key than the backup was made with; the errors of
/// SecretBox::Open.
[[nodiscard]] Result<void> CheckKey(const std::filesystem::path& key_file, const Manifest& manifest);

}  // namespace notify::backup
