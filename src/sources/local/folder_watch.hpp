#pragma once

// Tells soon after something changed in a folder, by inotify.

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "core/file.hpp"
#include "sources/source.hpp"

namespace notify {

/// Watches `folder` and what is under it. `changed` is called on the watch's thread: with "" when something
/// may have changed, with a sentence when changes may be missed (queue overflow, watch limit reached) and
/// only scans are sure. Null when inotify cannot be had at all.
[[nodiscard]] std::unique_ptr<BucketWatch> WatchFolder(
    const std::filesystem::path& folder, std::function<void(std::string_view)> changed
);

}  // namespace notify
