#pragma once

// One scan of one bucket: from its source's listing into the database.

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What a scan came to, for people.
struct ScanSummary {
    std::uint64_t seen = 0;
    int added = 0;
    std::uint64_t settling = 0;  ///< Still growing or too young; looked at again.
    std::uint64_t filtered = 0;  ///< Left out by the bucket's filters.
    std::string note;
    bool whole = false;    ///< Its listing left nothing out.
    bool resumed = false;  ///< It went on where an earlier one was cut, and saw only what is behind.
};

/// What a scan came to, and whether it came to its end: what it took in before it failed stays.
struct ScanOutcome {
    ScanSummary summary;
    std::optional<Timestamp> look_again_at;  ///< When the first object that settles will be still enough.
    Result<void> ended;
    std::vector<std::string> left_out;  ///< As the source's report says.
};

/// Scans of buckets. Thread-safe; one scan of a bucket at a time. `storage` and `clock` outlive it.
class BucketScan final {
public:
    BucketScan(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

    /// Looks through the bucket and takes in what is new. `progress` is told how far it is after each batch,
    /// in this thread or one of the scan's: never in two at a time.
    [[nodiscard]] ScanOutcome Run(
        const Bucket& bucket,
        SourceConnection& source,
        const std::function<void(const ScanState&)>& progress,
        const std::stop_token& stop
    );

private:
    using Progress = std::function<void(const ScanState&)>;

    [[nodiscard]] ScanOutcome InOrder(
        const Bucket& bucket, SourceConnection& source, const Progress& progress, const std::stop_token& stop
    );
    [[nodiscard]] ScanOutcome InAnyOrder(
        const Bucket& bucket, SourceConnection& source, const Progress& progress, const std::stop_token& stop
    );
    [[nodiscard]] ScanOutcome Listed(
        const ScanRequest& request,
        SourceConnection& source,
        const Progress& progress,
        const std::stop_token& stop
    );

    Storage& storage_;
    const Clock& clock_;
};

}  // namespace notify
