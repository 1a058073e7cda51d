#include "delivery/webhooks/endpoints.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "core/url.hpp"
#include "delivery/active_endpoint.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/endpoint_secrets.hpp"
#include "delivery/webhooks/endpoint_transport.hpp"
#include "delivery/webhooks/signer.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::hours kLongestOverlap{168};
constexpr std::size_t kMaxDescription = 500;
constexpr std::size_t kMaxTypes = 64;

/// "item.completed", "item.*", "*".
bool IsTypePattern(std::string_view type) {
    const auto plain = type.ends_with('*') ? type.substr(0, type.size() - 1) : type;
    return !type.empty() && type.size() <= 64 && std::ranges::all_of(plain, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.';
    });
}

Result<void> CheckWords(const std::string& description, const std::vector<std::string>& types) {
    if (description.size() > kMaxDescription || !IsUtf8(description)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("description: at most {} bytes of UTF-8", kMaxDescription)
        );
    }
    if (types.size() > kMaxTypes) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("types: at most {}", kMaxTypes));
    }
    const auto odd = std::ranges::find_if_not(types, IsTypePattern);
    if (odd != types.end()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("types: '{}' is not an event type like item.completed or item.*", ValidUtf8(*odd))
        );
    }
    return {};
}

/// As it is kept. kInvalidArgument, or what the guard says.
Result<std::string> CheckUrl(const AddressGuard& guard, const std::string& text) {
    const auto url = Url::Parse(text);
    if (!url) {
        return Unexpected(url.error().Within("url"));
    }
    return guard.CheckTarget(*url).map([&] { return url->Text(); });
}

std::string ActionOf(const EndpointEdit& edit) {
    const bool more =
        edit.url || edit.description || edit.types || edit.only || edit.transport || !edit.active;
    const auto* const verb = more ? "change" : *edit.active ? "resume" : "pause";
    return fmt::format("endpoint.{}", verb);
}

/// The endpoint, when the condition holds.
Result<Endpoint> GetIf(
    const Transaction& transaction, const EndpointId& id, const EndpointCondition& condition
) {
    auto endpoint = transaction.deliveries.GetEndpoint(id);
    const auto holds = endpoint && condition ? condition(*endpoint) : Result<void>{};
    return holds ? std::move(endpoint) : Unexpected(holds.error());
}

/// Reads an endpoint, changes it, writes it and the audit, in one transaction.
template <class Change>
Result<Endpoint> ChangeEndpoint(
    Storage& storage,
    const EndpointId& id,
    const AuditEntry& audit,
    const EndpointCondition& condition,
    const Change& change
) {
    return storage.Write([&](Transaction& transaction) -> Result<Endpoint> {
        auto endpoint = GetIf(transaction, id, condition);
        if (!endpoint) {
            return endpoint;
        }
        change(*endpoint);
        return transaction.deliveries.UpdateEndpoint(*endpoint)
            .and_then([&] { return transaction.keys.AddAudit(audit); })
            .map([&] { return *endpoint; });
    });
}

AuditEntry EntryOf(Timestamp at, std::string_view actor, std::string action, const EndpointId& id) {
    return {
        .at = at,
        .actor = std::string(actor),
        .action = std::move(action),
        .subject = id.Value(),
        .detail = {}
    };
}

}  // namespace

Endpoints::Endpoints(Storage& storage, const SecretBox& box, const AddressGuard& guard, const Clock& clock)
    : storage_(storage), box_(box), guard_(guard), clock_(clock) {}

Result<EndpointWithSecret> Endpoints::Create(const NewEndpoint& wanted, std::string_view actor) {
    const auto url = CheckUrl(guard_, wanted.url);
    const auto checked = CheckWords(wanted.description, wanted.types).and_then([&] {
        return CheckTransport(guard_, wanted.transport);
    });
    if (!url || !checked) {
        return Unexpected(url ? checked.error() : url.error());
    }
    auto secret = MakeWebhookSecret();
    const Endpoint endpoint{
        .id = EndpointId(MakeId("end")),
        .url = *url,
        .description = wanted.description,
        .types = wanted.types,
        .only = wanted.only,
        .secrets = {SealEndpointSecret(box_, secret)},
        .transport = SealTransport(box_, wanted.transport),
        .active = true,
        .disabled_reason = {},
        .failing_since = {},
        .consecutive_failures = 0,
        .last_error = {},
        .created_at = clock_.Now()
    };
    const auto added = storage_.Write([&](Transaction& transaction) {
        return transaction.deliveries.AddEndpoint(endpoint).and_then([&] {
            return transaction.keys.AddAudit(
                EntryOf(endpoint.created_at, actor, "endpoint.add", endpoint.id)
            );
        });
    });
    if (!added) {
        return Unexpected(added.error());
    }
    return EndpointWithSecret{.endpoint = endpoint, .secret = std::move(secret)};
}

Result<std::vector<Endpoint>> Endpoints::List() const {
    return storage_.Read([](const Snapshot& snapshot) { return snapshot.deliveries.Endpoints(); });
}

