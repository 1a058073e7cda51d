#pragma once

// A bucket as the API shows it, with what stands in other tables.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/pause.hpp"
#include "domain/scan.hpp"
#include "domain/source.hpp"
#include "http/message.hpp"
#include "http/views_buckets.hpp"
#include "http/views_rules.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A bucket with its source's name, the rules that hold for it, and what holds it back.
struct Ruled {
    Bucket bucket;
    std::string source;
    std::vector<view::RuleView> rules;
    std::optional<ScanState> last_scan;
    std::optional<Pause> pause;  ///< Of the bucket itself.
    std::optional<BucketHold> hold;
};

[[nodiscard]] Result<Ruled> WithRules(const Snapshot& snapshot, const Bucket& bucket, Timestamp now);

/// `word`: "idle" or "running".
[[nodiscard]] view::BucketScan ShowScan(std::string_view word, const ScanState& scan);

[[nodiscard]] view::BucketView Show(const Ruled& ruled);

/// kConflict (412) when the request has an If-Match of another one than the bucket is now.
[[nodiscard]] Result<void> CheckUnchangedBucket(
    const Snapshot& snapshot, const Request& request, const Bucket& bucket, Timestamp now
);

/// What CheckBucket, whose outcome `checked` is, found of a bucket in that source, with the hops to it.
[[nodiscard]] view::BucketTest ShowTest(const Source& source, const Result<void>& checked);

}  // namespace notify
