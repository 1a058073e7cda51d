// /v1/webhooks and /v1/deliveries.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::EndpointView Show(const Endpoint& endpoint) {
    return {
        .id = endpoint.id.Value(),
        .url = endpoint.url,
        .description = endpoint.description,
        .types = endpoint.types,
        .active = endpoint.active,
        .disabled_reason = endpoint.disabled_reason,
        .failing_since = TextOf(endpoint.failing_since),
        .consecutive_failures = endpoint.consecutive_failures,
        .created_at = ToRfc3339(endpoint.created_at),
        .secret = std::nullopt,
    };
}

view::EndpointView ShowOnce(const EndpointWithSecret& made) {
    auto shown = Show(made.endpoint);
    shown.secret = made.secret;
    return shown;
}

view::DeliveryView Show(const Delivery& delivery, const std::vector<DeliveryAttempt>& attempts) {
    view::DeliveryView shown{
        .id = delivery.id.Value(),
        .kind = delivery.kind == DeliveryKind::kWebhook ? "webhook" : "publication",
        .event = delivery.event_id.Value(),
        .endpoint = delivery.endpoint_id.Value(),
        .publication = delivery.publication_id.Value(),
        .status = std::string(ToString(delivery.status)),
        .attempt = delivery.attempt,
        .next_attempt_at = ToRfc3339(delivery.next_attempt_at),
        .last_error = delivery.last_error,
        .created_at = ToRfc3339(delivery.created_at),
        .finished_at = TextOf(delivery.finished_at),
        .attempts = {},
    };
    for (const auto& a : attempts) {
        shown.attempts.push_back(
            {a.number, ToRfc3339(a.at), a.duration.count(), a.http_status, a.error, a.response}
        );
    }
    return shown;
}

class WebhookRoutes {
public:
    explicit WebhookRoutes(const ApiParts& parts) : parts_(parts) {}

    Response List(const Request& request) const {
        return Answer(request, parts_.endpoints.List(), [](const std::vector<Endpoint>& rows) {
            view::EndpointList list;
            for (const auto& endpoint : rows) {
                list.rows.push_back(Show(endpoint));
            }
            return list;
        });
    }

    Response Add(const Request& request) const {
        return WithBody<view::NewEndpointView>(request, [&](const view::NewEndpointView& wanted) {
            const NewEndpoint endpoint{
                .url = wanted.url, .description = wanted.description.value_or(""), .types = wanted.types
            };
            return Answer(request, parts_.endpoints.Create(endpoint, request.caller.actor), ShowOnce, 201);
        });
    }

    Response Get(const Request& request) const {
        return Answer(request, parts_.endpoints.Get(Id(request)), [](const Endpoint& e) { return Show(e); });
    }

    Response Change(const Request& request) const {
        return WithBody<view::EndpointChange>(request, [&](const view::EndpointChange& change) {
            const auto changed = change.active ? parts_.endpoints.Resume(Id(request), request.caller.actor)
                                               : parts_.endpoints.Pause(Id(request), request.caller.actor);
            parts_.nudge();
            return Answer(request, changed, [](const Endpoint& e) { return Show(e); });
        });
    }

    Response Remove(const Request& request) const {
        return NoContent(request, parts_.endpoints.Remove(Id(request), request.caller.actor));
    }

    Response Rotate(const Request& request) const {
        return Answer(request, parts_.endpoints.RotateSecret(Id(request), request.caller.actor), ShowOnce);
    }

    Response Test(const Request& request) const {
        const auto sent = parts_.endpoints.SendTest(Id(request), request.caller.actor);
        parts_.nudge();
        return Answer(request, sent, [](const DeliveryId& id) { return view::DeliveryRef{id.Value()}; }, 202);
    }

