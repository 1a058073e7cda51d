// /v1/webhooks and /v1/deliveries.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/webhook_checks.hpp"
#include "http/views_webhooks.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
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

view::DeliveryRow Row(const Delivery& delivery) {
    const auto next = IsTerminal(delivery.status) ? std::nullopt : std::optional(delivery.next_attempt_at);
    return {
        .id = delivery.id.Value(),
        .kind = {delivery.kind == DeliveryKind::kWebhook ? "webhook" : "publication"},
        .event = delivery.event_id.Value(),
        .endpoint = delivery.endpoint_id.Value(),
        .publication = delivery.publication_id.Value(),
        .status = {std::string(ToString(delivery.status))},
        .attempt = delivery.attempt,
        .next_attempt_at = TextOf(next),
        .last_error = delivery.last_error,
        .created_at = ToRfc3339(delivery.created_at),
        .finished_at = TextOf(delivery.finished_at),
    };
}

view::DeliveryView Show(const Delivery& delivery, const std::vector<DeliveryAttempt>& attempts) {
    view::DeliveryView shown{Row(delivery), {}};
    for (const auto& a : attempts) {
        shown.attempts.push_back(
            {.number = a.number,
             .at = ToRfc3339(a.at),
             .duration_ms = a.duration.count(),
             .http_status = a.http_status,
             .error = a.error,
             .response = a.response}
        );
    }
    return shown;
}

