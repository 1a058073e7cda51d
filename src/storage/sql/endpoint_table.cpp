// DeliveryTable's endpoints and publications.

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/delivery_table.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO endpoint (id, url, description, types, origins, secrets, transport, active, disabled_reason,
                          failing_since, consecutive_failures, last_error, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kUpdateSql = R"sql(
    UPDATE endpoint
    SET url = ?, description = ?, types = ?, origins = ?, secrets = ?, transport = ?, active = ?,
        disabled_reason = ?, failing_since = ?, consecutive_failures = ?, last_error = ?
    WHERE id = ?)sql";
constexpr const char* kRemoveSql = "DELETE FROM endpoint WHERE id = ?";
constexpr const char* kCancelSql = R"sql(
    UPDATE delivery
    SET status = 'Cancelled', finished_at = ?2, last_error = 'the endpoint was removed'
    WHERE endpoint_id = ?1 AND status = 'Pending')sql";
constexpr const char* kGetSql = R"sql(
    SELECT id, url, description, types, origins, secrets, transport, active, disabled_reason, failing_since,
           consecutive_failures, last_error, created_at
    FROM endpoint WHERE id = ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, url, description, types, origins, secrets, transport, active, disabled_reason, failing_since,
           consecutive_failures, last_error, created_at
    FROM endpoint ORDER BY created_at, id)sql";
constexpr const char* kAddPublicationSql = R"sql(
    INSERT INTO publication (id, item_id, destination, format, written_digest) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (item_id, destination, format) DO NOTHING)sql";
constexpr const char* kPublicationOfSql =
    "SELECT id FROM publication WHERE item_id = ? AND destination = ? AND format = ?";
constexpr const char* kAskAgainSql = R"sql(
    UPDATE delivery SET attempt = 0, next_attempt_at = CASE WHEN next_attempt_at < ?1 THEN next_attempt_at ELSE ?1 END
    WHERE publication_id = ?2 AND publication_id <> '' AND status = 'Pending')sql";
constexpr const char* kQueueSql = R"sql(
    INSERT INTO delivery (id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence,
                          lease_owner, last_error, created_at)
    VALUES (?, 'publication', '', '', ?, 'Pending', 0, ?, 0, '', '', ?))sql";
constexpr const char* kGetPublicationSql = R"sql(
    SELECT id, item_id, destination, format, written_digest FROM publication WHERE id = ?)sql";
constexpr const char* kHasPublicationSql =
    "SELECT 1 FROM publication WHERE item_id = ? AND format <> 'status' LIMIT 1";
constexpr const char* kPublicationStatusSql = R"sql(
    SELECT coalesce(d.status, 'Completed')
    FROM publication p LEFT JOIN delivery d ON d.publication_id = p.id AND d.publication_id <> ''
    WHERE p.item_id = ? AND p.format = ? ORDER BY d.created_at DESC, d.id DESC LIMIT 1)sql";
constexpr const char* kSetPublicationSql = "UPDATE publication SET written_digest = ? WHERE id = ?";

Endpoint ReadEndpoint(Row& row) {
    Endpoint endpoint;
    endpoint.id = row.As<EndpointId>();
    endpoint.url = row.Text();
    endpoint.description = row.Text();
    endpoint.types = ListFromText(row.Text());
    endpoint.only = OriginsFromText(row.Text());
    endpoint.secrets = BytesListFromText(row.Text());
    endpoint.transport = FromBase64(row.Text()).value_or(std::string());
    endpoint.active = row.Bool();
    endpoint.disabled_reason = row.Text();
    endpoint.failing_since = row.OptionalTime();
    endpoint.consecutive_failures = row.Int();
    endpoint.last_error = row.Text();
    endpoint.created_at = row.Time();
    return endpoint;
}

Result<void> Found(const Result<int>& changed, std::string_view what, std::string_view id) {
    if (!changed) {
        return Unexpected(changed.error());
    }
    return *changed == 1 ? Result<void>{}
                         : Fail(ErrorCode::kNotFound, fmt::format("there is no {} {}", what, id));
}

}  // namespace

