// DeliveryTable::Claim and NextReadyAt: the oldest ready deliveries, with a bound for each endpoint.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/delivery_row.hpp"
#include "storage/sql/delivery_table.hpp"

namespace notify::sql {

namespace {

// For whom something waits: jumps from endpoint to endpoint in the index, so that a backlog of one costs
// nothing. Publications are the endpoint ''. A paused one is left alone, whatever waits for it; what waits
// for a disabled one is to be cancelled.
constexpr std::string_view kWaiting = R"sql(
    WITH RECURSIVE found (endpoint_id) AS (
        SELECT min(endpoint_id) FROM delivery WHERE status = 'Pending'
        UNION ALL
        SELECT (SELECT min(d.endpoint_id) FROM delivery d
                WHERE d.status = 'Pending' AND d.endpoint_id > found.endpoint_id)
        FROM found WHERE found.endpoint_id IS NOT NULL
    ),
    waiting (endpoint_id) AS (
        SELECT endpoint_id FROM found
        WHERE endpoint_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM endpoint e
                          WHERE e.id = found.endpoint_id AND e.active = 0 AND e.disabled_reason = '')
    ))sql";
constexpr std::string_view kHeldByEach = R"sql(
    SELECT endpoint_id,
           (SELECT count(*) FROM delivery h INDEXED BY delivery_held
            WHERE h.status = 'Processing' AND h.endpoint_id = waiting.endpoint_id)
    FROM waiting)sql";
constexpr std::string_view kNextOfAll = R"sql(
    SELECT min(next_of_each)
    FROM (SELECT (SELECT min(d.next_attempt_at) FROM delivery d
                  WHERE d.status = 'Pending' AND d.endpoint_id = waiting.endpoint_id) AS next_of_each
          FROM waiting) AS of_each)sql";
constexpr const char* kReadySql = R"sql(
    SELECT d.id, d.next_attempt_at, '', '' FROM delivery d
    WHERE d.status = 'Pending' AND d.endpoint_id = ?1 AND d.next_attempt_at <= ?2
    ORDER BY d.next_attempt_at, d.id LIMIT ?3)sql";
// two of one publication, or of two versions of one object, would write the same file at once
constexpr const char* kReadyPublicationsSql = R"sql(
    SELECT d.id, d.next_attempt_at, i.bucket_id, i.key
    FROM delivery d LEFT JOIN publication p ON p.id = d.publication_id LEFT JOIN item i ON i.id = p.item_id
    WHERE d.status = 'Pending' AND d.endpoint_id = ?1 AND d.next_attempt_at <= ?2
      AND NOT EXISTS (SELECT 1
                      FROM delivery h INDEXED BY delivery_held
                      JOIN publication hp ON hp.id = h.publication_id
                      JOIN item hi ON hi.id = hp.item_id
                      WHERE h.status = 'Processing' AND h.endpoint_id = d.endpoint_id
                        AND hi.bucket_id = i.bucket_id AND hi.key = i.key)
    ORDER BY d.next_attempt_at, d.id LIMIT ?3)sql";
constexpr const char* kHoldSql = R"sql(
    UPDATE delivery
    SET status = 'Processing', attempt = attempt + 1, fence = fence + 1, lease_owner = ?, lease_until = ?
    WHERE id = ? AND status = 'Pending'
    RETURNING id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence, lease_owner,
              lease_until, last_error, created_at, finished_at)sql";

struct Candidate {
    DeliveryId id;
    Timestamp next_attempt_at;
    std::pair<std::string, std::string> writes;  ///< Bucket and key; empty for a webhook.
    int place = 0;                               ///< Among those of its endpoint.
};

/// The oldest ready ones of one endpoint, at most `room`.
Result<std::vector<Candidate>> ReadyOf(
    Connection& connection, const std::string& endpoint, int room, Timestamp now
) {
    int place = 0;
    auto rows = connection.Select(
        endpoint.empty() ? kReadyPublicationsSql : kReadySql,
        [&](Row& row) {
            Candidate candidate;
            candidate.id = row.As<DeliveryId>();
            candidate.next_attempt_at = row.Time();
            candidate.writes.first = row.Text();
            candidate.writes.second = row.Bytes();
            candidate.place = ++place;
            return candidate;
        },
        endpoint,
        now,
        room
    );
    if (rows) {
        std::set<std::pair<std::string, std::string>> seen;
        std::erase_if(*rows, [&](const Candidate& row) {
            return !row.writes.first.empty() && !seen.insert(row.writes).second;
        });
    }
    return rows;
}

/// Those that may be taken now, each endpoint's first before any endpoint's second.
Result<std::vector<Candidate>> Candidates(Connection& connection, int most, int per_endpoint, Timestamp now) {
    static const auto waiting_sql = fmt::format("{}{}", kWaiting, kHeldByEach);
    const auto waiting = connection.Select(waiting_sql.c_str(), [](Row& row) {
        auto endpoint = row.Text();
        return std::pair(std::move(endpoint), row.Int());
    });
    if (!waiting) {
        return Unexpected(waiting.error());
    }
    std::vector<Candidate> all;
    for (const auto& [endpoint, held] : *waiting) {
        const int room = std::min(most, per_endpoint - held);
        auto ready = room > 0 ? ReadyOf(connection, endpoint, room, now) : std::vector<Candidate>();
        if (!ready) {
            return ready;
        }
        std::ranges::move(*ready, std::back_inserter(all));
    }
    std::ranges::sort(all, {}, [](const Candidate& row) {
        return std::tuple(row.place, row.next_attempt_at, row.id);
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(most)));
    return all;
}

}  // namespace

Result<std::vector<Delivery>> DeliveryTable::Claim(
    const NodeId& node, int max, int per_endpoint, Timestamp now, std::chrono::milliseconds lease
) {
    const auto candidates = Candidates(connection_, std::max(max, 0), per_endpoint, now);
    if (!candidates) {
        return Unexpected(candidates.error());
    }
    std::vector<Delivery> claimed;
    for (const auto& candidate : *candidates) {
        auto taken = connection_.Select(kHoldSql, ReadDelivery, node, now + lease, candidate.id);
        if (!taken) {
            return taken;
        }
        std::ranges::move(*taken, std::back_inserter(claimed));
    }
    return claimed;
}

Result<std::optional<Timestamp>> DeliveryTable::NextReadyAt(Timestamp now) const {
    static const auto next_sql = fmt::format("{}{}", kWaiting, kNextOfAll);
    return connection_.First(
                          next_sql.c_str(), [](Row& row) { return row.OptionalTime(); }
    ).map([&](const std::optional<std::optional<Timestamp>>& row) {
        const auto next = row.value_or(std::nullopt);
        return next ? std::optional(std::max(*next, now)) : next;
    });
}

}  // namespace notify::sql
