// /v1/events: the list, one event, and the stream.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/event_feed.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_events.hpp"
#include "storage/event_repository.hpp"
#include "storage/event_wish.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<std::int64_t> Sequence(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && (error != std::errc{} || end != text.data() + text.size() || value < 0)) {
        return Fail(ErrorCode::kInvalidArgument, "Last-Event-ID must be a sequence number, 0 or more");
    }
    return value;
}

/// Of the header; nothing when there is none.
Result<std::optional<std::int64_t>> LastSeen(const Request& request) {
    const auto header = request.headers.find("last-event-id");
    if (header == request.headers.end()) {
        return std::optional<std::int64_t>();
    }
    const auto sequence = header->second.empty() ? Result<std::int64_t>(-1) : Sequence(header->second);
    return sequence && *sequence < 0
               ? Fail(ErrorCode::kInvalidArgument, "Last-Event-ID must be a sequence number, 0 or more")
               : sequence.map([](std::int64_t seen) { return std::optional(seen); });
}

/// What is between the commas; nothing of an empty text.
std::vector<std::string> ListOf(std::string_view text) {
    std::vector<std::string> list;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        list.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return list;
}

EventWish WishOf(const Request& request) {
    return {
        .types = ListOf(request.Query("types")),
        .only = {
            .sources = ListOf(request.Query("source")),
            .buckets = ListOf(request.Query("bucket")),
            .processors = ListOf(request.Query("processor")),
            .people = ListOf(request.Query("person"))
        }
    };
}

/// Where somebody goes on, and what of it is here no more.
struct Start {
    EventFeed::Place place;
    std::optional<view::EventGap> gap;
};

/// Goes on after `seen`. Events after it may be here no more, because they were old or because the database
/// is an earlier one (restored from a backup, and not as far again): the gap's end is the place that all is
/// here from.
Result<Start> StartAfter(const Snapshot& snapshot, std::optional<std::int64_t> seen) {
    const auto last = snapshot.events.LastSequence();
    const auto removed = snapshot.events.LastRemoved();
    if (!last || !removed) {
        return Unexpected(last ? removed.error() : last.error());
    }
    const auto highest = std::max(*last, *removed);
    Start start{.place = {.after = seen.value_or(highest), .last = highest}, .gap = {}};
    if (!seen || (*seen >= *removed && *seen <= highest)) {
        return start;
    }
    // of what is older some may be kept: what a delivery still waits for
    start.place.after = *seen < *removed ? *removed : highest;
    start.gap = view::EventGap{.after = *seen, .until = start.place.after};
    return start;
}

/// What a stream says of it first.
std::string Greeting(const std::optional<view::EventGap>& gap) {
    return gap ? fmt::format(
                     "id: {1}\nevent: stream.gap\n"
                     "data: {{\"type\":\"stream.gap\",\"after\":{0},\"until\":{1}}}\n\n",
                     gap->after,
                     gap->until
                 )
               : std::string();
}

constexpr int kFewest = 50;            // events read at a time
constexpr int kMostLookedAt = 20'000;  // of one request; it goes on from there

/// Some of the events, and the last one that was looked at for them.
struct Found {
    std::vector<Event> events;
    std::int64_t last = 0;
    bool all = false;  ///< None follows.
    std::optional<view::EventGap> gap;
};

/// The first `limit` events after `after` that the query asks for and its caller may know of; fewer when
/// kMostLookedAt have not so many.
Result<Found> Wanted(const Snapshot& snapshot, std::int64_t after, int limit, const Request& request) {
    const auto wish = WishOf(request);
    const auto& buckets = request.caller.buckets;
    Found found{.events = {}, .last = after, .all = false, .gap = {}};
    for (int looked_at = 0; looked_at < kMostLookedAt;) {
        auto some = snapshot.events.After(found.last, std::max(limit, kFewest), request.Query("subject"));
        const auto facts = some ? FactsOfAll(snapshot.buckets, *some) : Unexpected(some.error());
        if (!facts || some->empty()) {
            found.all = true;
            return facts.map([&](const auto&) { return found; });
        }
        for (std::size_t i = 0; i < some->size(); ++i) {
            auto& event = (*some)[i];
            const bool known = !buckets || buckets->contains(BucketId((*facts)[i].bucket));
            found.last = event.sequence;
            if (known && wish.Wants(event, (*facts)[i])) {
                found.events.push_back(std::move(event));
            }
            if (std::cmp_equal(found.events.size(), limit)) {
                return found;
            }
        }
        looked_at += static_cast<int>(some->size());
    }
    return found;
}

/// A page that goes on after `seen`, with what is kept of a gap; the first one begins with the oldest that is
/// kept, and has none.
Result<Found> PageAfter(
    const Snapshot& snapshot, std::optional<std::int64_t> seen, int limit, const Request& request
) {
    return StartAfter(snapshot, seen).and_then([&](const Start& start) {
        const auto& place = start.place;
        const auto from = seen ? std::min(*seen, place.after) : 0;
        return Wanted(snapshot, from, limit, request).map([&](Found found) {
            found.gap = start.gap;
            if (found.all) {
                found.last = std::max({found.last, place.after, place.last});
            }
            return found;
        });
    });
}

