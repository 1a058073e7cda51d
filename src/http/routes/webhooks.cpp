// /v1/webhooks: who is told.

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/certificate.hpp"
#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/proxy.hpp"
#include "core/result.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/entity_tag.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/webhook_checks.hpp"
#include "http/views_webhooks.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::EventOriginsView Show(const EventOrigins& only) {
    return {
        .sources = only.sources, .buckets = only.buckets, .processors = only.processors, .people = only.people
    };
}

EventOrigins OriginsOf(const view::EventOriginsView& only) {
    return {
        .sources = only.sources, .buckets = only.buckets, .processors = only.processors, .people = only.people
    };
}

std::string_view StateOf(const Endpoint& endpoint) {
    if (!endpoint.active) {
        return endpoint.disabled_reason.empty() ? "PAUSED" : "DISABLED";
    }
    return endpoint.failing_since ? "FAILING" : "ENABLED";
}

std::vector<view::CertificateView> Show(const std::string& pem) {
    std::vector<view::CertificateView> shown;
    for (const auto& known : ReadCertificates(pem).value_or(std::vector<Certificate>{})) {
        shown.push_back(
            {.subject = known.subject, .expires_at = ToRfc3339(known.expires_at), .sha256 = known.sha256}
        );
    }
    return shown;
}

std::optional<view::TransportView> Show(const HttpTransport& transport) {
    if (transport == HttpTransport()) {
        return std::nullopt;
    }
    return view::TransportView{
        .proxy = ProxyName(transport.proxy),
        .ca = Show(transport.ca),
        .client_certificate = Show(transport.client_certificate)
    };
}

HttpTransport TransportOf(const std::optional<view::NewTransportView>& wanted) {
    const auto given = wanted.value_or(view::NewTransportView());
    return {
        .proxy = given.proxy.value_or(""),
        .ca = given.ca.value_or(""),
        .client_certificate = given.client_certificate.value_or(""),
        .client_key = given.client_key.value_or("")
    };
}

/// Where it is, without its path and query: they may hold a token.
std::string PlaceOf(const std::string& url) {
    const auto host = url.find("://") + 3;
    const auto path = std::min(url.find_first_of("/?#", host), url.size());
    return url.size() - path <= 1 ? url : url.substr(0, path) + "/…";
}

/// `whole`: to somebody who may change it.
view::EndpointView Show(const Endpoint& endpoint, const HttpTransport& transport, bool whole) {
    return {
        .id = endpoint.id.Value(),
        .url = whole ? endpoint.url : PlaceOf(endpoint.url),
        .description = endpoint.description,
        .types = endpoint.types,
        .only = Show(endpoint.only),
        .transport = Show(transport),
        .state = {std::string(StateOf(endpoint))},
        .active = endpoint.active,
        .disabled_reason = endpoint.disabled_reason,
        .failing_since = TextOf(endpoint.failing_since),
        .consecutive_failures = endpoint.consecutive_failures,
        .last_error = endpoint.last_error,
        .created_at = ToRfc3339(endpoint.created_at),
        .secret = std::nullopt,
    };
}

std::vector<Order<Endpoint>> Orders() {
    return {
        {.word = "created_at", .rank_of = RankByTime<Endpoint>},
        {.word = "-created_at", .rank_of = RankByTime<Endpoint>}
    };
}