Result<void> DeliveryTable::AddEndpoint(const Endpoint& e) {
    return connection_
        .Change(
            kAddSql,
            e.id,
            e.url,
            e.description,
            ListToText(e.types),
            OriginsToText(e.only),
            BytesListToText(e.secrets),
            ToBase64(e.transport),
            e.active,
            e.disabled_reason,
            e.failing_since,
            e.consecutive_failures,
            e.last_error,
            e.created_at
        )
        .map([](int) {});
}

Result<void> DeliveryTable::UpdateEndpoint(const Endpoint& e) {
    const auto updated = connection_.Change(
        kUpdateSql,
        e.url,
        e.description,
        ListToText(e.types),
        OriginsToText(e.only),
        BytesListToText(e.secrets),
        ToBase64(e.transport),
        e.active,
        e.disabled_reason,
        e.failing_since,
        e.consecutive_failures,
        e.last_error,
        e.id
    );
    return Found(updated, "webhook endpoint", e.id.Value());
}

Result<void> DeliveryTable::RemoveEndpoint(const EndpointId& id) {
    if (auto cancelled = connection_.Change(kCancelSql, id, clock_.Now()); !cancelled) {
        return Unexpected(cancelled.error());
    }
    return Found(connection_.Change(kRemoveSql, id), "webhook endpoint", id.Value());
}

Result<Endpoint> DeliveryTable::GetEndpoint(const EndpointId& id) const {
    return connection_.First(kGetSql, ReadEndpoint, id).and_then([&](std::optional<Endpoint> endpoint) {
        return endpoint
                   ? Result<Endpoint>(std::move(*endpoint))
                   : Fail(ErrorCode::kNotFound, fmt::format("there is no webhook endpoint {}", id.Value()));
    });
}

Result<std::vector<Endpoint>> DeliveryTable::Endpoints() const {
    return connection_.Select(kListSql, ReadEndpoint);
}

Result<void> DeliveryTable::RequestPublication(const Publication& p, Timestamp now) {
    const auto added =
        connection_.Change(kAddPublicationSql, p.id, p.item_id, p.destination, p.format, p.written_digest);
    if (!added) {
        return Unexpected(added.error());
    }
    const auto id = connection_.First(
        kPublicationOfSql,
        [](Row& row) { return row.As<PublicationId>(); },
        p.item_id,
        p.destination,
        p.format
    );
    if (!id || !*id) {
        return id ? Fail(ErrorCode::kInternal, "a publication that was added is not there")
                  : Unexpected(id.error());
    }
    const auto waiting = connection_.Change(kAskAgainSql, now, **id);
    if (!waiting || *waiting > 0) {
        return waiting.map([](int) {});
    }
    return connection_.Change(kQueueSql, MakeId("dlv"), **id, now, now).map([](int) {});
}

Result<Publication> DeliveryTable::GetPublication(const PublicationId& id) const {
    const auto read = [](Row& row) {
        return Publication{
            .id = row.As<PublicationId>(),
            .item_id = row.As<ItemId>(),
            .destination = row.Text(),
            .format = row.Text(),
            .written_digest = row.Text(),
        };
    };
    return connection_.First(kGetPublicationSql, read, id)
        .and_then([&](std::optional<Publication> publication) {
            return publication
                       ? Result<Publication>(std::move(*publication))
                       : Fail(ErrorCode::kNotFound, fmt::format("there is no publication {}", id.Value()));
        });
}

Result<bool> DeliveryTable::HasPublication(const ItemId& id) const {
    return connection_.First(
                          kHasPublicationSql, [](Row& row) { return row.Int(); }, id
    )
        .map([](std::optional<int> found) { return found.has_value(); });
}

Result<std::optional<Status>> DeliveryTable::PublicationStatus(
    const ItemId& id, std::string_view format
) const {
    const auto read = [](Row& row) { return StatusFrom(row.Text()).value_or(Status::kCompleted); };
    return connection_.First(kPublicationStatusSql, read, id, format);
}

Result<void> DeliveryTable::SetPublication(const Publication& p) {
    return Found(connection_.Change(kSetPublicationSql, p.written_digest, p.id), "publication", p.id.Value());
}

}  // namespace notify::sql
