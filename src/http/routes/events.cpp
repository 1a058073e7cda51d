// /v1/events: the list, one event, and the stream.

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
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
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::EventView Show(const Event& event) {
    return {
        event.sequence,
        event.id.Value(),
        event.type,
        event.subject,
        ToRfc3339(event.at),
        ParseJson(event.data).value_or(nullptr)
    };
}

constexpr int kMostEvents = 100;  // of one piece of a stream

Result<std::int64_t> Sequence(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && (error != std::errc{} || end != text.data() + text.size() || value < 0)) {
        return Fail(
            ErrorCode::kInvalidArgument, "the place to go on from must be a sequence number, 0 or more"
        );
    }
    return value;
}

class EventRoutes {
public:
    explicit EventRoutes(const ApiParts& parts) : parts_(parts) {}

    Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto after = Sequence(request.Query("after"));
        if (!page || !after) {
            return Problem(page ? after.error() : page.error(), request.id);
        }
        const auto events = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.events.After(*after, page->limit, request.Query("subject"));
        });
        return Answer(request, events, [&](const std::vector<Event>& rows) {
            view::EventList list{.rows = {}, .next = *after};
            for (const auto& event : rows) {
                list.rows.push_back(Show(event));
                list.next = event.sequence;
            }
            return list;
        });
    }

    Response Get(const Request& request) const {
        const EventId id(request.parameters[0]);
        const auto event =
            parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.events.Get(id); });
        return Answer(request, event, Show);
    }

    /// Tails the event table from Last-Event-ID, or from now on, for as long as the caller's key is good.
    Response Stream(const Request& request) const {
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
    const std::vector<QueryParameter> filters{
        {"limit", "Rows, 1 to 200; 50 when not given."},
        {"after", "`next` of the page before; 0 from the beginning."},
        {"subject", "Id of what it is about."}
    };
    router.Add(
        {"GET",
         "/v1/events",
         Scope::kRead,
         "events",
         "Events",
         "What happened, oldest first.",
         filters,
         nullptr,
         &described::Schema<view::EventList>,
         200,
         0,
         [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {"GET",
         "/v1/events/stream",
         Scope::kRead,
         "events",
         "Events as they happen",
         "Server-sent events; goes on after Last-Event-ID.",
         {{"subject", "Id of what it is about."}},
         nullptr,
         nullptr,
         200,
         0,
         [routes](Request& r) { return routes->Stream(r); }}
    );
    router.Add(
        {"GET",
         "/v1/events/{event}",
         Scope::kRead,
         "events",
         "One event",
         "By its id, which is the webhook-id too.",
         {},
         nullptr,
         &described::Schema<view::EventView>,
         200,
         0,
         [routes](Request& r) { return routes->Get(r); }}
    );
}

}  // namespace notify
