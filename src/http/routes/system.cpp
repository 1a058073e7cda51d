// /v1/system: the service as a whole.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/version.hpp"
#include "http/views_system.hpp"
#include "queue/item_control.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

struct Kept {
    std::vector<ProcessCount> processes;
    QueueDepth depth;
    std::int64_t dead_messages = 0;
};

Result<Kept> ReadKept(const Snapshot& snapshot, Timestamp now) {
    auto processes = snapshot.processes.Count();
    const auto depth = snapshot.processes.Depth(now);
    const auto dead_messages = snapshot.dead_messages.CountOpen();
    if (!processes || !depth) {
        return Unexpected(processes ? depth.error() : processes.error());
    }
    return dead_messages.map([&](std::int64_t count) {
        return Kept{.processes = std::move(*processes), .depth = *depth, .dead_messages = count};
    });
}

std::vector<view::StatusCount> ByStatus(const std::vector<ProcessCount>& processes) {
    std::vector<view::StatusCount> counts;
    counts.reserve(kStatusWords.size());
    for (const auto word : kStatusWords) {
        counts.push_back({.status = std::string(word)});
    }
    for (const auto& row : processes) {
        counts.at(static_cast<std::size_t>(row.status)).processes += row.count;
    }
    return counts;
}

view::SystemView Show(const Kept& kept, const Activity& activity, const std::optional<Standstill>& still) {
    const auto& waits = activity.claim_waits;
    return {
        .version = std::string(kVersion),
        .standstill = still ? std::optional(still->sentence) : std::nullopt,
        .queue = ByStatus(kept.processes),
        .ready = kept.depth.ready,
        .delayed = kept.depth.delayed,
        .oldest_pending_since = TextOf(kept.depth.oldest_created_at),
        .workers = activity.workers,
        .busy = activity.busy,
        .claimed = waits.count,
        .mean_claim_wait_seconds =
            waits.count == 0 ? 0.0 : waits.sum.count() / static_cast<double>(waits.count),
        .rescues = activity.rescues,
        .nodes_given_up = activity.nodes_given_up,
        .leases_lost = activity.leases_lost,
        .dead_messages = kept.dead_messages,
        .data_free_bytes = activity.space
                               ? std::optional(static_cast<std::int64_t>(activity.space->available))
                               : std::nullopt
    };
}

Response System(const ApiParts& parts, const Request& request) {
    const auto kept =
        parts.storage.Read([&](const Snapshot& snapshot) { return ReadKept(snapshot, parts.clock.Now()); });
    return Answer(request, kept, [&](const Kept& read) {
        return Show(read, parts.activity(), parts.standstill());
    });
}

}  // namespace

void AddSystemRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/system",
         .scope = Scope::kRead,
         .tag = "health",
         .summary = "How the service does",
         .description = "What waits and since when, of the whole database; workers, claims, rescues and lost "
                        "leases of the "
                        "node that answers, since its start. The same as figures for a monitor: /metrics.",
         .answer = &described::Schema<view::SystemView>,
         .handle = [parts](Request& r) { return System(parts, r); }}
    );
}

}  // namespace notify
