#pragma once

// What the API shows and takes of webhook endpoints and deliveries. Described structs, from which JSON,
// validation and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "http/words.hpp"

namespace notify::view {

struct EventOriginsView {
    std::vector<std::string> sources;
    std::vector<std::string> buckets;
    std::vector<std::string> processors;
    std::vector<std::string> people;
};

BOOST_DESCRIBE_STRUCT(EventOriginsView, (), (sources, buckets, processors, people))

struct EndpointView {
    std::string id;
    std::string url;
    std::string description;
    std::vector<std::string> types;
    EventOriginsView only;
    Word<kEndpointStateWords> state;
    bool active = true;
    std::string disabled_reason;
    std::optional<std::string> failing_since;
    int consecutive_failures = 0;
    std::string last_error;
    std::string created_at;
    std::optional<std::string> secret;
};

BOOST_DESCRIBE_STRUCT(
    EndpointView,
    (),
    (id,
     url,
     description,
     types,
     only,
     state,
     active,
     disabled_reason,
     failing_since,
     consecutive_failures,
     last_error,
     created_at,
     secret)
)

struct NewEndpointView {
    std::string url;
    std::optional<std::string> description;
    std::vector<std::string> types;
    std::optional<EventOriginsView> only;
};

BOOST_DESCRIBE_STRUCT(NewEndpointView, (), (url, description, types, only))

struct EndpointChange {
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<EventOriginsView> only;
    std::optional<bool> active;
};

BOOST_DESCRIBE_STRUCT(EndpointChange, (), (url, description, types, only, active))

struct EndpointList {
    std::vector<EndpointView> rows;
};

BOOST_DESCRIBE_STRUCT(EndpointList, (), (rows))

struct AttemptView {
    int number = 0;
    std::string at;
    std::int64_t duration_ms = 0;
    int http_status = 0;
    std::string error;
    std::string response;
};

BOOST_DESCRIBE_STRUCT(AttemptView, (), (number, at, duration_ms, http_status, error, response))

struct DeliveryRow {
    std::string id;
    Word<kDeliveryKindWords> kind;
    std::string event;
    std::string endpoint;
    std::string publication;
    Word<kStatusWords> status;
    int attempt = 0;
    std::optional<std::string> next_attempt_at;
    std::string last_error;
    std::string created_at;
    std::optional<std::string> finished_at;
};

BOOST_DESCRIBE_STRUCT(
    DeliveryRow,
    (),
    (id,
     kind,
     event,
     endpoint,
     publication,
     status,
     attempt,
     next_attempt_at,
     last_error,
     created_at,
     finished_at)
)

struct DeliveryView : DeliveryRow {
    std::vector<AttemptView> attempts;
};

BOOST_DESCRIBE_STRUCT(DeliveryView, (DeliveryRow), (attempts))

struct DeliveryList {
    std::vector<DeliveryRow> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(DeliveryList, (), (rows, next))

struct Rotation {
    std::optional<Within<int, 0, 168>> overlap_hours;
};

BOOST_DESCRIBE_STRUCT(Rotation, (), (overlap_hours))

struct NewReplay {
    std::optional<std::string> since;
    std::optional<std::int64_t> from_sequence;
    std::optional<std::int64_t> to_sequence;
};

BOOST_DESCRIBE_STRUCT(NewReplay, (), (since, from_sequence, to_sequence))

struct ReplayView {
    int deliveries = 0;
};

BOOST_DESCRIBE_STRUCT(ReplayView, (), (deliveries))

struct DeliveryRef {
    std::string delivery;
};

BOOST_DESCRIBE_STRUCT(DeliveryRef, (), (delivery))

}  // namespace notify::view
