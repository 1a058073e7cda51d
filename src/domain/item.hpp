#pragma once

// An item is one version of one media object seen in a bucket.

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"

namespace notify {

struct Item {
    ItemId id;
    BucketId bucket_id;
    std::string
        key;  ///< Bytes as the store names it; for a local bucket the path relative to it. May be no UTF-8.
    std::string version;  ///< Changes when the bytes do: size and mtime, etag, version id.
    std::uint64_t size_bytes = 0;
    Timestamp modified_at;
    std::string media_type;      ///< By content: "video/mp4"; empty when not known yet.
    std::string content_sha256;  ///< Of the bytes; empty until they were hashed.
    Status status = Status::kPending;
    Timestamp since;  ///< When it took this status.
    BlockedBy blocked_by = BlockedBy::kSlot;
    std::string
        reason_code;     ///< Stable word for the present status: "superseded", "no_video", "poisoned", ….
    std::string reason;  ///< A sentence for people; empty when there is nothing to say.
    Timestamp discovered_at;
    std::optional<Timestamp>
        asked_at;  ///< Of one that is opened for a run: when that was asked for. Not stored.
    std::optional<Timestamp> resolving_since;  ///< Set while a `resolve` row is waiting.
    std::optional<Timestamp> removed_at;  ///< When two scans in a row had not seen its object, or its store
                                          ///< said so: it is there no more.
    std::int64_t state_version = 0;       ///< Rises with each change of status; receivers drop older news.
};

/// One line of an item's history.
struct ItemChange {
    Timestamp at;
    Status status = Status::kPending;
    ProcessId process_id;  ///< Empty when the change was the item's own.
    int attempt = 0;
    std::string reason_code;
    std::string reason;
};

}  // namespace notify
