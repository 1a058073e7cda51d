// /metrics: Prometheus text exposition, format 0.0.4.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/news.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/exposition.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/activity_metrics.hpp"
#include "http/routes/costly_count.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/standing_metrics.hpp"
#include "queue/messages/queue_reader.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/news_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::array kTerminal{Status::kCompleted, Status::kFailed, Status::kCancelled, Status::kSkipped};

/// Each item and each delivery that is there is counted for these.
struct RowCounts {
    std::vector<std::pair<std::string, std::map<Status, std::int64_t>>> items;  ///< By the bucket's name.
    std::vector<DeliveryCount> deliveries;
};

/// What one scrape reads.
struct Counts {
    RowCounts rows;
    std::vector<ProcessCount> processes;
    std::vector<DeliveryCount> deliveries_ended;
    QueueDepth depth;
    std::vector<NewsCount> news;
    Standing standing;
};

Result<RowCounts> CountRows(const Snapshot& snapshot) {
    const auto buckets = snapshot.buckets.List();
    auto deliveries = snapshot.deliveries.Count();
    if (!buckets || !deliveries) {
        return Unexpected(buckets ? deliveries.error() : buckets.error());
    }
    RowCounts rows{.items = {}, .deliveries = std::move(*deliveries)};
    for (const auto& bucket : *buckets) {
        auto of_bucket = snapshot.items.CountByStatus(bucket.id);
        if (!of_bucket) {
            return Unexpected(of_bucket.error());
        }
        rows.items.emplace_back(bucket.name, std::move(*of_bucket));
    }
    return rows;
}

Result<Counts> Read(const Snapshot& snapshot, Timestamp now) {
    auto processes = snapshot.processes.Count();
    auto ended = snapshot.deliveries.Ended();
    const auto depth = snapshot.processes.Depth(now);
    if (!processes || !ended || !depth) {
        return Unexpected(!processes ? processes.error() : !ended ? ended.error() : depth.error());
    }
    auto news = snapshot.news.Count();
    auto standing = ReadStanding(snapshot, now);
    if (!news || !standing) {
        return Unexpected(news ? standing.error() : news.error());
    }
    return Counts{
        .rows = {},
        .processes = std::move(*processes),
        .deliveries_ended = std::move(*ended),
        .depth = *depth,
        .news = std::move(*news),
        .standing = std::move(*standing)
    };
}

std::string OfItems(const Counts& counts) {
    auto text = MetricHead("notifications_items", "gauge", "Items by bucket and status.");
    for (const auto& [bucket, by_status] : counts.rows.items) {
        for (std::size_t i = 0; i < kStatusWords.size(); ++i) {
            const auto found = by_status.find(static_cast<Status>(i));
            text += fmt::format(
                "notifications_items{{bucket=\"{}\",status=\"{}\"}} {}\n",
                LabelText(bucket),
                kStatusWords.at(i),
                found == by_status.end() ? 0 : found->second
            );
        }
    }
    return text;
}

std::string OfProcesses(const Counts& counts) {
    auto text = MetricHead(
        "notifications_processes",
        "gauge",
        "Processes by processor and status: every run there is, ended ones too."
    );
    for (const auto& row : counts.processes) {
        text += fmt::format(
            "notifications_processes{{processor=\"{}\",status=\"{}\"}} {}\n",
            LabelText(row.processor),
            ToString(row.status),
            row.count
        );
    }
    return text;
}

/// Also what is 0: of a counter that begins to be told with its first 1 nobody sees that it rose.
std::string OfProcessesEnded(const Counts& counts) {
    auto text = MetricHead(
        "notifications_processes_ended_total",
        "counter",
        "Processes that ever ended, on any node, by processor and status."
    );
    std::map<std::string, std::map<Status, std::int64_t>> ended;
    for (const auto& row : counts.processes) {
        ended[row.processor][row.status] = row.ended;
    }
    for (auto& [processor, by_status] : ended) {
        for (const auto status : kTerminal) {
            text += fmt::format(
                "notifications_processes_ended_total{{processor=\"{}\",status=\"{}\"}} {}\n",
                LabelText(processor),
                ToString(status),
                by_status[status]
            );
        }
    }
    return text;
}

std::string_view WordOf(DeliveryKind kind) {
    return kind == DeliveryKind::kWebhook ? "webhook" : "publication";
}

std::string OfDeliveries(const Counts& counts) {
    auto text =
        MetricHead("notifications_deliveries", "gauge", "Deliveries that are kept, by kind and status.");
    for (const auto& row : counts.rows.deliveries) {
        text += fmt::format(
            "notifications_deliveries{{kind=\"{}\",status=\"{}\"}} {}\n",
            WordOf(row.kind),
            ToString(row.status),
            row.count
        );
    }
    return text;
}

/// Also what is 0, as of processes.
std::string OfDeliveriesEnded(const Counts& counts) {
    auto text = MetricHead(
        "notifications_deliveries_ended_total",
        "counter",
        "Deliveries that ever ended after they were tried, by kind and status."
    );
    std::map<std::pair<DeliveryKind, Status>, std::int64_t> ended;
    for (const auto& row : counts.deliveries_ended) {
        ended[{row.kind, row.status}] = row.count;
    }
    for (const auto kind : {DeliveryKind::kWebhook, DeliveryKind::kPublication}) {
        for (const auto status : kTerminal) {
            text += fmt::format(
                "notifications_deliveries_ended_total{{kind=\"{}\",status=\"{}\"}} {}\n",
                WordOf(kind),
                ToString(status),
                ended[{kind, status}]
            );
        }
    }
    return text;
}

