#pragma once

// Where media lands: a source is one configured connection to a store, a bucket a place inside it that is
// watched.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// One connection to a store. `kind`: "local", "iconik", "datacore", "object_matrix", "s3".
struct Source {
    SourceId id;
    std::string kind;
    std::string name;  ///< Unique, chosen by a person.
    std::string
        config;  ///< Canonical JSON, checked against the kind's schema; never holds a secret in the clear.
    Timestamp created_at;
};

/// A place that is watched. For kind "local" `location` is an absolute folder path.
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
    bool publish = true;  ///< Write results back beside the media.
    int weight = 1;       ///< Share of the workers beside other buckets, ≥ 1.
    Timestamp created_at;
    std::optional<Timestamp> last_scan_at;
    std::string last_scan_note;  ///< "" after a scan that went well, else a sentence.
};

}  // namespace notify
