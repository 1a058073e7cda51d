#pragma once

// Opens files inside a folder and nowhere else, whatever their names and whoever moves things meanwhile.

#include <string>
#include <string_view>

#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

/// Opens `key` ("a/b.mp4") under `folder`, component by component: no link is followed, ".." is refused, and
/// a pipe in the file's place does not block. `flags`: of open(2).
/// kUnavailable when the folder itself cannot be reached, kConflict when a component has become a link or a
/// folder has become a file, else as SystemError says.
[[nodiscard]] Result<UniqueFd> OpenBeneath(const std::string& folder, std::string_view key, int flags);

/// Opens the folder that `key` lies in, in the same way, as a readable folder.
[[nodiscard]] Result<UniqueFd> OpenFolderOf(const std::string& folder, std::string_view key);

/// As OpenFolderOf, and makes the folders that are missing, but never `folder` itself.
[[nodiscard]] Result<UniqueFd> MakeFolderOf(const std::string& folder, std::string_view key);

/// Puts a file with `bytes` at `name` in the open folder: the old one or the whole new one is there at every
/// moment, mode 0644 whatever the umask. Nothing is left behind on failure; what a crash leaves has a name
/// that scans pass over, and the next call for the same name takes it away.
[[nodiscard]] Result<void> ReplaceFile(int folder, const std::string& name, std::string_view bytes);

/// Removes the file at `key` under `folder`, and the folder it lay in when nothing is left there and that is
/// not `folder`; success too when there is none.
[[nodiscard]] Result<void> RemoveFile(const std::string& folder, std::string_view key);

}  // namespace notify
