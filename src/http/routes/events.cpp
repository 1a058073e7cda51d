// /v1/events: the list, one event, and the stream.

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/keys.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_events.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::EventView Show(const Event& event) {
    return {
        .sequence = event.sequence,
        .id = event.id.Value(),
        .type = event.type,
        .subject = event.subject,
        .at = ToRfc3339(event.at),
        .data = ParseJson(event.data).value_or(nullptr)
    };
}

constexpr int kMostEvents = 100;  // of one piece of a stream

Result<std::int64_t> Sequence(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && (error != std::errc{} || end != text.data() + text.size() || value < 0)) {
        return Fail(ErrorCode::kInvalidArgument, "Last-Event-ID must be a sequence number, 0 or more");
    }
    return value;
}

class EventRoutes {
public:
    explicit EventRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto after = Sequence(page.after);
        if (!after) {
            return Problem(after.error(), request.id);
        }
        const auto events = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.events.After(*after, page.limit, request.Query("subject"));
        });
        return Answer(request, events, [&](const std::vector<Event>& rows) {
            view::EventList list{.rows = {}, .next = page.after};
            for (const auto& event : rows) {
                list.rows.push_back(Show(event));
                list.next = std::to_string(event.sequence);
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const EventId id(request.parameters[0]);
        const auto event =
            parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.events.Get(id); });
        return Answer(request, event, Show);
    }

    /// Tails the event table from Last-Event-ID, or from now on, for as long as the caller's key is good.
    [[nodiscard]] Response Stream(const Request& request) const {
        const auto last = request.Header("last-event-id");
        auto from =
            last.empty()
                ? parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.events.LastSequence(); })
                : Sequence(last);
        if (!from) {
            return Problem(from.error(), request.id);
        }
        Response response{.content_type = "text/event-stream"};
        const auto next = [&storage = parts_.storage,
                           &clock = parts_.clock,
                           key = KeyId(request.caller.actor),
                           after = *from,
                           subject = std::string(request.Query("subject"))]() mutable -> Result<std::string> {
            const auto events = storage.Read([&](const Snapshot& snapshot) -> Result<std::vector<Event>> {
                return snapshot.keys.FindById(key).and_then([&](const std::optional<ApiKey>& found) {
                    return IsValid(found, clock.Now()) ? snapshot.events.After(after, kMostEvents, subject)
                                                       : Fail(ErrorCode::kUnauthenticated, "the key ended");
                });
            });
            if (!events) {
                return Unexpected(events.error());
            }
            std::string text;
            for (const auto& event : *events) {
                text += fmt::format(
                    "id: {}\nevent: {}\ndata: {}\n\n",
                    event.sequence,
                    event.type,
                    ToJsonText(described::ToJson(Show(event)))
                );
                after = event.sequence;
            }
            return text;
        };
        response.events = EventStream{.next = next};
        return response;
    }

private:
    ApiParts parts_;
};

}  // namespace

void AddEventRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<EventRoutes>(parts);  // shared by the handlers below
    const Parameter subject{.name = "subject", .description = "Id of what it is about."};
    auto filters = PageParameters("[0-9]{1,18}");
    filters.push_back(subject);
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events",
         .scope = Scope::kRead,
         .tag = "events",
         .summary = "Events",
         .description = "What happened, oldest first. `next` is there on the last page too: what happens "
                        "later is after it.",
         .query = filters,
         .answer = &described::Schema<view::EventList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events/stream",
         .scope = Scope::kRead,
         .tag = "events",
         .summary = "Events as they happen",
         .description = "Server-sent events; goes on after Last-Event-ID.",
         .query = {subject},
         .headers =
             {{.name = "Last-Event-ID",
               .description = "The sequence of the last event that came.",
               .pattern = "^[0-9]{1,18}$"}},
         .media_types = {"text/event-stream"},
         .handle = [routes](Request& r) { return routes->Stream(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events/{event}",
         .scope = Scope::kRead,
         .tag = "events",
         .summary = "One event",
         .description = "By its id, which is the webhook-id too.",
         .answer = &described::Schema<view::EventView>,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
}

}  // namespace notify
