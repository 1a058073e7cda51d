#pragma once

// Lists the ranges of a scan, as many at a time as the bucket's option says.

#include <functional>
#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/ordered_scan.hpp"
#include "queue/sieve/sieve.hpp"
#include "sources/source.hpp"

namespace notify {

/// What listings came to, all ranges together.
struct Listed {
    Result<ScanReport> report;  ///< Of the source.
    Sieve::Counts sieved;
    Result<void> taken_in;  ///< The first failure of what took in what was listed.
};

/// What is listed, and when.
struct ListedBucket {
    const Bucket& bucket;
    SourceConnection& source;
    Timestamp now;
};

/// Lists each of the scan's ranges and ends it, or breaks it off: one range in this thread, several in a
/// thread each, `options.scan_streams` at a time. The first that fails stops the others, and its error is
/// what is told; kStopped. `told` is called after each batch, never in two threads at a time.
[[nodiscard]] Listed ListRanges(
    const ListedBucket& what,
    OrderedScan& scan,
    const std::function<void()>& told,
    const std::stop_token& stop
);

}  // namespace notify
