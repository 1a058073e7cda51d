#pragma once

// What a key may know of that is limited to some buckets. Of others it is said that they are not there.

#include <optional>
#include <set>
#include <string_view>

#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The key's buckets and those that its sources have now; nothing when it is not limited.
[[nodiscard]] Result<std::optional<std::set<BucketId>>> BucketsOf(
    const Snapshot& snapshot, const ApiKey& key
);

/// True when the caller may know of the bucket.
[[nodiscard]] bool Reaches(const Caller& caller, const BucketId& bucket);

/// kNotFound: it is not there, or the caller may not know of it.
[[nodiscard]] Unexpected NoSuch(std::string_view what, std::string_view name);

/// For a limited caller that was routed: kForbidden where limited keys do not go; kNotFound when what the
/// path names is in none of its buckets, or is not there.
[[nodiscard]] Result<void> CheckReach(Storage& storage, Reach reach, const Request& request);

/// The bucket that `?bucket=` asks for; empty for all. Without the parameter it is the only one that the
/// caller is limited to. kNotFound; kInvalidArgument when a caller has several and does not say which.
[[nodiscard]] Result<BucketId> BucketAsked(const Snapshot& snapshot, const Request& request);

}  // namespace notify
