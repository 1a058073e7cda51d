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

/// kConflict when results of another bucket go to the same place and prefix, where equal keys would meet.
[[nodiscard]] Result<void> CheckResultsApart(const Bucket& bucket, const std::vector<Bucket>& others);

}  // namespace notify