std::string OfNews(const Counts& counts) {
    auto text = MetricHead(
        "notifications_news",
        "gauge",
        "What messages told of and is still to be looked at, by kind and state."
    );
    for (const auto& row : counts.news) {
        text += fmt::format(
            "notifications_news{{kind=\"{0}\",state=\"due\"}} {1}\n"
            "notifications_news{{kind=\"{0}\",state=\"delayed\"}} {2}\n",
            ToString(row.kind),
            row.count - row.delayed,
            row.delayed
        );
    }
    return text;
}

std::string OfQueue(const QueueDepth& depth, Timestamp now) {
    const auto age = depth.oldest_created_at ? now - *depth.oldest_created_at : Timestamp::duration(0);
    return OneMetric(
               "notifications_queue_ready", "gauge", "Processes that wait for a worker now.", depth.ready
           ) +
           OneMetric(
               "notifications_queue_delayed", "gauge", "Processes that are tried later.", depth.delayed
           ) +
           OneMetric(
               "notifications_oldest_pending_seconds",
               "gauge",
               "Age of the oldest process that waits.",
               std::chrono::duration<double>(age).count()
           );
}

/// Of each queue of messages; nothing where there is none.
std::string OfMessages(const std::vector<QueueState>& queues, Timestamp now) {
    struct Row {
        std::string_view name;
        std::string_view type;
        std::string_view help;
        std::function<double(const QueueState&)> value;
    };

    static const std::array<Row, 5> rows{{
        {.name = "received_total",
         .type = "counter",
         .help = "Messages that queues gave.",
         .value = [](const QueueState& queue) { return static_cast<double>(queue.received); }},
        {.name = "deleted_total",
         .type = "counter",
         .help = "Messages that were taken in and deleted.",
         .value = [](const QueueState& queue) { return static_cast<double>(queue.deleted); }},
        {.name = "known_total",
         .type = "counter",
         .help = "News in messages that had been told before.",
         .value = [](const QueueState& queue) { return static_cast<double>(queue.known); }},
        {.name = "dead_total",
         .type = "counter",
         .help = "Messages that were not understood, each time that they came.",
         .value = [](const QueueState& queue) { return static_cast<double>(queue.dead); }},
        {.name = "unreadable",
         .type = "gauge",
         .help = "1 while the queue cannot be read.",
         .value = [](const QueueState& queue) { return queue.sentence.empty() ? 0.0 : 1.0; }},
    }};
    std::string text;
    for (const auto& row : queues.empty() ? std::span<const Row>() : std::span<const Row>(rows)) {
        const auto name = fmt::format("notifications_messages_{}", row.name);
        text += MetricHead(name, row.type, row.help);
        for (const auto& queue : queues) {
            text += fmt::format("{}{{source=\"{}\"}} {}\n", name, LabelText(queue.source), row.value(queue));
        }
    }
    if (!queues.empty()) {
        text += MetricHead(
            "notifications_messages_oldest_seconds", "gauge", "Age of the oldest message that came last."
        );
    }
    for (const auto& queue : queues) {
        text += fmt::format(
            "notifications_messages_oldest_seconds{{source=\"{}\"}} {}\n",
            LabelText(queue.source),
            OldestAge(queue, now).count()
        );
    }
    return text;
}

Response Metrics(const Request& request, const ApiParts& parts, CostlyCount<RowCounts>& row_counts) {
    const auto now = parts.clock.Now();
    auto rows = row_counts.Get([&] { return parts.storage.Read(CountRows); });
    auto counts = parts.storage.Read([&](const Snapshot& snapshot) { return Read(snapshot, now); });
    if (!counts || !rows) {
        return Problem(counts ? rows.error() : counts.error(), request.id);
    }
    counts->rows = *std::move(rows);
    return {
        .content_type = "text/plain; version=0.0.4",
        .body = OfItems(*counts) + OfProcesses(*counts) + OfProcessesEnded(*counts) + OfDeliveries(*counts) +
                OfDeliveriesEnded(*counts) + OfNews(*counts) + OfStanding(counts->standing, now) +
                OfQueue(counts->depth, now) + OfMessages(parts.queues(), now) + OfActivity(parts.activity())
    };
}

}  // namespace

void AddMetricsRoutes(Router& router, const ApiParts& parts) {
    const auto row_counts = std::make_shared<CostlyCount<RowCounts>>(parts.clock);
    router.Add(
        {.method = "GET",
         .pattern = "/metrics",
         .scope = Scope::kRead,
         .tag = "health",
         .summary = "Metrics",
         .description =
             "Prometheus text: items by bucket and status, processes by processor and status, "
             "deliveries by kind "
             "and status, how many of both ever ended, news of messages that waits, what waits and since "
             "when, what queues of "
             "messages gave, held buckets, endpoints, nodes, pauses, workers, children, how long what was "
             "claimed had been ready, rescues, lost leases, room, the version. Of items and deliveries, each "
             "of "
             "which is counted, the numbers may be older: what took longer than 250 ms to count is kept for "
             "thirty times as long, at most 15 minutes, and who comes while they are counted is given the "
             "last ones.",
         .media_types = {"text/plain"},
         .handle = [parts, row_counts](Request& r) { return Metrics(r, parts, *row_counts); }}
    );
}

}  // namespace notify
