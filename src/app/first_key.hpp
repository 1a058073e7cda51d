#pragma once

// DATA_DIR/first-key (0600): how the owner of a new service gets in.

#include <filesystem>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify {

/// True while a key with the scope "admin" exists that is neither revoked nor expired.
[[nodiscard]] Result<bool> HasAdminKey(Storage& storage, Timestamp now);

/// When there is no admin key, makes one and writes it to `file`; else only removes a stale file. The file is
/// on disk before the key is, so a crash between leaves a file that the next start replaces, never a key that
/// nobody knows.
[[nodiscard]] Result<void> EnsureFirstKey(Storage& storage, const std::filesystem::path& file, Timestamp now);

/// Removes `file` when what it holds is no key (any more).
void RemoveStaleFirstKey(Storage& storage, const std::filesystem::path& file, Timestamp now);

}  // namespace notify
