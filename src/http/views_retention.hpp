#pragma once

// What the API takes and shows of what is removed because it is old. Described structs, from which JSON,
// validation and OpenAPI come.

#include <cstdint>
#include <optional>

#include "http/described.hpp"

namespace notify::view {

struct RetentionRun {
    std::optional<bool> dry_run;
};

BOOST_DESCRIBE_STRUCT(RetentionRun, (), (dry_run))

struct RemovedRows {
    std::int64_t items = 0;
    std::int64_t processes = 0;
    std::int64_t results = 0;
    std::int64_t history = 0;
    std::int64_t events = 0;
    std::int64_t deliveries = 0;
    std::int64_t dead_messages = 0;
};

BOOST_DESCRIBE_STRUCT(
    RemovedRows, (), (items, processes, results, history, events, deliveries, dead_messages)
)

}  // namespace notify::view
