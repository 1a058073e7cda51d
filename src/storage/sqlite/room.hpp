#pragma once

// Whether a file can grow in a folder: what a commit that went well on a full disk does not tell.

#include <cstdint>
#include <filesystem>

namespace notify::sqlite {

/// False when the file system, a quota or a limit of this process refuses a new file of `bytes` in `folder`.
/// True also where that cannot be told. Leaves nothing behind. Thread-safe.
[[nodiscard]] bool HasRoom(const std::filesystem::path& folder, std::int64_t bytes);

}  // namespace notify::sqlite