class EventRoutes {
public:
    explicit EventRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        if (const auto seen = LastSeen(request); !seen) {
            return Problem(seen.error(), request.id);
        }
        if (request.Header("accept").find("text/event-stream") != std::string_view::npos) {
            return Stream(request);
        }
        if (request.Query("from") == "now") {
            return FromNow(request);
        }
        const auto page = PageOf(request);
        const auto after = Sequence(page.after);
        if (!after) {
            return Problem(after.error(), request.id);
        }
        const auto events = parts_.storage.Read([&](const Snapshot& snapshot) {
            const auto seen = page.after.empty() ? std::nullopt : std::optional(*after);
            return PageAfter(snapshot, seen, page.limit, request);
        });
        return Answer(request, events, [&](const Found& found) {
            view::EventList list{
                .rows = {},
                .next = found.last == *after ? page.after : std::to_string(found.last),
                .gap = found.gap
            };
            for (const auto& event : found.events) {
                list.rows.push_back(view::Show(event));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const EventId id(request.parameters[0]);
        const auto event =
            parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.events.Get(id); });
        return Answer(request, event, view::Show);
    }

    /// Tails the event table from Last-Event-ID, or from now on, for as long as the caller's key is good.
    [[nodiscard]] Response Stream(const Request& request) const {
        const auto start = LastSeen(request).and_then([&](std::optional<std::int64_t> seen) {
            return parts_.storage.Read([&](const Snapshot& snapshot) { return StartAfter(snapshot, seen); });
        });
        if (!start) {
            return Problem(start.error(), request.id);
        }
        Response response{.content_type = "text/event-stream"};
        response.events = feed_->Listen(
            request.caller,
            start->place,
            [wish = WishOf(request), subject = std::string(request.Query("subject"))](
                const Event& event, const EventFacts& facts
            ) { return (subject.empty() || event.subject == subject) && wish.Wants(event, facts); },
            Greeting(start->gap)
        );
        return response;
    }

private:
    [[nodiscard]] Response FromNow(const Request& request) const {
        const auto start =
            parts_.storage.Read([](const Snapshot& snapshot) { return StartAfter(snapshot, std::nullopt); });
        return Answer(request, start, [](const Start& from) {
            return view::EventList{.rows = {}, .next = std::to_string(from.place.after), .gap = {}};
        });
    }

    ApiParts parts_;
    std::shared_ptr<EventFeed> feed_ = std::make_shared<EventFeed>(parts_.storage, parts_.clock);
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddEventRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<EventRoutes>(parts);  // shared by the handlers below
    const std::vector<Parameter> wanted{
        {.name = "subject", .description = "Id of what it is about."},
        {.name = "types",
         .description = "Types and prefixes, separated by commas: item.completed,process.*. Empty: all.",
         .pattern = "^[A-Za-z0-9_.*,]*$",
         .may_be_empty = true},
        {.name = "source", .description = "Only about one of these sources: ids, separated by commas."},
        {.name = "bucket", .description = "Only about one of these buckets: ids, separated by commas."},
        {.name = "processor", .description = "Only about one of these processors, separated by commas."},
        {.name = "person", .description = "Only about one of these people: ids, separated by commas."}
    };
    auto filters = PageParameters("[0-9]{1,18}");
    filters.insert(filters.end(), wanted.begin(), wanted.end());
    filters.push_back(
        {.name = "from",
         .description = "Nothing yet, but the `next` after which there is what happens from now on.",
         .words = {"now"}}
    );
    const Parameter last_seen{
        .name = "Last-Event-ID",
        .description = "The sequence of the last event that came.",
        .pattern = "^[0-9]{1,18}$"
    };
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "events",
         .summary = "Events",
         .description = "What happened, oldest first. `next` is there on the last page too: what happens "
                        "later is after it. `gap` is there when events that follow `after` are kept no more. "
                        "With `Accept: text/event-stream` as /v1/events/stream.",
         .query = filters,
         .headers = {last_seen},
         .answer = &described::Schema<view::EventList>,
         .media_types = {"text/event-stream"},
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events/stream",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "events",
         .summary = "Events as they happen",
         .description = "Server-sent events, for as long as the key is good. Goes on after Last-Event-ID "
                        "without a gap; without it begins with what happens from now on. When what follows "
                        "Last-Event-ID is kept no more, the first event is `stream.gap`: what happened after "
                        "`after` and up to `until`, which is its id, may be missing.",
         .query = wanted,
         .headers = {last_seen},
         .media_types = {"text/event-stream"},
         .handle = [routes](Request& r) { return routes->Stream(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/events/{event}",
         .scope = Scope::kRead,
         .reach = Reach::kEvent,
         .tag = "events",
         .summary = "One event",
         .description = "By its id, which is the webhook-id too.",
         .answer = &described::Schema<view::EventView>,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
}

}  // namespace notify
