#pragma once

// What may be asked of a bucket's publishing.

#include <stop_token>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/registry.hpp"

namespace notify {

/// Formats are named once, a prefix only with a place for results, and both can be parts of keys there.
/// kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckPublishing(const Bucket& bucket);

/// The place for results, if there is one and the bucket is active, is there and can be read, as a bucket's
/// must. kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckResultsPlace(
    const SourceRegistry& sources, const Bucket& bucket, const std::stop_token& stop
);

/// kConflict when results of two buckets could have one key: places of results that are the same, with
/// prefixes of which one begins the other; or a place without prefix in which another bucket has its media.
[[nodiscard]] Result<void> CheckResultsApart(const Bucket& bucket, const std::vector<Bucket>& others);

}  // namespace notify
