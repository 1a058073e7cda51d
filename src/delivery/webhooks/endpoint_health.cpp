#include "delivery/webhooks/endpoint_health.hpp"

#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<void> Disable(Transaction& transaction, Endpoint endpoint, std::string_view reason, Timestamp now) {
    endpoint.active = false;
    endpoint.disabled_reason = reason;
    if (auto updated = transaction.deliveries.UpdateEndpoint(endpoint); !updated) {
        return updated;
    }
    const Event event{
        .id = EventId(MakeId("msg")),
        .type = "endpoint.disabled",
        .subject = endpoint.id.Value(),
        .dedup_key = {},
        .at = now,
        .data = ToJsonText(
            boost::json::object{
                {"endpoint", endpoint.id.Value()},
                {"description", endpoint.description},
                {"reason", reason},
                {"consecutive_failures", endpoint.consecutive_failures}
            }
        )
    };
    return transaction.events.Append(event).map([](bool) {});
}

}  // namespace

Result<void> NoteTry(
    Transaction& transaction, const EndpointId& id, TryResult result, std::string_view sentence, Timestamp now
) {
    auto endpoint = transaction.deliveries.GetEndpoint(id);
    if (!endpoint) {
        return endpoint.error().code == ErrorCode::kNotFound ? Result<void>{} : Unexpected(endpoint.error());
    }
    if (result == TryResult::kSucceeded) {
        if (endpoint->consecutive_failures == 0 && !endpoint->failing_since) {
            return {};
        }
        endpoint->consecutive_failures = 0;
        endpoint->failing_since.reset();
        endpoint->last_error.clear();
        return transaction.deliveries.UpdateEndpoint(*endpoint);
    }
    ++endpoint->consecutive_failures;
    endpoint->last_error = sentence;
    const auto failing_since = endpoint->failing_since.value_or(now);
    endpoint->failing_since = failing_since;
    if (endpoint->active && result == TryResult::kGone) {
        return Disable(transaction, *endpoint, "the receiver answered 410 Gone", now);
    }
    if (endpoint->active && now - failing_since >= kDisableAfter) {
        return Disable(transaction, *endpoint, "every try of the last 5 days failed", now);
    }
    return transaction.deliveries.UpdateEndpoint(*endpoint);
}

}  // namespace notify
