#pragma once

// Goes through a folder without ever leaving it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify {

/// One entry that may be an object.
struct WalkedFile {
    std::string key;  ///< Path relative to the folder, with '/'; bytes.
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;  ///< Since 1970.
    std::int64_t changed_ns = 0;   ///< Since 1970: of content or attributes; nobody can set it back.
    bool link_outside = false;     ///< A link that leads out of the folder, or nowhere.
    bool unreadable = false;
};

/// Calls `found` for each regular file under `folder`, in byte order of the keys. Names beginning with a dot
/// are left out, as are sockets, pipes, devices and links to what is inside anyway. Folders that cannot be
/// read, or lie more than 100 deep, are counted, not fatal. Links are never followed. kNotFound, kForbidden
/// or kUnavailable for the folder itself; kStopped. Returns a sentence about what could not be looked at, or
/// "".
[[nodiscard]] Result<std::string> WalkFolder(
    const std::filesystem::path& folder,
    const std::function<Result<void>(WalkedFile)>& found,
    const std::stop_token& stop
);

/// Calls `visit` with each folder under and including `folder`, for watching, as far down as WalkFolder
/// looks. Links are not followed; those that cannot be read are passed over: how many.
int EachFolder(
    const std::filesystem::path& folder, const std::function<void(const std::filesystem::path&)>& visit
);

}  // namespace notify
