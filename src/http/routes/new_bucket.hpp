#pragma once

// From what is asked of a new bucket to the bucket: for those who add it, and those who only look.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/views_buckets.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A name from the place: the folder's, or the last part of the prefix, or the store's bucket.
[[nodiscard]] std::string NameFrom(const Bucket& bucket);

/// The source that is named, or the one there is of the kind; the folders' source, which is made when it is
/// first needed, without an id. kInvalidArgument, kNotFound with the JSON pointer.
[[nodiscard]] Result<Source> SourceOfNew(const ApiParts& parts, const view::NewBucket& wanted);

/// The bucket in that source, with an id of its own; not checked yet.
[[nodiscard]] Bucket BucketOfNew(const view::NewBucket& wanted, const Source& source, Timestamp now);

/// Whether the place can be read, when it is to be watched at once.
[[nodiscard]] Result<void> CheckPlace(
    const ApiParts& parts, const Bucket& bucket, const std::stop_token& stop
);

/// Adds the rules to the bucket, each with an id of its own.
[[nodiscard]] Result<void> AddRules(
    Transaction& transaction, const Bucket& bucket, const std::vector<Rule>& rules
);

/// kInvalidArgument when a bucket of an object store is added and nobody said what becomes of what is in it
/// already (`given`); for a budget that limits nothing, of any bucket.
[[nodiscard]] Result<void> CheckBacklog(const Bucket& bucket, bool given);

}  // namespace notify