Result<Endpoint> Endpoints::Get(const EndpointId& id) const {
    return storage_.Read([&](const Snapshot& snapshot) { return snapshot.deliveries.GetEndpoint(id); });
}

Result<HttpTransport> Endpoints::TransportOf(const Endpoint& endpoint) const {
    return OpenTransport(box_, endpoint.transport);
}

Result<EndpointWithSecret> Endpoints::RotateSecret(
    const EndpointId& id, std::string_view actor, std::chrono::seconds overlap
) {
    if (overlap < std::chrono::seconds(0) || overlap > kLongestOverlap) {
        return Fail(ErrorCode::kInvalidArgument, "the old secret may go on signing for 0 to 168 hours");
    }
    const auto now = clock_.Now();
    const auto current =
        Get(id).and_then([&](const Endpoint& endpoint) { return LiveSecrets(box_, endpoint, now); });
    if (!current) {
        return Unexpected(current.error());
    }
    auto secret = MakeWebhookSecret();
    std::vector<std::string> sealed{SealEndpointSecret(box_, secret)};
    if (!current->empty() && overlap > std::chrono::seconds(0)) {
        sealed.push_back(SealEndpointSecret(box_, current->front(), now + overlap));
    }
    return ChangeEndpoint(
               storage_, id, EntryOf(now, actor, "endpoint.rotate", id), {}, [&](Endpoint& endpoint) {
                   endpoint.secrets = sealed;
               }
    ).map([&](const Endpoint& endpoint) {
        return EndpointWithSecret{.endpoint = endpoint, .secret = secret};
    });
}

Result<Endpoint> Endpoints::Change(
    const EndpointId& id, const EndpointEdit& edit, std::string_view actor, const EndpointCondition& condition
) {
    const auto url = edit.url ? CheckUrl(guard_, *edit.url) : Result<std::string>();
    if (!url) {
        return Unexpected(url.error());
    }
    const auto checked =
        CheckWords(edit.description.value_or(""), edit.types.value_or(std::vector<std::string>{}))
            .and_then([&] { return CheckTransport(guard_, edit.transport.value_or(HttpTransport())); });
    if (!checked) {
        return Unexpected(checked.error());
    }
    const auto entry = EntryOf(clock_.Now(), actor, ActionOf(edit), id);
    return ChangeEndpoint(storage_, id, entry, condition, [&](Endpoint& endpoint) {
        if (edit.url || edit.transport || edit.active.value_or(false)) {
            endpoint.failing_since.reset();
            endpoint.consecutive_failures = 0;
            endpoint.last_error.clear();
        }
        if (edit.active.value_or(false)) {
            endpoint.disabled_reason.clear();
        }
        endpoint.url = edit.url ? *url : endpoint.url;
        endpoint.description = edit.description.value_or(endpoint.description);
        endpoint.types = edit.types.value_or(endpoint.types);
        endpoint.transport = edit.transport ? SealTransport(box_, *edit.transport) : endpoint.transport;
        endpoint.only = edit.only.value_or(endpoint.only);
        endpoint.active = edit.active.value_or(endpoint.active);
    });
}

Result<void> Endpoints::Remove(
    const EndpointId& id, std::string_view actor, const EndpointCondition& condition
) {
    return storage_.Write([&](Transaction& transaction) -> Result<void> {
        return GetIf(transaction, id, condition)
            .and_then([&](const Endpoint&) { return transaction.deliveries.RemoveEndpoint(id); })
            .and_then([&] {
                return transaction.keys.AddAudit(EntryOf(clock_.Now(), actor, "endpoint.remove", id));
            });
    });
}

Result<DeliveryId> Endpoints::SendTest(const EndpointId& id, std::string_view actor) {
    const auto now = clock_.Now();
    const DeliveryId delivery_id(MakeId("dlv"));
    const Event event{
        .id = EventId(MakeId("msg")),
        .type = "endpoint.test",
        .subject = id.Value(),
        .dedup_key = {},
        .at = now,
        .data = ToJsonText(
            boost::json::object{
                {"endpoint", id.Value()}, {"message", "a test, sent because somebody asked for it"}
            }
        )
    };
    return storage_.Write([&](Transaction& transaction) -> Result<DeliveryId> {
        if (const auto active = ActiveEndpoint(transaction.deliveries, id); !active) {
            return Unexpected(active.error());
        }
        // endpoint.test reaches nobody by itself (EventRepository::Append); this is its one delivery
        Delivery delivery;
        delivery.id = delivery_id;
        delivery.event_id = event.id;
        delivery.endpoint_id = id;
        delivery.next_attempt_at = now;
        delivery.created_at = now;
        return transaction.events.Append(event)
            .and_then([&](bool) { return transaction.deliveries.Add(delivery); })
            .and_then([&] { return transaction.keys.AddAudit(EntryOf(now, actor, "endpoint.test", id)); })
            .map([&] { return DeliveryId(delivery_id); });
    });
}

}  // namespace notify
