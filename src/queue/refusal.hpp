#pragma once

// A store or a queue that refuses the credentials of its source is told of: source.auth_failed.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The event, with the fault's reason and sentence.
[[nodiscard]] Event RefusalEvent(const Source& source, const Error& error, Timestamp now);

/// Writes it when `error` is kUnauthenticated and no bucket of the source is held back for the same reason:
/// once for each time that it begins, whichever of its buckets noticed it. Before the bucket is held.
[[nodiscard]] Result<void> TellRefusal(
    Transaction& transaction, const BucketId& bucket, const Error& error, Timestamp now
);

}  // namespace notify
