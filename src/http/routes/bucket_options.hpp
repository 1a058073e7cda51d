#pragma once

// The options of a bucket as the API shows and takes them.

#include <string>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/views_buckets.hpp"

namespace notify {

/// The folder's path without ".", ".." and a slash at its end.
[[nodiscard]] std::string NormalFolder(const std::string& location);

/// Puts what is given into the bucket; what is not given stays.
void TakeChange(Bucket& bucket, const view::BucketChange& change);

/// The options in what is shown.
void ShowOptions(view::BucketView& shown, const BucketOptions& options);

}  // namespace notify
