#pragma once

// What /metrics tells of how things stand: held buckets, endpoints, nodes, pauses, dead messages.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What one scrape reads of it.
struct Standing {
    std::vector<std::pair<std::string, BucketHold>> held;  ///< By the bucket's name.
    std::vector<Endpoint> endpoints;
    std::vector<Node> nodes;  ///< With a role: no commands.
    std::vector<Duty> duties;
    std::vector<Pause> pauses;
    std::int64_t dead_messages = 0;  ///< That were not replayed.
};

[[nodiscard]] Result<Standing> ReadStanding(const Snapshot& snapshot, Timestamp now);

/// In Prometheus' text exposition.
[[nodiscard]] std::string OfStanding(const Standing& standing, Timestamp now);

}  // namespace notify
