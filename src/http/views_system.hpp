#pragma once

// What the API shows of the service as a whole. Described structs, from which JSON and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"

namespace notify::view {

struct StatusCount {
    std::string status;
    std::int64_t processes = 0;
};

BOOST_DESCRIBE_STRUCT(StatusCount, (), (status, processes))

struct SystemView {
    std::string version;
    std::optional<std::string> standstill;
    std::vector<StatusCount> queue;
    std::int64_t ready = 0;
    std::int64_t delayed = 0;
    std::optional<std::string> oldest_pending_since;
    int workers = 0;
    int busy = 0;
    std::int64_t claimed = 0;
    double mean_claim_wait_seconds = 0;
    std::int64_t rescues = 0;
    std::int64_t nodes_given_up = 0;
    std::int64_t leases_lost = 0;
    std::int64_t dead_messages = 0;
    std::optional<std::int64_t> data_free_bytes;
};

BOOST_DESCRIBE_STRUCT(
    SystemView,
    (),
    (version,
     standstill,
     queue,
     ready,
     delayed,
     oldest_pending_since,
     workers,
     busy,
     claimed,
     mean_claim_wait_seconds,
     rescues,
     nodes_given_up,
     leases_lost,
     dead_messages,
     data_free_bytes)
)

}  // namespace notify::view