class WebhookRoutes {
public:
    explicit WebhookRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = parts_.endpoints.List().and_then([&](std::vector<Endpoint> rows) {
            return PageOfRows(std::move(rows), request, Orders());
        });
        return Answer(request, page, [&](const Page<Endpoint>& found) {
            view::EndpointList list{.rows = {}, .next = found.next};
            for (const auto& endpoint : found.rows) {
                list.rows.push_back(Shown(endpoint, request.caller));
            }
            return list;
        });
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewEndpointView>(request, [&](const view::NewEndpointView& wanted) {
            const NewEndpoint endpoint{
                .url = wanted.url,
                .description = wanted.description.value_or(""),
                .types = wanted.types,
                .only = OriginsOf(wanted.only.value_or(view::EventOriginsView())),
                .transport = TransportOf(wanted.transport)
            };
            const auto made =
                CheckEventTypes(wanted.types)
                    .and_then([&] { return CheckOrigins(parts_.storage, endpoint.only); })
                    .and_then([&] { return parts_.endpoints.Create(endpoint, request.caller.actor); })
                    .map_error(AtMember);
            return Answer(
                request, made, [&](const EndpointWithSecret& m) { return ShownOnce(m, request.caller); }, 201
            );
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        return Answer(request, parts_.endpoints.Get(Id(request)), [&](const Endpoint& e) {
            return Shown(e, request.caller);
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::EndpointChange>(request, [&](const view::EndpointChange& change) {
            const EndpointEdit edit{
                .url = change.url,
                .description = change.description,
                .types = change.types,
                .only = change.only ? std::optional(OriginsOf(*change.only)) : std::nullopt,
                .transport = change.transport ? std::optional(TransportOf(change.transport)) : std::nullopt,
                .active = change.active
            };
            const auto changed =
                CheckEventTypes(change.types.value_or(std::vector<std::string>{}))
                    .and_then([&] {
                        return CheckOrigins(parts_.storage, edit.only.value_or(EventOrigins()));
                    })
                    .and_then([&] {
                        return parts_.endpoints.Change(
                            Id(request), edit, request.caller.actor, IfUnchanged(request)
                        );
                    })
                    .map_error(AtMember);
            parts_.nudge();
            return Answer(request, changed, [&](const Endpoint& e) { return Shown(e, request.caller); });
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        return NoContent(
            request, parts_.endpoints.Remove(Id(request), request.caller.actor, IfUnchanged(request))
        );
    }

    [[nodiscard]] Response Rotate(const Request& request) const {
        const auto rotate = [&](const view::Rotation& wanted) {
            const std::chrono::seconds overlap =
                wanted.overlap_hours ? std::chrono::hours(wanted.overlap_hours->value) : Endpoints::kOverlap;
            return Answer(
                request,
                parts_.endpoints.RotateSecret(Id(request), request.caller.actor, overlap),
                [&](const EndpointWithSecret& m) { return ShownOnce(m, request.caller); }
            );
        };
        return request.body.empty() ? rotate({}) : WithBody<view::Rotation>(request, rotate);
    }

    [[nodiscard]] Response Test(const Request& request) const {
        const auto sent = parts_.endpoints.SendTest(Id(request), request.caller.actor);
        parts_.nudge();
        return Answer(
            request, sent, [](const DeliveryId& id) { return view::DeliveryRef{.delivery = id.Value()}; }, 202
        );
    }

private:
    [[nodiscard]] view::EndpointView Shown(const Endpoint& endpoint, const Caller& caller) const {
        const auto transport = parts_.endpoints.TransportOf(endpoint).value_or(HttpTransport());
        return Show(endpoint, transport, Allows(caller, Scope::kWebhooks));
    }

    [[nodiscard]] view::EndpointView ShownOnce(const EndpointWithSecret& made, const Caller& caller) const {
        auto shown = Shown(made.endpoint, caller);
        shown.secret = made.secret;
        return shown;
    }

    /// Holds while the endpoint is what the request's If-Match says.
    [[nodiscard]] EndpointCondition IfUnchanged(const Request& request) const {
        return [this, &request](const Endpoint& endpoint) {
            return IsConditional(request)
                       ? CheckUnchanged<view::EndpointChange>(request, Shown(endpoint, request.caller))
                       : Result<void>{};
        };
    }

    static EndpointId Id(const Request& request) { return EndpointId(request.parameters[0]); }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddWebhookRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<WebhookRoutes>(parts);  // shared by the handlers below
    const std::string tag = "webhooks";
    const auto endpoint = &described::Schema<view::EndpointView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/webhooks",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Webhook endpoints",
         .description = "Who is told.",
         .query = SortedPageParameters(Orders()),
         .answer = &described::Schema<view::EndpointList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks",
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Add an endpoint",
         .description = "`types` are event types; empty means all, `item.*` a prefix. Of these, `only` takes "
                        "what is about one of each list that is not empty. `transport` is how it is "
                        "reached where that is not as for all: through a proxy, which is asked for the "
                        "address that the host stands for here; trusting only `ca`; with a client "
                        "certificate. The answer shows the signing secret, this one time.",
         .body = &described::Schema<view::NewEndpointView>,
         .answer = endpoint,
         .status = 201,
         .shows_secret = true,
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
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Change, pause or resume",
         .description =
             "What is not given stays. Another `url` keeps the secret, and gets what is on its way too; "
             "`types` hold for what happens from now on; `transport` replaces all of it, {} is none; "
             "`active` resumes also what was switched off for failing.",
         .body = &described::Schema<view::EndpointChange>,
         .edits = described::MemberNames<view::EndpointChange>(),
         .answer = endpoint,
         .handle = [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/webhooks/{endpoint}",
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Remove an endpoint",
         .description = "What waits for it is cancelled.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/rotate",
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "A new secret",
         .description = "The old one signs too for `overlap_hours`, 24 when not given, 168 at most.",
         .body = &described::Schema<view::Rotation>,
         .may_lack_body = true,
         .answer = endpoint,
         .shows_secret = true,
         .handle = [routes](Request& r) { return routes->Rotate(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/test",
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Send a test event",
         .answer = &described::Schema<view::DeliveryRef>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Test(r); }}
    );
}

}  // namespace notify
