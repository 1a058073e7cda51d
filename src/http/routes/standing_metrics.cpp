#include "http/routes/standing_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "http/exposition.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/node_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<std::vector<std::pair<std::string, BucketHold>>> HeldBuckets(const Snapshot& snapshot) {
    const auto buckets = snapshot.buckets.List();
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    std::vector<std::pair<std::string, BucketHold>> held;
    for (const auto& bucket : *buckets) {
        auto hold = snapshot.buckets.HoldOf(bucket.id);
        if (!hold) {
            return Unexpected(hold.error());
        }
        if (*hold) {
            held.emplace_back(bucket.name, std::move(**hold));
        }
    }
    return held;
}

std::string OfHeld(const Standing& standing) {
    auto text = MetricHead(
        "notifications_bucket_held",
        "gauge",
        "1 while a bucket is held back: its store refuses, or cannot be reached."
    );
    for (const auto& [bucket, hold] : standing.held) {
        text += fmt::format(
            "notifications_bucket_held{{bucket=\"{}\",reason=\"{}\"}} 1\n",
            LabelText(bucket),
            LabelText(hold.reason)
        );
    }
    return text;
}

std::string_view StateOf(const Endpoint& endpoint) {
    if (endpoint.active) {
        return endpoint.failing_since ? "failing" : "active";
    }
    return endpoint.disabled_reason.empty() ? "off" : "disabled";
}

std::string OfEndpoints(const Standing& standing) {
    auto text = MetricHead(
        "notifications_webhook_endpoints",
        "gauge",
        "Endpoints by state: off by people, disabled by the service, failing since the last try."
    );
    for (const std::string_view state : {"active", "failing", "disabled", "off"}) {
        text += fmt::format(
            "notifications_webhook_endpoints{{state=\"{}\"}} {}\n",
            state,
            std::ranges::count(standing.endpoints, state, StateOf)
        );
    }
    return text;
}

std::string OfNodes(const Standing& standing, Timestamp now) {
    auto text = MetricHead("notifications_nodes", "gauge", "Nodes that live, by role; one may have several.");
    for (const auto role : {Role::kApi, Role::kScheduler, Role::kWorker, Role::kDelivery}) {
        text += fmt::format(
            "notifications_nodes{{role=\"{}\"}} {}\n",
            ToString(role),
            std::ranges::count_if(standing.nodes, [&](const Node& node) { return node.roles.Has(role); })
        );
    }
    text += MetricHead("notifications_node_silent_seconds", "gauge", "Since a node was last heard of.");
    for (const auto& node : standing.nodes) {
        text += fmt::format(
            "notifications_node_silent_seconds{{node=\"{}\"}} {}\n",
            LabelText(node.name),
            std::chrono::duration<double>(std::max(now - node.heard_at, Timestamp::duration(0))).count()
        );
    }
    text += MetricHead("notifications_duty_held", "gauge", "1 while a node has the duty.");
    for (const auto role : {Role::kScheduler, Role::kDelivery}) {
        text += fmt::format(
            "notifications_duty_held{{duty=\"{}\"}} {}\n",
            ToString(role),
            std::ranges::count(standing.duties, role, &Duty::role)
        );
    }
    return text;
}

std::string OfPauses(const Standing& standing) {
    auto text = MetricHead("notifications_pauses", "gauge", "What people hold back, by what it is.");
    for (const auto of : {PauseOf::kEverything, PauseOf::kSource, PauseOf::kBucket, PauseOf::kNode}) {
        text += fmt::format(
            "notifications_pauses{{of=\"{}\"}} {}\n",
            ToString(of),
            std::ranges::count(standing.pauses, of, &Pause::of)
        );
    }
    return text;
}

}  // namespace

Result<Standing> ReadStanding(const Snapshot& snapshot, Timestamp now) {
    auto held = HeldBuckets(snapshot);
    auto endpoints = snapshot.deliveries.Endpoints();
    auto nodes = snapshot.nodes.List();
    auto duties = snapshot.nodes.Duties();
    auto pauses = snapshot.pauses.List(now);
    const auto dead_messages = snapshot.dead_messages.CountOpen();
    if (!held || !endpoints) {
        return Unexpected(held ? endpoints.error() : held.error());
    }
    if (!nodes || !duties) {
        return Unexpected(nodes ? duties.error() : nodes.error());
    }
    if (!pauses || !dead_messages) {
        return Unexpected(pauses ? dead_messages.error() : pauses.error());
    }
    std::erase_if(*nodes, [](const Node& node) { return node.roles == Roles(); });
    return Standing{
        .held = std::move(*held),
        .endpoints = std::move(*endpoints),
        .nodes = std::move(*nodes),
        .duties = std::move(*duties),
        .pauses = std::move(*pauses),
        .dead_messages = *dead_messages
    };
}

std::string OfStanding(const Standing& standing, Timestamp now) {
    return OfHeld(standing) + OfEndpoints(standing) + OfNodes(standing, now) + OfPauses(standing) +
           OneMetric(
               "notifications_dead_messages",
               "gauge",
               "Messages that were not understood and not replayed.",
               standing.dead_messages
           );
}

}  // namespace notify
