#pragma once

// What happened, who is told, and each try to tell them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"

namespace notify {

/// An event is written in the transaction that made it true.
/// Types: item.discovered, process.started, process.completed, process.failed, process.skipped,
/// process.cancelled, item.completed, item.failed, item.skipped, item.cancelled, item.labels_changed,
/// item.removed, bucket.scan_failed, source.credentials_expiring, source.auth_failed,
/// source.webhook_failing, message.dead, bucket.scan_completed, process.progress, person.named,
/// endpoint.disabled, endpoint.test.
struct Event {
    std::int64_t sequence = 0;  ///< Given by the database; rises, with gaps.
    EventId id;
    std::string type;
    std::string subject;  ///< The id of what it is about: "itm_…".
    std::string
        dedup_key;  ///< Unique: the same happening is told once, also after a crash. Empty: always new.
    Timestamp at;
    std::string data;  ///< JSON object. Never embeddings, never secrets.
};

/// Ids (and names of processors) that an event must be about. An empty list asks for nothing; of another the
/// event must name one.
struct EventOrigins {
    std::vector<std::string> sources;
    std::vector<std::string> buckets;
    std::vector<std::string> processors;
    std::vector<std::string> people;

    bool operator==(const EventOrigins&) const = default;
};

/// Who is told.
struct Endpoint {
    EndpointId id;
    std::string url;
    std::string description;
    std::vector<std::string> types;    ///< Event types; empty means all. "item.*" matches a prefix.
    EventOrigins only;                 ///< Of those types.
    std::vector<std::string> secrets;  ///< Sealed by SecretBox, newest first; at most two.
    std::string transport;             ///< Sealed: its own proxy and certificates; empty: none.
    bool active = true;
    std::string disabled_reason;  ///< Set when the service switched it off.
    std::optional<Timestamp> failing_since;
    int consecutive_failures = 0;
    std::string last_error;  ///< Of the last try, a sentence; empty when it succeeded.
    Timestamp created_at;
};

enum class DeliveryKind : std::uint8_t { kWebhook, kPublication };

/// One event to one endpoint, or one item's results to one place. Same status words as everything else.
struct Delivery {
    DeliveryId id;
    DeliveryKind kind = DeliveryKind::kWebhook;
    EventId event_id;              ///< Of a webhook.
    EndpointId endpoint_id;        ///< Of a webhook.
    PublicationId publication_id;  ///< Of a publication.
    Status status = Status::kPending;
    int attempt = 0;
    Timestamp next_attempt_at;
    std::int64_t fence = 0;
    NodeId lease_owner;
    std::optional<Timestamp> lease_until;
    std::string last_error;
    Timestamp created_at;
    std::optional<Timestamp> finished_at;
};

/// One try.
struct DeliveryAttempt {
    DeliveryId delivery_id;
    int number = 1;
    Timestamp at;
    std::chrono::milliseconds duration{0};
    int http_status = 0;   ///< 0 when there was no answer.
    std::string error;     ///< A sentence; empty on success.
    std::string response;  ///< The first 4 kB of the answer.
};

/// What of an item is written where, and whether it has been.
struct Publication {
    PublicationId id;
    ItemId item_id;
    std::string
        destination;     ///< "beside" the media, or "results:…" (DestinationOf in domain/publication.hpp).
    std::string format;  ///< A name in domain/publication.hpp.
    std::string written_digest;  ///< Of what was written last; "" before the first time.
};

}  // namespace notify
