#pragma once

// A store that refuses us as a whole refuses the next item too: its bucket waits, not each item in turn.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// True for a fault of the whole bucket (sources/s3/faults.hpp). One that denies access to an object may be
/// that object's, so it holds nothing back: the item waits by itself.
[[nodiscard]] bool HoldsBucket(const Error& error);

/// Holds the bucket for 60 s, doubling to 15 min with each hold in a row, with the fault's sentence. Nothing
/// while it is held: what was claimed before fails in the same way. Of credentials that are refused the event
/// source.auth_failed tells (refusal.hpp).
[[nodiscard]] Result<void> HoldBucket(
    Transaction& transaction, const BucketId& id, const Error& error, Timestamp now
);

}  // namespace notify
