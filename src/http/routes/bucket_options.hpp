#pragma once

// The options of a bucket as the API shows and takes them.

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/views_buckets.hpp"

namespace notify {

/// Puts what is given into the bucket; what is not given stays.
void TakeChange(Bucket& bucket, const view::BucketChange& change);

/// The options in what is shown.
void ShowOptions(view::BucketView& shown, const BucketOptions& options);

}  // namespace notify
