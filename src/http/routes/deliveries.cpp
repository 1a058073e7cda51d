// /v1/deliveries, and sending again: what became of what is told.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "delivery/replay.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_webhooks.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

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

class DeliveryRoutes {
public:
    explicit DeliveryRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Replay(const Request& request) const {
        return WithBody<view::NewReplay>(request, [&](const view::NewReplay& wanted) {
            const auto made = SendAgain(request, wanted);
            parts_.nudge();
            return Answer(
                request, made, [](int count) { return view::ReplayView{.deliveries = count}; }, 202
            );
        });
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
    [[nodiscard]] Result<int> SendAgain(const Request& request, const view::NewReplay& wanted) const {
        const EndpointId endpoint(request.parameters[0]);
        const bool range = wanted.from_sequence && wanted.to_sequence;
        if (wanted.since.has_value() == range || wanted.from_sequence.has_value() != range) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "/since: a replay needs either since, or from_sequence and to_sequence"
            );
        }
        if (range) {
            return parts_.replay.ReplayRange(
                endpoint, {.first = *wanted.from_sequence, .last = *wanted.to_sequence}, request.caller.actor
            );
        }
        const auto since = FromRfc3339(*wanted.since);
        return since ? parts_.replay.ReplayFailed(endpoint, *since, request.caller.actor)
                     : Fail(ErrorCode::kInvalidArgument, "/since: " + since.error().message);
    }

    ApiParts parts_;
};

}  // namespace

void AddDeliveryRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<DeliveryRoutes>(parts);  // shared by the handlers below
    const std::string tag = "webhooks";
    const auto reference = &described::Schema<view::DeliveryRef>;
    router.Add(
        {.method = "POST",
         .pattern = "/v1/webhooks/{endpoint}/replay",
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Send again",
         .description = "What was made `since` that moment (RFC 3339) for the endpoint and ended Failed or "
                        "Cancelled, each event once, unless it got through since. Or all events "
                        "`from_sequence` `to_sequence` that the endpoint wants, whatever became of them, "
                        "but those on their way; at most 10,000 events.",
         .body = &described::Schema<view::NewReplay>,
         .answer = &described::Schema<view::ReplayView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Replay(r); }}
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
         .scope = Scope::kWebhooks,
         .tag = tag,
         .summary = "Send again",
         .description = "A new delivery of the same event.",
         .answer = reference,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Resend(r); }}
    );
}

}  // namespace notify
