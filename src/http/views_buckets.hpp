#pragma once

// What the API shows and takes of buckets.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bucket_options.hpp"
#include "domain/publication.hpp"
#include "http/described.hpp"
#include "http/views_rules.hpp"

namespace notify::view {

struct BucketFilters {
    std::optional<std::int64_t> min_bytes;
    std::optional<std::int64_t> max_bytes;
    std::optional<double> min_age_seconds;
    std::optional<double> max_age_seconds;
    std::vector<std::string> media_types;
};

BOOST_DESCRIBE_STRUCT(
    BucketFilters, (), (min_bytes, max_bytes, min_age_seconds, max_age_seconds, media_types)
)

struct BucketSchedule {
    std::optional<std::string> cron;
    std::vector<std::string> windows;
    std::optional<std::string> time_zone;
};

BOOST_DESCRIBE_STRUCT(BucketSchedule, (), (cron, windows, time_zone))

struct BucketBacklog {
    Word<kBacklogWords> policy;
    std::optional<Within<int, 0, 1000000000>> items_per_day;
    std::optional<Within<double, 0, 100000>> decode_hours_per_day;
};

BOOST_DESCRIBE_STRUCT(BucketBacklog, (), (policy, items_per_day, decode_hours_per_day))

struct BucketPublishing {
    std::vector<Word<kMorePublicationWords>> formats;
    std::optional<std::string> bucket;
    std::optional<std::string> prefix;
    std::optional<bool> metadata;
};

BOOST_DESCRIBE_STRUCT(BucketPublishing, (), (formats, bucket, prefix, metadata))

struct BucketRetention {
    std::optional<Within<int, 0, 36500>> unnamed_days;
};

BOOST_DESCRIBE_STRUCT(BucketRetention, (), (unnamed_days))

inline constexpr std::array<std::string_view, 2> kScanWords{"idle", "running"};

/// How far the scan of a bucket is, or how far its last one came.
struct BucketScan {
    Word<kScanWords> state;
    std::int64_t seen = 0;
    std::optional<std::string> started_at;
    std::string position;
    std::optional<std::string> position_at;
};

BOOST_DESCRIBE_STRUCT(BucketScan, (), (state, seen, started_at, position, position_at))

struct BucketHold {
    std::string until;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(BucketHold, (), (until, code, sentence))

struct BucketView {
    std::string id;
    std::string name;
    std::string kind;
    std::string source;
    std::string location;
    bool active = true;
    double scan_interval_seconds = 60;
    double settle_seconds = 2;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    bool publish = true;
    int weight = 1;
    int max_in_flight = 0;
    BucketFilters filters;
    BucketSchedule schedule;
    BucketBacklog backlog;
    Word<kDedupeWords> dedupe;
    BucketPublishing publishing;
    BucketRetention retention;
    bool sequences = true;
    bool restore = false;
    int scan_streams = 1;
    std::vector<RuleView> rules;
    std::optional<std::string> paused;
    std::optional<BucketHold> held;
    std::optional<std::string> last_scan_at;
    std::string last_scan_note;
    std::optional<std::string> next_scan_at;
    BucketScan scan;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(
    BucketView,
    (),
    (id,
     name,
     kind,
     source,
     location,
     active,
     scan_interval_seconds,
     settle_seconds,
     include,
     exclude,
     publish,
     weight,
     max_in_flight,
     filters,
     schedule,
     backlog,
     dedupe,
     publishing,
     retention,
     sequences,
     restore,
     scan_streams,
     rules,
     paused,
     held,
     last_scan_at,
     last_scan_note,
     next_scan_at,
     scan,
     created_at)
)

/// What may be chosen, both when a bucket is made and later.
struct BucketChange {
    std::optional<Name> name;
    std::optional<bool> active;
    std::optional<Within<double, 1, 604800>> scan_interval_seconds;
    std::optional<Within<double, 0, 86400>> settle_seconds;
    std::optional<std::vector<std::string>> include;
    std::optional<std::vector<std::string>> exclude;
    std::optional<bool> publish;
    std::optional<Within<int, 1, 1000>> weight;
    std::optional<Within<int, 0, 100000>> max_in_flight;
    std::optional<BucketFilters> filters;
    std::optional<BucketSchedule> schedule;
    std::optional<BucketBacklog> backlog;
    std::optional<Word<kDedupeWords>> dedupe;
    std::optional<BucketPublishing> publishing;
    std::optional<BucketRetention> retention;
    std::optional<bool> sequences;
    std::optional<bool> restore;
    std::optional<Within<int, 1, kMostScanStreams>> scan_streams;
};

BOOST_DESCRIBE_STRUCT(
    BucketChange,
    (),
    (name,
     active,
     scan_interval_seconds,
     settle_seconds,
     include,
     exclude,
     publish,
     weight,
     max_in_flight,
     filters,
     schedule,
     backlog,
     dedupe,
     publishing,
     retention,
     sequences,
     restore,
     scan_streams)
)

struct NewBucket : BucketChange {
    std::string location;
    std::optional<std::string> kind;
    std::optional<std::string> source;
    std::vector<BucketRule> rules;
};

BOOST_DESCRIBE_STRUCT(NewBucket, (BucketChange), (location, kind, source, rules))

struct BucketList {
    std::vector<BucketView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(BucketList, (), (rows, next))

struct ScanView {
    std::int64_t seen = 0;
    int added = 0;
    std::int64_t settling = 0;
    std::int64_t filtered = 0;
    std::string note;
};

BOOST_DESCRIBE_STRUCT(ScanView, (), (seen, added, settling, filtered, note))

struct PublishView {
    int items = 0;
    int left_out = 0;
};

BOOST_DESCRIBE_STRUCT(PublishView, (), (items, left_out))

struct HopView {
    std::string hop;
    std::string state;
};

BOOST_DESCRIBE_STRUCT(HopView, (), (hop, state))

struct BucketTest {
    bool passed = false;
    std::string code;
    std::string sentence;
    std::vector<HopView> hops;
};

BOOST_DESCRIBE_STRUCT(BucketTest, (), (passed, code, sentence, hops))

}  // namespace notify::view
