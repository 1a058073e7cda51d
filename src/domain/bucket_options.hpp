#pragma once

// What may be chosen for a bucket beside its place.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/named.hpp"

namespace notify {

/// Which objects become items, beside the globs. What is empty does not restrict.
struct BucketFilters {
    std::optional<std::uint64_t> min_bytes;
    std::optional<std::uint64_t> max_bytes;
    std::optional<std::chrono::seconds> min_age;  ///< A younger one is looked at again later.
    std::optional<std::chrono::seconds> max_age;
    std::vector<std::string> media_types;  ///< Prefixes: "video/" (or "video/*"), "image/jpeg".

    friend bool operator==(const BucketFilters&, const BucketFilters&) = default;
};

/// When it is scanned.
struct BucketSchedule {
    std::string cron;                  ///< Five fields; "": every scan_interval.
    std::vector<std::string> windows;  ///< "Mon-Fri 20:00-06:00"; none: always.
    std::string time_zone = "UTC";     ///< Of both: an IANA name.

    friend bool operator==(const BucketSchedule&, const BucketSchedule&) = default;
};

/// What becomes of objects that were there before the bucket was.
enum class BacklogPolicy : std::uint8_t {
    kProcess,  ///< They are items as any other.
    kIgnore,   ///< Skipped, before_baseline.
    kBudget,   ///< So many a day.
};

inline constexpr std::array<std::string_view, 3> kBacklogWords{"process", "ignore", "budget"};

struct BucketBacklog {
    BacklogPolicy policy = BacklogPolicy::kProcess;
    int items_per_day = 0;            ///< Of a budget; 0: no limit.
    double decode_hours_per_day = 0;  ///< Of a budget, hours of media; 0: no limit.

    friend bool operator==(const BucketBacklog&, const BucketBacklog&) = default;
};

/// When the digest of an object's bytes is taken, by which results of the same bytes are reused.
enum class Dedupe : std::uint8_t {
    kBefore,  ///< Before it is processed, up to 20 GB; above as kAfter.
    kAfter,   ///< With its processing: reuse saves storage, not work.
    kOff,     ///< Never: the store's version of the object stands for its bytes.
};

inline constexpr std::array<std::string_view, 3> kDedupeWords{"before", "after", "off"};

/// What is written back besides the JSON document, and where.
struct BucketPublishing {
    std::vector<std::string> formats;
    std::string bucket;     ///< A bucket of the same store; "": beside the object.
    std::string prefix;     ///< Goes before the key in that bucket.
    bool metadata = false;  ///< Objects of results carry a summary as user metadata; not in a folder.

    friend bool operator==(const BucketPublishing&, const BucketPublishing&) = default;
};

/// How long what was found in it is kept, beside what holds for all buckets (RetentionPeriods).
struct BucketRetention {
    std::optional<std::chrono::days> unnamed;  ///< Of faces that nobody has named; 0: for ever; nothing: as
                                               ///< RetentionPeriods::unnamed.

    friend bool operator==(const BucketRetention&, const BucketRetention&) = default;
};

inline constexpr int kMostScanStreams = 16;

struct BucketOptions {
    BucketFilters filters;
    BucketSchedule schedule;
    BucketBacklog backlog;
    Dedupe dedupe = Dedupe::kBefore;
    BucketPublishing publishing;
    BucketRetention retention;
    bool sequences = true;  ///< Numbered frames, and files of a camera's card, become one item.
    bool restore = false;   ///< Archived objects may be restored, which costs money.
    int scan_streams = 1;   ///< So many listings at a time, 1 to kMostScanStreams.

    friend bool operator==(const BucketOptions&, const BucketOptions&) = default;
};

}  // namespace notify
