#pragma once

// What the API shows and takes of first contact with old buckets: import, preview, what is done elsewhere,
// and running what is there again.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "http/described.hpp"
#include "http/views_buckets.hpp"
#include "queue/rerun.hpp"

namespace notify::view {

/// A line of the file, whose columns have the same names.
struct ImportRow {
    std::string kind;
    std::string endpoint;
    std::optional<std::string> region;
    std::string bucket;
    std::optional<std::string> prefix;
    std::optional<std::string> access_key_ref;
    std::optional<std::string> secret_ref;
    std::optional<std::string> processor;
    std::optional<bool> active;
    std::optional<std::string> name;
    std::optional<std::string> backlog;
    std::optional<std::string> biometric_basis;
};

BOOST_DESCRIBE_STRUCT(
    ImportRow,
    (),
    (kind,
     endpoint,
     region,
     bucket,
     prefix,
     access_key_ref,
     secret_ref,
     processor,
     active,
     name,
     backlog,
     biometric_basis)
)

struct BucketImport {
    std::optional<std::string> csv;
    std::vector<ImportRow> rows;
    std::optional<BucketBacklog> backlog;
    std::optional<std::string> biometric_basis;
};

BOOST_DESCRIBE_STRUCT(BucketImport, (), (csv, rows, backlog, biometric_basis))

struct RefusedRow {
    int line = 0;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(RefusedRow, (), (line, sentence))

struct ImportAnswer {
    int made = 0;
    int unchanged = 0;
    int sources_made = 0;
    std::vector<RefusedRow> refused;
};

BOOST_DESCRIBE_STRUCT(ImportAnswer, (), (made, unchanged, sources_made, refused))

struct PreviewGroup {
    std::string extension;
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
};

BOOST_DESCRIBE_STRUCT(PreviewGroup, (), (extension, objects, bytes))

struct PreviewSkip {
    std::string code;
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(PreviewSkip, (), (code, objects, bytes, sentence))

struct PreviewWork {
    std::string processor;
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
    double hours = 0;
    std::string basis;
};

BOOST_DESCRIBE_STRUCT(PreviewWork, (), (processor, objects, bytes, hours, basis))

struct BucketPreview {
    bool complete = true;
    std::string sentence;
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
    std::vector<PreviewGroup> extensions;
    std::vector<PreviewSkip> skipped;
    std::vector<PreviewWork> work;
    double estimated_hours = 0;
};

BOOST_DESCRIBE_STRUCT(
    BucketPreview, (), (complete, sentence, objects, bytes, extensions, skipped, work, estimated_hours)
)

struct DoneRow {
    std::string key;
    std::optional<std::string> version;
    std::optional<std::string> at;
};

BOOST_DESCRIBE_STRUCT(DoneRow, (), (key, version, at))

struct DoneElsewhere {
    std::optional<std::string> csv;
    std::vector<DoneRow> rows;
    std::optional<bool> percent_encoded;
    std::optional<bool> undo;
};

BOOST_DESCRIBE_STRUCT(DoneElsewhere, (), (csv, rows, percent_encoded, undo))

struct DoneAnswer {
    int marked = 0;
    int unchanged = 0;
    int items = 0;
    int running = 0;
    int processed = 0;
    std::vector<RefusedRow> refused;
};

BOOST_DESCRIBE_STRUCT(DoneAnswer, (), (marked, unchanged, items, running, processed, refused))

struct BucketRerun {
    Word<kRerunModeWords> mode;
    std::vector<std::string> processors;
    std::optional<Within<int, -1000, 1000>> priority;
    std::optional<bool> baseline;
    std::optional<bool> dry_run;
};

BOOST_DESCRIBE_STRUCT(BucketRerun, (), (mode, processors, priority, baseline, dry_run))

struct RerunAnswer {
    std::int64_t looked_at = 0;
    std::int64_t items = 0;
    std::int64_t processes = 0;
    std::int64_t busy = 0;
    std::int64_t set_aside = 0;
};

BOOST_DESCRIBE_STRUCT(RerunAnswer, (), (looked_at, items, processes, busy, set_aside))

inline constexpr std::array<std::string_view, 11> kIntakeWords{
    "new",
    "known",
    "left_out",
    "gone",
    "not_an_object",
    "paused",
    "unknown_bucket",
    "unconfirmed",
    "test",
    "restored",
    "not_followed"
};

struct IntakeRecord {
    std::string bucket;
    std::string key;
    Word<kIntakeWords> outcome;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(IntakeRecord, (), (bucket, key, outcome, sentence))

struct IntakeAnswer {
    int added = 0;
    std::vector<IntakeRecord> records;
};

BOOST_DESCRIBE_STRUCT(IntakeAnswer, (), (added, records))

}  // namespace notify::view
