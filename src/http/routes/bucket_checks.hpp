#pragma once

// What may be asked of a bucket.

#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/registry.hpp"

namespace notify {

/// The bucket as it will be: a name (it may come from the folder), globs that mean something, filters that
/// something passes, a schedule that can be understood (kUnavailable when the system has no time zones).
/// kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckSettings(const Bucket& bucket);

/// Several streams only where the source can list folders. kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckStreams(const SourceRegistry& sources, const Bucket& bucket);

/// kConflict when its folder is, holds or lies in that of another; likewise for prefixes in one bucket of a
/// store. Looks at the folders to follow links.
[[nodiscard]] Result<void> CheckApart(const Bucket& bucket, const std::vector<Bucket>& others);

}  // namespace notify
