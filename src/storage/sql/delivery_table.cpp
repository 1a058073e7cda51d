#include "storage/sql/delivery_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/delivery_row.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO delivery (id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence,
                          lease_owner, lease_until, last_error, created_at, finished_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kGetSql = R"sql(
    SELECT id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence, lease_owner,
           lease_until, last_error, created_at, finished_at
    FROM delivery WHERE id = ?)sql";
constexpr const char* kFinishSql = R"sql(
    UPDATE delivery
    SET status = ?, attempt = ?, next_attempt_at = ?, lease_owner = ?, lease_until = ?, last_error = ?, finished_at = ?
    WHERE id = ? AND status = 'Processing' AND fence = ?)sql";
constexpr const char* kAddAttemptSql = R"sql(
    INSERT INTO delivery_attempt (delivery_id, number, at, duration_ms, http_status, error, response)
    VALUES (?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kReleaseSql = R"sql(
    UPDATE delivery
    SET status = 'Pending', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END, lease_owner = '', lease_until = NULL
    WHERE status = 'Processing' AND (?1 = 1 OR lease_until < ?2))sql";
constexpr const char* kAttemptsSql = R"sql(
    SELECT delivery_id, number, at, duration_ms, http_status, error, response
    FROM delivery_attempt WHERE delivery_id = ? ORDER BY sequence)sql";
constexpr const char* kCountSql =
    "SELECT kind, status, count(*) FROM delivery GROUP BY kind, status ORDER BY kind, status";
constexpr const char* kEndedSql = "SELECT kind, status, count FROM delivery_count ORDER BY kind, status";
constexpr const char* kOneEndedSql = R"sql(
    INSERT INTO delivery_count (kind, status, count) VALUES (?, ?, 1)
    ON CONFLICT (kind, status) DO UPDATE SET count = delivery_count.count + 1)sql";
constexpr const char* kRemoveOldSql =
    "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE finished_at < ? ORDER BY finished_at "
    "LIMIT ?)";
constexpr const char* kCountOldSql = "SELECT count(*) FROM delivery WHERE finished_at < ?";

std::string_view KindText(DeliveryKind kind) {
    return kind == DeliveryKind::kWebhook ? "webhook" : "publication";
}

DeliveryCount ReadCount(Row& row) {
    DeliveryCount count;
    count.kind = row.Text() == "webhook" ? DeliveryKind::kWebhook : DeliveryKind::kPublication;
    count.status = StatusFrom(row.Text()).value_or(Status::kPending);
    count.count = row.Integer();
    return count;
}

/// A condition that is not asked for is left out, so that the index fits what is.
std::string ListSql(bool by_endpoint, bool by_event) {
    return fmt::format(
        R"sql(
    SELECT id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence, lease_owner,
           lease_until, last_error, created_at, finished_at
    FROM delivery
    WHERE (?1 = '' OR id < ?1) AND {} AND {} AND (?4 = '' OR status = ?4) AND (?5 = '' OR kind = ?5)
      AND (?7 IS NULL OR created_at >= ?7) AND (?8 IS NULL OR created_at < ?8)
    ORDER BY id DESC LIMIT ?6)sql",
        by_endpoint ? "endpoint_id = ?2" : "?2 = ''",
        by_event ? "event_id = ?3" : "?3 = ''"
    );
}

}  // namespace

Delivery ReadDelivery(Row& row) {
    Delivery d;
    d.id = row.As<DeliveryId>();
    d.kind = row.Text() == "webhook" ? DeliveryKind::kWebhook : DeliveryKind::kPublication;
    d.event_id = row.As<EventId>();
    d.endpoint_id = row.As<EndpointId>();
    d.publication_id = row.As<PublicationId>();
    d.status = StatusFrom(row.Text()).value_or(Status::kPending);
    d.attempt = row.Int();
    d.next_attempt_at = row.Time();
    d.fence = row.Integer();
    d.lease_owner = row.As<NodeId>();
    d.lease_until = row.OptionalTime();
    d.last_error = row.Text();
    d.created_at = row.Time();
    d.finished_at = row.OptionalTime();
    return d;
}

