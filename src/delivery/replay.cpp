#include "delivery/replay.hpp"

#include <map>
#include <set>
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
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/event_wish.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kPageRows = 200;

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

/// The newest delivery since `since` of each event to the endpoint.
Result<std::vector<Delivery>> NewestOfEach(
    const Transaction& transaction, const EndpointId& endpoint, Timestamp since
) {
    std::map<EventId, Delivery> newest;
    PageRequest request{.after = {}, .limit = kPageRows};
    do {
        auto page = transaction.deliveries.List(
            {.endpoint_id = endpoint, .event_id = {}, .status = {}, .kind = DeliveryKind::kWebhook}, request
        );
        if (!page) {
            return Unexpected(page.error());
        }
        for (auto& row : page->rows) {
            if (row.created_at >= since) {
                newest.try_emplace(row.event_id, row);  // newest first
            }
        }
        const bool older_follow = page->rows.empty() || page->rows.back().created_at < since;
        request.after = older_follow ? std::string() : page->next;
    } while (!request.after.empty());
    std::vector<Delivery> rows;
    rows.reserve(newest.size());
    for (auto& [event, row] : newest) {
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<std::vector<Event>> EventsOf(const Transaction& transaction, SequenceRange range) {
    auto events = transaction.events.After(range.first - 1, Replay::kMostReplayed + 1, {});
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
    return events;
}

Delivery FirstOf(const Event& event, const EndpointId& endpoint, Timestamp now) {
    Delivery delivery;
    delivery.id = DeliveryId(MakeId("dlv"));
    delivery.kind = DeliveryKind::kWebhook;
    delivery.event_id = event.id;
    delivery.endpoint_id = endpoint;
    delivery.next_attempt_at = now;
    delivery.created_at = now;
    return delivery;
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
        const auto ready = ended->kind == DeliveryKind::kWebhook
                               ? ActiveEndpoint(transaction, ended->endpoint_id).map([](const Endpoint&) {})
                               : Forget(transaction, ended->publication_id);
        return ready.and_then([&] { return transaction.deliveries.Add(again); })
            .and_then([&] {
                return transaction.keys.AddAudit(EntryOf(now, actor, "delivery.resend", id.Value()));
            })
            .map([&] { return again.id; });
    });
}

Result<int> Replay::ReplayRange(const EndpointId& id, SequenceRange range, std::string_view actor) {
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        const auto endpoint = ActiveEndpoint(transaction, id);
        const auto events = endpoint ? EventsOf(transaction, range) : Unexpected(endpoint.error());
        const auto rows = events && !events->empty() ? NewestOfEach(transaction, id, events->front().at)
                                                     : Result<std::vector<Delivery>>();
        const auto wish = endpoint ? MakeEventWish(transaction.buckets, endpoint->types, endpoint->only)
                                   : Unexpected(endpoint.error());
        if (!events || !rows || !wish) {
            return Unexpected(!events ? events.error() : !rows ? rows.error() : wish.error());
        }
        std::set<EventId> on_their_way;
        for (const auto& row : *rows) {
            if (!IsTerminal(row.status)) {
                on_their_way.insert(row.event_id);
            }
        }
        const auto now = clock_.Now();
        int count = 0;
        for (const auto& event : *events) {
            if (on_their_way.contains(event.id) || !wish->Wants(event)) {
                continue;
            }
            if (auto added = transaction.deliveries.Add(FirstOf(event, id, now)); !added) {
                return Unexpected(added.error());
            }
            ++count;
        }
        auto audited = transaction.keys.AddAudit(EntryOf(now, actor, "delivery.replay", id.Value()));
        return audited.map([&] { return count; });
    });
}

Result<int> Replay::ReplayFailed(const EndpointId& endpoint, Timestamp since, std::string_view actor) {
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        const auto rows = ActiveEndpoint(transaction, endpoint).and_then([&](const Endpoint&) {
            return NewestOfEach(transaction, endpoint, since);
        });
        if (!rows) {
            return Unexpected(rows.error());
        }
        const auto now = clock_.Now();
        int count = 0;
        for (const auto& row : *rows) {
            if (row.status != Status::kFailed && row.status != Status::kCancelled) {
                continue;
            }
            if (auto added = transaction.deliveries.Add(AgainOf(row, now)); !added) {
                return Unexpected(added.error());
            }
            ++count;
        }
        auto audited = transaction.keys.AddAudit(EntryOf(now, actor, "delivery.replay", endpoint.Value()));
        return audited.map([&] { return count; });
    });
}

}  // namespace notify