class WebhookRoutes {
public:
    explicit WebhookRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        return Answer(request, parts_.endpoints.List(), [](const std::vector<Endpoint>& rows) {
            view::EndpointList list;
            for (const auto& endpoint : rows) {
                list.rows.push_back(Show(endpoint));
            }
            return list;
        });
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewEndpointView>(request, [&](const view::NewEndpointView& wanted) {
            const NewEndpoint endpoint{
                .url = wanted.url, .description = wanted.description.value_or(""), .types = wanted.types
            };
            const auto made =
                CheckEventTypes(wanted.types)
                    .and_then([&] { return parts_.endpoints.Create(endpoint, request.caller.actor); })
                    .map_error(AtMember);
            return Answer(request, made, ShowOnce, 201);
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        return Answer(request, parts_.endpoints.Get(Id(request)), [](const Endpoint& e) { return Show(e); });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::EndpointChange>(request, [&](const view::EndpointChange& change) {
            const EndpointEdit edit{
                .url = change.url,
                .description = change.description,
                .types = change.types,
                .active = change.active
            };
            const auto changed =
                CheckEventTypes(change.types.value_or(std::vector<std::string>{}))
                    .and_then([&] {
                        return parts_.endpoints.Change(Id(request), edit, request.caller.actor);
                    })
                    .map_error(AtMember);
            parts_.nudge();
            return Answer(request, changed, [](const Endpoint& e) { return Show(e); });
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        return NoContent(request, parts_.endpoints.Remove(Id(request), request.caller.actor));
    }

    [[nodiscard]] Response Rotate(const Request& request) const {
        const auto rotate = [&](const view::Rotation& wanted) {
            const std::chrono::seconds overlap =
                wanted.overlap_hours ? std::chrono::hours(wanted.overlap_hours->value) : Endpoints::kOverlap;
            return Answer(
                request, parts_.endpoints.RotateSecret(Id(request), request.caller.actor, overlap), ShowOnce
            );
        };
        return request.body.empty() ? rotate({}) : WithBody<view::Rotation>(request, rotate);
    }

    [[nodiscard]] Response ReplayFailed(const Request& request) const {
        return WithBody<view::NewReplay>(request, [&](const view::NewReplay& wanted) {
            const auto since = FromRfc3339(wanted.since);
            if (!since) {
                return Problem(since.error(), request.id, "/since");
            }
            const auto made = parts_.replay.ReplayFailed(Id(request), *since, request.caller.actor);
            parts_.nudge();
            return Answer(
                request, made, [](int count) { return view::ReplayView{.deliveries = count}; }, 202
            );
        });
    }

    [[nodiscard]] Response Test(const Request& request) const {
        const auto sent = parts_.endpoints.SendTest(Id(request), request.caller.actor);
        parts_.nudge();
        return Answer(
            request, sent, [](const DeliveryId& id) { return view::DeliveryRef{.delivery = id.Value()}; }, 202
        );
    }

    [[nodiscard]] Response Deliveries(const Request& request) const {
        const auto page = PageOf(request);
        DeliveryFilter filter;
        filter.endpoint_id = EndpointId(std::string(request.Query("endpoint")));
        filter.event_id = EventId(std::string(request.Query("event")));
        filter.status = StatusOf(request);
        for (const auto& [name, moment] :
             {std::pair("since", &filter.since), std::pair("until", &filter.until)}) {
            const auto text = request.Query(name);
            const auto time = FromRfc3339(text);
            if (!text.empty() && !time) {
                return Problem(time.error().Within(name), request.id);
            }
            *moment = text.empty() ? std::nullopt : std::optional(*time);
        }
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<Delivery>> {
            if (!filter.event_id.IsEmpty()) {  // an endpoint may be gone and its deliveries still there
                if (const auto event = snapshot.events.Get(filter.event_id); !event) {
                    return Unexpected(event.error());
                }
            }
            return snapshot.deliveries.List(filter, page);
        });
        return Answer(request, rows, [](const Page<Delivery>& found) {
            view::DeliveryList list{.rows = {}, .next = found.next};
            for (const auto& delivery : found.rows) {
                list.rows.push_back(Row(delivery));
            }
            return list;
        });
    }

    [[nodiscard]] Response GetDelivery(const Request& request) const {
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

    [[nodiscard]] Response Resend(const Request& request) const {
        const auto made = parts_.replay.Resend(DeliveryId(request.parameters[0]), request.caller.actor);
        parts_.nudge();
        return Answer(
            request, made, [](const DeliveryId& id) { return view::DeliveryRef{.delivery = id.Value()}; }, 202
        );
    }

private:
    static EndpointId Id(const Request& request) { return EndpointId(request.parameters[0]); }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddWebhookRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<WebhookRoutes>(parts);  // shared by the handlers below
    const std::string tag = "webhooks";
    const auto endpoint = &described::Schema<view::EndpointView>;
    const auto reference = &described::Schema<view::DeliveryRef>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/webhooks",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Webhook endpoints",
         .description = "Who is told.",
         .answer = &described::Schema<view::EndpointList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Add an endpoint",
         .description = "`types` are event types; empty means all, `item.*` a prefix. The answer shows the "
                        "signing secret, this one time.",
         .body = &described::Schema<view::NewEndpointView>,
         .answer = endpoint,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/webhooks/{endpoint}",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "One endpoint",
         .answer = endpoint,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "PATCH",
         .pattern = "/v1/webhooks/{endpoint}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Change, pause or resume",
         .description =
             "What is not given stays. Another `url` keeps the secret, and gets what is on its way too; "
             "`types` hold "
             "for what happens from now on; `active` resumes also what was switched off for failing.",
         .body = &described::Schema<view::EndpointChange>,
         .answer = endpoint,
         .handle = [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/webhooks/{endpoint}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Remove an endpoint",
         .description = "What waits for it is cancelled.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/rotate",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "A new secret",
         .description = "The old one signs too for `overlap_hours`, 24 when not given, 168 at most.",
         .body = &described::Schema<view::Rotation>,
         .may_lack_body = true,
         .answer = endpoint,
         .handle = [routes](Request& r) { return routes->Rotate(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/replay",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Send again what failed",
         .description = "What was made `since` that moment (RFC 3339) for the endpoint and ended Failed or "
                        "Cancelled, each event once, unless it got through since.",
         .body = &described::Schema<view::NewReplay>,
         .answer = &described::Schema<view::ReplayView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->ReplayFailed(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/test",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Send a test event",
         .answer = reference,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Test(r); }}
    );
    auto filters = PageParameters("dlv_[0-9A-Z]+");
    filters.push_back(StatusParameter());
    filters.push_back({.name = "endpoint", .description = "Id of an endpoint."});
    filters.push_back({.name = "event", .description = "Id of an event."});
    filters.push_back({.name = "since", .description = "Made then or later: RFC 3339."});
    filters.push_back({.name = "until", .description = "Made before it: RFC 3339."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/deliveries",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Deliveries",
         .description = "Webhooks and publications, newest first.",
         .query = filters,
         .answer = &described::Schema<view::DeliveryList>,
         .handle = [routes](Request& r) { return routes->Deliveries(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/deliveries/{delivery}",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "One delivery",
         .description = "With every attempt.",
         .answer = &described::Schema<view::DeliveryView>,
         .handle = [routes](Request& r) { return routes->GetDelivery(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/deliveries/{delivery}/resend",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Send again",
         .description = "A new delivery of the same event.",
         .answer = reference,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Resend(r); }}
    );
}

}  // namespace notify
