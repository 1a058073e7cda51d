#pragma once

// How a scan of a bucket ended, as the bucket shows it.

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/bucket_scan.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Notes when the bucket was scanned and what was wrong; a failure is an event once, not at every scan. A
/// listing that is refused for its credentials holds the bucket back, one that went well releases it.
[[nodiscard]] Result<void> WriteScanOutcome(
    Transaction& transaction, const Bucket& bucket, const Result<ScanSummary>& outcome, Timestamp now
);

}  // namespace notify