Result<void> DeliveryTable::Add(const Delivery& d) {
    return connection_
        .Change(
            kAddSql,
            d.id,
            KindText(d.kind),
            d.event_id,
            d.endpoint_id,
            d.publication_id,
            ToString(d.status),
            d.attempt,
            d.next_attempt_at,
            d.fence,
            d.lease_owner,
            d.lease_until,
            d.last_error,
            d.created_at,
            d.finished_at
        )
        .map([](int) {});
}

Result<Delivery> DeliveryTable::Get(const DeliveryId& id) const {
    return connection_.First(kGetSql, ReadDelivery, id).and_then([&](std::optional<Delivery> delivery) {
        return delivery ? Result<Delivery>(std::move(*delivery))
                        : Fail(ErrorCode::kNotFound, fmt::format("there is no delivery {}", id.Value()));
    });
}

Result<Page<Delivery>> DeliveryTable::List(const DeliveryFilter& filter, const PageRequest& page) const {
    const int limit = std::clamp(page.limit, 1, 200);
    const auto status = filter.status ? ToString(*filter.status) : std::string_view();
    const auto kind = filter.kind ? KindText(*filter.kind) : std::string_view();
    static const std::array<std::string, 4> list_sql{
        ListSql(false, false), ListSql(false, true), ListSql(true, false), ListSql(true, true)
    };
    const auto& sql =
        list_sql.at((filter.endpoint_id.IsEmpty() ? 0U : 2U) + (filter.event_id.IsEmpty() ? 0U : 1U));
    return connection_
        .Select(
            sql.c_str(),
            ReadDelivery,
            page.after,
            filter.endpoint_id,
            filter.event_id,
            status,
            kind,
            limit + 1,
            filter.since,
            filter.until
        )
        .map([&](std::vector<Delivery> rows) {
            Page<Delivery> found{.rows = std::move(rows), .next = {}};
            if (found.rows.size() > static_cast<std::size_t>(limit)) {
                found.rows.pop_back();
                found.next = found.rows.back().id.Value();
            }
            return found;
        });
}

Result<std::vector<DeliveryCount>> DeliveryTable::Count() const {
    return connection_.Select(kCountSql, ReadCount);
}

Result<std::vector<DeliveryCount>> DeliveryTable::Ended() const {
    return connection_.Select(kEndedSql, ReadCount);
}

Result<bool> DeliveryTable::Finish(
    const Delivery& d, std::int64_t fence, const std::optional<DeliveryAttempt>& attempt
) {
    const auto finished = connection_.Change(
        kFinishSql,
        ToString(d.status),
        d.attempt,
        d.next_attempt_at,
        d.lease_owner,
        d.lease_until,
        d.last_error,
        d.finished_at,
        d.id,
        fence
    );
    if (!finished) {
        return Unexpected(finished.error());
    }
    if (*finished == 1 && IsTerminal(d.status)) {
        if (auto counted = connection_.Change(kOneEndedSql, KindText(d.kind), ToString(d.status)); !counted) {
            return Unexpected(counted.error());
        }
    }
    if (*finished == 0 || !attempt) {
        return *finished == 1;
    }
    return connection_
        .Change(
            kAddAttemptSql,
            d.id,
            attempt->number,
            attempt->at,
            attempt->duration,
            attempt->http_status,
            attempt->error,
            Blob{attempt->response}
        )
        .map([](int) { return true; });
}

Result<int> DeliveryTable::Release(Timestamp now, bool all) {
    return connection_.Change(kReleaseSql, all, now);
}

Result<std::vector<DeliveryAttempt>> DeliveryTable::Attempts(const DeliveryId& id) const {
    const auto read = [](Row& row) {
        return DeliveryAttempt{
            .delivery_id = row.As<DeliveryId>(),
            .number = row.Int(),
            .at = row.Time(),
            .duration = row.Duration(),
            .http_status = row.Int(),
            .error = row.Text(),
            .response = row.Bytes(),
        };
    };
    return connection_.Select(kAttemptsSql, read, id);
}

Result<int> DeliveryTable::RemoveOld(Timestamp before, int limit) {
    return connection_.Change(kRemoveOldSql, before, limit);
}

Result<std::int64_t> DeliveryTable::CountOld(Timestamp before) const {
    return connection_.First(
                          kCountOldSql, [](Row& row) { return row.Integer(); }, before
    )
        .map([](std::optional<std::int64_t> count) { return count.value_or(0); });
}

}  // namespace notify::sql
