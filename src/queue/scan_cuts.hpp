#pragma once

// Where a bucket may be cut so that several streams can list it.

#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/source.hpp"

namespace notify {

/// Keys to cut the bucket at, rising, for at most `ranges` (≥ 1) ranges: folders of the bucket's place, of
/// those in it too when they are too few, and once more, in at most 20 requests. A cut is in front of a
/// folder, and never where files beside the folder that are one frame sequence may stand on both of its
/// sides, nor inside a clip folder. None when there are no folders. Errors of
/// SourceConnection::ListFolder.
[[nodiscard]] Result<std::vector<std::string>> FindCuts(
    SourceConnection& source, const Bucket& bucket, int ranges, const std::stop_token& stop
);

}  // namespace notify
