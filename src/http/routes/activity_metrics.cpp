#include "http/routes/activity_metrics.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "core/log.hpp"
#include "domain/retention.hpp"
#include "http/api.hpp"
#include "http/exposition.hpp"
#include "http/version.hpp"
#include "queue/claim_waits.hpp"

namespace notify {

namespace {

std::string OfClaims(const ClaimWaits& waits) {
    constexpr std::string_view kName = "notifications_claim_wait_seconds";
    auto text =
        MetricHead(kName, "histogram", "How long what this node claimed had been ready; pauses count.");
    for (std::size_t i = 0; i < ClaimWaits::kEnds.size(); ++i) {
        text +=
            fmt::format("{}_bucket{{le=\"{}\"}} {}\n", kName, ClaimWaits::kEnds.at(i), waits.within.at(i));
    }
    return text + fmt::format(
                      "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n",
                      kName,
                      waits.count,
                      waits.sum.count()
                  );
}

std::string OfRecovery(const Activity& activity) {
    return OneMetric(
               "notifications_rescues_total",
               "counter",
               "Processes whose lease was over and that this node gave back.",
               activity.rescues
           ) +
           OneMetric(
               "notifications_nodes_given_up_total",
               "counter",
               "Nodes that were gone and that this node gave up.",
               activity.nodes_given_up
           ) +
           OneMetric(
               "notifications_leases_lost_total",
               "counter",
               "Times that this node could not extend its leases and stopped its work.",
               activity.leases_lost
           );
}

std::string OfRemoved(const RemovedRows& removed) {
    auto text = MetricHead(
        "notifications_removed_rows_total", "counter", "Rows that this node removed because they were old."
    );
    for (const auto& kind : kRemovedKinds) {
        text += fmt::format(
            "notifications_removed_rows_total{{kind=\"{}\"}} {}\n", kind.word, removed.*kind.rows
        );
    }
    return text;
}

/// Nothing where it cannot be told.
std::string OfSpace(const std::optional<std::filesystem::space_info>& space) {
    return space ? OneMetric(
                       "notifications_data_free_bytes", "gauge", "Room left in DATA_DIR.", space->available
                   ) +
                       OneMetric(
                           "notifications_data_size_bytes",
                           "gauge",
                           "Size of the file system of DATA_DIR.",
                           space->capacity
                       )
                 : std::string();
}

}  // namespace

std::string OfActivity(const Activity& activity) {
    return OfClaims(activity.claim_waits) + OfRecovery(activity) + OfRemoved(activity.removed) +
           OfSpace(activity.space) +
           OneMetric(
               "notifications_workers", "gauge", "Items that may be processed at once.", activity.workers
           ) +
           OneMetric("notifications_workers_busy", "gauge", "Items that are processed now.", activity.busy) +
           OneMetric(
               "notifications_children_started_total",
               "counter",
               "Sandboxed children that were started: one more for each restart.",
               activity.children_started
           ) +
           OneMetric(
               "notifications_database_commits_total", "counter", "Commits of the database.", activity.commits
           ) +
           OneMetric(
               "notifications_database_closures_total",
               "counter",
               "What was written in them: many share a commit.",
               activity.closures
           ) +
           OneMetric(
               "notifications_log_lines_dropped_total",
               "counter",
               "Log lines that nobody took.",
               DroppedLogLines()
           ) +
           MetricHead("notifications_build_info", "gauge", "Which program this is.") +
           fmt::format("notifications_build_info{{version=\"{}\"}} 1\n", kVersion);
}

}  // namespace notify
