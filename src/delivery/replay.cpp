#include "delivery/replay.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "delivery/active_endpoint.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/event_wish.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kPageRows = 200;

Delivery AgainOf(const Delivery& ended, Timestamp now) {
    Delivery again;
    again.id = DeliveryId(MakeId("dlv"));
    again.kind = ended.kind;
    again.event_id = ended.event_id;
    again.endpoint_id = ended.endpoint_id;
    again.publication_id = ended.publication_id;
    again.next_attempt_at = now;
    again.created_at = now;
    return again;
}

/// A publication that is asked for again is written even if we believe that it stands there.
Result<void> Forget(Transaction& transaction, const PublicationId& id) {
    auto publication = transaction.deliveries.GetPublication(id);
    if (!publication) {
        return Unexpected(publication.error());
    }
    publication->written_digest.clear();
    return transaction.deliveries.SetPublication(*publication);
}

AuditEntry EntryOf(Timestamp at, std::string_view actor, std::string action, std::string subject) {
    return {
        .at = at,
        .actor = std::string(actor),
        .action = std::move(action),
        .subject = std::move(subject),
        .detail = {}
    };
}

/// How the newest delivery of each event since `since` to the endpoint stands. Read in pages: what ends
/// meanwhile may be sent once more, under the same webhook-id.
Result<std::map<EventId, Status>> NewestOfEach(
    Storage& storage, const EndpointId& endpoint, Timestamp since
) {
    std::map<EventId, Status> newest;
    PageRequest request{.after = {}, .limit = static_cast<int>(kPageRows)};
    do {
        const auto page = storage.Read([&](const Snapshot& snapshot) {
            return snapshot.deliveries.List(
                {.endpoint_id = endpoint, .event_id = {}, .status = {}, .kind = DeliveryKind::kWebhook},
                request
            );
        });
        if (!page) {
            return Unexpected(page.error());
        }
        for (const auto& row : page->rows) {
            if (row.created_at >= since) {
                newest.try_emplace(row.event_id, row.status);  // newest first
            }
        }
        const bool older_follow = page->rows.empty() || page->rows.back().created_at < since;
        request.after = older_follow ? std::string() : page->next;
    } while (!request.after.empty());
    return newest;
}

/// The events of the range that the endpoint wants now.
Result<std::vector<Event>> EventsOf(const Snapshot& snapshot, const Endpoint& endpoint, SequenceRange range) {
    auto events = snapshot.events.After(range.first - 1, Replay::kMostReplayed + 1, {});
    if (!events) {
        return events;
    }
    std::erase_if(*events, [&](const Event& event) { return event.sequence > range.last; });
    if (std::cmp_greater(events->size(), Replay::kMostReplayed)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "there are more than {} events in that range; take a shorter one", Replay::kMostReplayed
            )
        );
    }
    const auto facts = FactsOfAll(snapshot.buckets, *events);
    if (!facts) {
        return Unexpected(facts.error());
    }
    const EventWish wish{.types = endpoint.types, .only = endpoint.only};
    std::vector<Event> wanted;
    for (std::size_t i = 0; i < events->size(); ++i) {
        const bool is_test = (*events)[i].type == "endpoint.test";  // goes to one endpoint, once
        if (!is_test && wish.Wants((*events)[i], (*facts)[i])) {
            wanted.push_back(std::move((*events)[i]));
        }
    }
    return wanted;
}

/// Puts them on their way, some in a transaction: nobody else waits long for it. How many.
Result<int> SendAll(
    Storage& storage, const EndpointId& endpoint, const std::vector<EventId>& events, const AuditEntry& audit
) {
    auto audited = storage.Write([&](Transaction& transaction) { return transaction.keys.AddAudit(audit); });
    for (std::size_t done = 0; audited && done < events.size(); done += kPageRows) {
        audited = storage.Write([&](Transaction& transaction) -> Result<void> {
            if (const auto active = ActiveEndpoint(transaction.deliveries, endpoint); !active) {
                return Unexpected(active.error());
            }
            for (auto i = done; i < std::min(events.size(), done + kPageRows); ++i) {
                Delivery delivery;
                delivery.id = DeliveryId(MakeId("dlv"));
                delivery.kind = DeliveryKind::kWebhook;
                delivery.event_id = events[i];
                delivery.endpoint_id = endpoint;
                delivery.next_attempt_at = audit.at;
                delivery.created_at = audit.at;
                if (auto added = transaction.deliveries.Add(delivery); !added) {
                    return added;
                }
            }
            return {};
        });
    }
    return audited.map([&] { return static_cast<int>(events.size()); });
}

/// kNotFound; kConflict when it is not active.
Result<Endpoint> Active(Storage& storage, const EndpointId& id) {
    return storage.Read([&](const Snapshot& snapshot) { return ActiveEndpoint(snapshot.deliveries, id); });
}

}  // namespace

Replay::Replay(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

Result<DeliveryId> Replay::Resend(const DeliveryId& id, std::string_view actor) {
    return storage_.Write([&](Transaction& transaction) -> Result<DeliveryId> {
        const auto ended = transaction.deliveries.Get(id);
        if (!ended) {
            return Unexpected(ended.error());
        }
        if (!IsTerminal(ended->status)) {
            return Fail(ErrorCode::kConflict, fmt::format("delivery {} is still on its way", id.Value()));
        }
        const auto now = clock_.Now();
        const auto again = AgainOf(*ended, now);
        const auto ready =
            ended->kind == DeliveryKind::kWebhook
                ? ActiveEndpoint(transaction.deliveries, ended->endpoint_id).map([](const Endpoint&) {})
                : Forget(transaction, ended->publication_id);
        return ready.and_then([&] { return transaction.deliveries.Add(again); })
            .and_then([&] {
                return transaction.keys.AddAudit(EntryOf(now, actor, "delivery.resend", id.Value()));
            })
            .map([&] { return again.id; });
    });
}

Result<int> Replay::ReplayRange(const EndpointId& id, SequenceRange range, std::string_view actor) {
    if (range.first < 0 || range.last < range.first) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "a range goes from a sequence of 0 or more to one that is not below it"
        );
    }
    const auto events = Active(storage_, id).and_then([&](const Endpoint& endpoint) {
        return storage_.Read([&](const Snapshot& snapshot) { return EventsOf(snapshot, endpoint, range); });
    });
    const auto standing = events && !events->empty() ? NewestOfEach(storage_, id, events->front().at)
                                                     : Result<std::map<EventId, Status>>();
    if (!events || !standing) {
        return Unexpected(events ? standing.error() : events.error());
    }
    std::vector<EventId> again;
    for (const auto& event : *events) {
        const auto found = standing->find(event.id);
        if (found == standing->end() || IsTerminal(found->second)) {
            again.push_back(event.id);
        }
    }
    return SendAll(storage_, id, again, EntryOf(clock_.Now(), actor, "delivery.replay", id.Value()));
}

Result<int> Replay::ReplayFailed(const EndpointId& id, Timestamp since, std::string_view actor) {
    const auto standing =
        Active(storage_, id).and_then([&](const Endpoint&) { return NewestOfEach(storage_, id, since); });
    if (!standing) {
        return Unexpected(standing.error());
    }
    std::vector<EventId> again;
    for (const auto& [event, status] : *standing) {
        if (status == Status::kFailed || status == Status::kCancelled) {
            again.push_back(event);
        }
    }
    return SendAll(storage_, id, again, EntryOf(clock_.Now(), actor, "delivery.replay", id.Value()));
}

}  // namespace notify
