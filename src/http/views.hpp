#pragma once

// What the API shows and takes of items, processes, results and processors.
// Described structs, from which JSON, validation and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "http/words.hpp"

namespace notify::view {

struct FailureView {
    std::string code;
    std::string stage;
    std::string reason;
    std::string message;
    bool will_retry = false;
};

BOOST_DESCRIBE_STRUCT(FailureView, (), (code, stage, reason, message, will_retry))

struct LookedAtView {
    std::string rendition;
    std::string id;
    std::optional<std::int64_t> lines;
    std::string warning;
};

BOOST_DESCRIBE_STRUCT(LookedAtView, (), (rendition, id, lines, warning))

struct LongWorkView {
    std::int64_t media_ms = 0;
    std::int64_t resumed_at_ms = 0;
    int gave_way = 0;
};

BOOST_DESCRIBE_STRUCT(LongWorkView, (), (media_ms, resumed_at_ms, gave_way))

struct ProcessView {
    std::string id;
    std::string item;
    std::string processor;
    boost::json::value config;
    std::optional<std::string> rule;
    int run = 1;
    Word<kStatusWords> status;
    std::string since;
    int attempt = 0;
    int max_attempts = 0;
    int crashes = 0;
    int rescues = 0;
    int releases = 0;
    std::optional<std::string> next_attempt_at;
    double progress = 0;
    bool cancel_requested = false;
    std::optional<FailureView> failure;
    std::optional<LookedAtView> looked_at;
    std::optional<LongWorkView> long_work;
    std::optional<std::string> result;
    std::string created_at;
    std::optional<std::string> started_at;
    std::optional<std::string> finished_at;
};

BOOST_DESCRIBE_STRUCT(
    ProcessView,
    (),
    (id,
     item,
     processor,
     config,
     rule,
     run,
     status,
     since,
     attempt,
     max_attempts,
     crashes,
     rescues,
     releases,
     next_attempt_at,
     progress,
     cancel_requested,
     failure,
     looked_at,
     long_work,
     result,
     created_at,
     started_at,
     finished_at)
)

struct ChangeView {
    std::string at;
    Word<kStatusWords> status;
    std::string process;
    int attempt = 0;
    std::string reason_code;
    std::string reason;
};

BOOST_DESCRIBE_STRUCT(ChangeView, (), (at, status, process, attempt, reason_code, reason))

struct ItemRow {
    std::string id;
    std::string bucket;
    std::string key;
    std::string version;
    std::int64_t size_bytes = 0;
    std::string modified_at;
    std::string media_type;
    std::string content_sha256;
    Word<kStatusWords> status;
    std::string since;
    Word<kBlockedByWords> blocked_by;
    std::optional<double> progress;
    std::string reason_code;
    std::string reason;
    std::int64_t state_version = 0;
    std::string discovered_at;
    std::optional<std::string> removed_at;
};

BOOST_DESCRIBE_STRUCT(
    ItemRow,
    (),
    (id,
     bucket,
     key,
     version,
     size_bytes,
     modified_at,
     media_type,
     content_sha256,
     status,
     since,
     blocked_by,
     progress,
     reason_code,
     reason,
     state_version,
     discovered_at,
     removed_at)
)

struct ItemView : ItemRow {
    int attempt = 0;
    std::optional<std::string> next_attempt_at;
    std::vector<std::string> why;
    std::vector<ProcessView> processes;
    std::vector<ChangeView> history;
};

BOOST_DESCRIBE_STRUCT(ItemView, (ItemRow), (attempt, next_attempt_at, why, processes, history))

struct ItemList {
    std::vector<ItemRow> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(ItemList, (), (rows, next))

struct CountView {
    int processes = 0;
};

BOOST_DESCRIBE_STRUCT(CountView, (), (processes))

struct ItemsDoneView {
    int items = 0;
    int processes = 0;
    int left_alone = 0;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(ItemsDoneView, (), (items, processes, left_alone, next))

struct ArtifactView {
    std::string name;
    std::string media_type;
    std::int64_t size_bytes = 0;
    bool sealed = false;
};

BOOST_DESCRIBE_STRUCT(ArtifactView, (), (name, media_type, size_bytes, sealed))

struct ResultView {
    std::string id;
    std::string processor;
    std::string processor_version;
    std::string lineage_key;
    std::string content_sha256;
    std::string model_digest;
    std::string config_hash;
    std::string embedding_model;
    boost::json::value document;
    std::string document_sha256;
    std::vector<ArtifactView> artifacts;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(
    ResultView,
    (),
    (id,
     processor,
     processor_version,
     lineage_key,
     content_sha256,
     model_digest,
     config_hash,
     embedding_model,
     document,
     document_sha256,
     artifacts,
     created_at)
)

struct ProcessorView {
    std::string name;
    std::string version;
    std::string title;
    std::string description;
    std::vector<std::string> media_types;
    boost::json::value config_schema;
    bool biometric = false;
};

BOOST_DESCRIBE_STRUCT(
    ProcessorView, (), (name, version, title, description, media_types, config_schema, biometric)
)

struct ProcessorList {
    std::vector<ProcessorView> rows;
};

BOOST_DESCRIBE_STRUCT(ProcessorList, (), (rows))

struct LiveView {
    std::string status;
};

BOOST_DESCRIBE_STRUCT(LiveView, (), (status))

struct HealthView {
    std::string status;
    std::string database;
    std::string sandbox;
    std::string sandbox_note;
    std::string models;
};

BOOST_DESCRIBE_STRUCT(HealthView, (), (status, database, sandbox, sandbox_note, models))

}  // namespace notify::view
