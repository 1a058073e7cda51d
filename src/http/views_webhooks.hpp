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

struct CertificateView {
    std::string subject;
    std::string expires_at;
    std::string sha256;
};

BOOST_DESCRIBE_STRUCT(CertificateView, (), (subject, expires_at, sha256))

struct TransportView {
    std::string proxy;
    std::vector<CertificateView> ca;
    std::vector<CertificateView> client_certificate;
};

BOOST_DESCRIBE_STRUCT(TransportView, (), (proxy, ca, client_certificate))

struct NewTransportView {
    std::optional<std::string> proxy;
    std::optional<std::string> ca;
    std::optional<std::string> client_certificate;
    std::optional<std::string> client_key;
};

BOOST_DESCRIBE_STRUCT(NewTransportView, (), (proxy, ca, client_certificate, client_key))

struct EndpointView {
    std::string id;
    std::string url;
    std::string description;
    std::vector<std::string> types;
    EventOriginsView only;
    std::optional<TransportView> transport;
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
     transport,
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
    std::optional<NewTransportView> transport;
};

BOOST_DESCRIBE_STRUCT(NewEndpointView, (), (url, description, types, only, transport))

struct EndpointChange {
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<EventOriginsView> only;
    std::optional<NewTransportView> transport;
    std::optional<bool> active;
};

BOOST_DESCRIBE_STRUCT(EndpointChange, (), (url, description, types, only, transport, active))

struct EndpointList {
    std::vector<EndpointView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(EndpointList, (), (rows, next))

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