    Response Deliveries(const Request& request) const {
        const auto page = PageOf(request);
        const auto status = StatusOf(request);
        if (!page || !status) {
            return Problem(page ? status.error() : page.error(), request.id);
        }
        DeliveryFilter filter;
        filter.endpoint_id = EndpointId(std::string(request.Query("endpoint")));
        filter.event_id = EventId(std::string(request.Query("event")));
        filter.status = *status;
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.deliveries.List(filter, *page);
        });
        return Answer(request, rows, [](const Page<Delivery>& found) {
            view::DeliveryList list{.rows = {}, .next = found.next};
            for (const auto& delivery : found.rows) {
                list.rows.push_back(Show(delivery, {}));
            }
            return list;
        });
    }

    Response GetDelivery(const Request& request) const {
        const DeliveryId id(request.parameters[0]);
        const auto shown = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<view::DeliveryView> {
            const auto delivery = snapshot.deliveries.Get(id);
            const auto attempts = snapshot.deliveries.Attempts(id);
            if (!delivery || !attempts) {
                return Unexpected(delivery ? attempts.error() : delivery.error());
            }
            return Show(*delivery, *attempts);
        });
        return Answer(request, shown, [](const view::DeliveryView& view) { return view; });
    }

    Response Resend(const Request& request) const {
        const auto made = parts_.replay.Resend(DeliveryId(request.parameters[0]), request.caller.actor);
        parts_.nudge();
        return Answer(request, made, [](const DeliveryId& id) { return view::DeliveryRef{id.Value()}; }, 202);
    }

private:
    static EndpointId Id(const Request& request) { return EndpointId(request.parameters[0]); }

    ApiParts parts_;
};

}  // namespace

void AddWebhookRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<WebhookRoutes>(parts);  // shared by the handlers below
    const std::string tag = "webhooks";
    const auto endpoint = &described::Schema<view::EndpointView>;
    const auto reference = &described::Schema<view::DeliveryRef>;
    router.Add(
        {"GET",
         "/v1/webhooks",
         Scope::kRead,
         tag,
         "Webhook endpoints",
         "Who is told.",
         {},
         nullptr,
         &described::Schema<view::EndpointList>,
         200,
         0,
         [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {"POST",
         "/v1/webhooks",
         Scope::kWrite,
         tag,
         "Add an endpoint",
         "`types` are event types; empty means all, `item.*` a prefix. The answer shows the signing secret, "
         "this one time.",
         {},
         &described::Schema<view::NewEndpointView>,
         endpoint,
         201,
         1U << 20U,
         [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {"GET",
         "/v1/webhooks/{endpoint}",
         Scope::kRead,
         tag,
         "One endpoint",
         "",
         {},
         nullptr,
         endpoint,
         200,
         0,
         [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {"PATCH",
         "/v1/webhooks/{endpoint}",
         Scope::kWrite,
         tag,
         "Pause or resume",
         "",
         {},
         &described::Schema<view::EndpointChange>,
         endpoint,
         200,
         1U << 20U,
         [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {"DELETE",
         "/v1/webhooks/{endpoint}",
         Scope::kWrite,
         tag,
         "Remove an endpoint",
         "What waits for it is cancelled.",
         {},
         nullptr,
         nullptr,
         204,
         0,
         [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {"POST",
         "/v1/webhooks/{endpoint}/rotate",
         Scope::kWrite,
         tag,
         "A new secret",
         "The old one signs too for 24 hours.",
         {},
         nullptr,
         endpoint,
         200,
         0,
         [routes](Request& r) { return routes->Rotate(r); }}
    );
    router.Add(
        {"POST",
         "/v1/webhooks/{endpoint}/test",
         Scope::kWrite,
         tag,
         "Send a test event",
         "",
         {},
         nullptr,
         reference,
         202,
         0,
         [routes](Request& r) { return routes->Test(r); }}
    );
    auto filters = kPageParameters;
    filters.push_back({"status", "Pending, Processing, Completed, Failed, Cancelled or Skipped."});
    filters.push_back({"endpoint", "Id of an endpoint."});
    filters.push_back({"event", "Id of an event."});
    router.Add(
        {"GET",
         "/v1/deliveries",
         Scope::kRead,
         tag,
         "Deliveries",
         "Webhooks and publications, newest first.",
         filters,
         nullptr,
         &described::Schema<view::DeliveryList>,
         200,
         0,
         [routes](Request& r) { return routes->Deliveries(r); }}
    );
    router.Add(
        {"GET",
         "/v1/deliveries/{delivery}",
         Scope::kRead,
         tag,
         "One delivery",
         "With every attempt.",
         {},
         nullptr,
         &described::Schema<view::DeliveryView>,
         200,
         0,
         [routes](Request& r) { return routes->GetDelivery(r); }}
    );
    router.Add(
        {"POST",
         "/v1/deliveries/{delivery}/resend",
         Scope::kWrite,
         tag,
         "Send again",
         "A new delivery of the same event.",
         {},
         nullptr,
         reference,
         202,
         0,
         [routes](Request& r) { return routes->Resend(r); }}
    );
}

}  // namespace notify
