#pragma once

// Tells soon after something changed in a folder, by inotify.

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "core/file.hpp"
#include "sources/source.hpp"

namespace notify {

/// Watches `folder` and what is under it, also when it goes away and comes back, or another takes its place.
/// `changed` is called on the watch's thread when something may have changed, and once when the watch is in
/// place. Its argument is "", or a sentence when changes may be missed (dropped notices, watch limit) and
/// only scans are sure. Null when the system gives no watch at all; the sentence was then told before the
/// return.
[[nodiscard]] std::unique_ptr<BucketWatch> WatchFolder(
    const std::filesystem::path& folder, std::function<void(std::string_view)> changed
);

}  // namespace notify
