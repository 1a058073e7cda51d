#pragma once

// Where media lands: a bucket is a place inside a source that is watched.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "domain/bucket_options.hpp"
#include "domain/ids.hpp"

namespace notify {

/// The kind of Iconik's sources, whose objects are assets: one item of the source, whichever of its buckets
/// they are found in.
inline constexpr std::string_view kIconikKind = "iconik";

/// The location of a bucket of Iconik that holds the assets that are in no other bucket.
inline constexpr std::string_view kAllAssets = "assets";

/// A place that is watched. `location` is an absolute folder path for kind "local", and a bucket of the store
/// for object stores, or "bucket/prefix": then only keys that begin with the prefix count.
struct Bucket {
    BucketId id;
    SourceId source_id;
    std::string kind;  ///< Of its source.
    std::string name;  ///< Unique.
    std::string location;
    bool active = true;  ///< An inactive bucket is not scanned and its items wait.
    std::chrono::milliseconds scan_interval = std::chrono::seconds(60);
    std::chrono::milliseconds settle_time =
        std::chrono::seconds(2);       ///< A file that changed later than this ago waits.
    std::vector<std::string> include;  ///< Globs over the key; empty means all.
    std::vector<std::string> exclude;
    bool publish = true;    ///< Write results back beside the media.
    int weight = 1;         ///< Share of the workers beside other buckets, ≥ 1.
    int max_in_flight = 0;  ///< So many of its items are Processing at a time, on all nodes; 0: any number.
    BucketOptions options;
    Timestamp created_at;
    std::optional<Timestamp> last_scan_at;
    std::string last_scan_note;              ///< "" when nothing was wrong with it, else a sentence.
    std::optional<Timestamp> first_scan_at;  ///< When a scan first ended that had seen all there was.
};

}  // namespace notify
