#pragma once

// Publications of everything a bucket has.

#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How many items of a bucket …
struct Republished {
    int items = 0;     ///< … have their publications in the outbox now …
    int left_out = 0;  ///< … and have nothing to publish: not ended, nothing found, or replaced.
};

/// Makes sure that the publications of every item of the bucket wait in the outbox, in the formats and at the
/// place that it wants now; what stands there already is not written again. In transactions of 200 items.
/// kNotFound, kConflict when the bucket does not publish, kStopped.
[[nodiscard]] Result<Republished> Republish(
    Storage& storage, const BucketId& id, Timestamp now, const std::stop_token& stop
);

/// The same for every bucket of the source that publishes, together. kStopped.
[[nodiscard]] Result<Republished> RepublishAll(
    Storage& storage, const SourceId& source, Timestamp now, const std::stop_token& stop
);

}  // namespace notify
