#pragma once

// What the API shows and takes of people, webhooks, deliveries, events, keys and the audit.
// Described structs, from which JSON, validation and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "http/words.hpp"

namespace notify::view {

struct PhotoView {
    std::string id;
    std::string file_name;
    double quality = 0;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(PhotoView, (), (id, file_name, quality, created_at))

struct PersonView {
    std::string id;
    std::string name;
    std::vector<PhotoView> photos;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(PersonView, (), (id, name, photos, created_at))

struct PersonList {
    std::vector<PersonView> rows;
};

BOOST_DESCRIBE_STRUCT(PersonList, (), (rows))

struct PointView {
    double x = 0;
    double y = 0;
};

BOOST_DESCRIBE_STRUCT(PointView, (), (x, y))

struct NewPhoto {
    std::string file_name;
    std::string base64;
    std::optional<PointView> face;
};

BOOST_DESCRIBE_STRUCT(NewPhoto, (), (file_name, base64, face))

struct NewEnrolment {
    Name name;
    std::vector<NewPhoto> photos;
};

BOOST_DESCRIBE_STRUCT(NewEnrolment, (), (name, photos))

struct VerdictView {
    std::string file_name;
    bool accepted = false;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(VerdictView, (), (file_name, accepted, code, sentence))

struct EnrolmentView {
    std::string person;
    std::string name;
    int photos = 0;
    std::vector<VerdictView> verdicts;
    std::vector<std::string> warnings;
};

BOOST_DESCRIBE_STRUCT(EnrolmentView, (), (person, name, photos, verdicts, warnings))

struct PersonChange {
    Name name;
};

BOOST_DESCRIBE_STRUCT(PersonChange, (), (name))

struct BoxView {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

BOOST_DESCRIBE_STRUCT(BoxView, (), (x, y, width, height))

struct AppearanceView {
    std::string id;
    std::string item;
    std::string result;
    std::string person;
    std::string person_name;
    Word<kCertaintyWords> certainty;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    double similarity = 0;
    double distance = 0;
    std::int64_t best_shot_ms = 0;
    BoxView bbox;
    std::vector<std::string> tracks;
    std::optional<std::string> frame_rate;
    std::optional<bool> drop_frame;
    std::optional<std::int64_t> start_frame;
    std::optional<std::int64_t> end_frame;
    std::optional<std::int64_t> best_shot_frame;
    std::optional<std::string> start_timecode;
    std::optional<std::string> end_timecode;
    std::optional<std::string> best_shot_timecode;
};

BOOST_DESCRIBE_STRUCT(
    AppearanceView,
    (),
    (id,
     item,
     result,
     person,
     person_name,
     certainty,
     start_ms,
     end_ms,
     similarity,
     distance,
     best_shot_ms,
     bbox,
     tracks,
     frame_rate,
     drop_frame,
     start_frame,
     end_frame,
     best_shot_frame,
     start_timecode,
     end_timecode,
     best_shot_timecode)
)

struct AppearanceList {
    std::vector<AppearanceView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(AppearanceList, (), (rows, next))

struct EndpointView {
    std::string id;
    std::string url;
    std::string description;
    std::vector<std::string> types;
    bool active = true;
    std::string disabled_reason;
    std::optional<std::string> failing_since;
    int consecutive_failures = 0;
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
     active,
     disabled_reason,
     failing_since,
     consecutive_failures,
     created_at,
     secret)
)

struct NewEndpointView {
    std::string url;
    std::optional<std::string> description;
    std::vector<std::string> types;
};

BOOST_DESCRIBE_STRUCT(NewEndpointView, (), (url, description, types))

struct EndpointChange {
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<bool> active;
};

BOOST_DESCRIBE_STRUCT(EndpointChange, (), (url, description, types, active))

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
    std::string since;
};

BOOST_DESCRIBE_STRUCT(NewReplay, (), (since))

struct ReplayView {
    int deliveries = 0;
};

BOOST_DESCRIBE_STRUCT(ReplayView, (), (deliveries))

struct DeliveryRef {
    std::string delivery;
};

BOOST_DESCRIBE_STRUCT(DeliveryRef, (), (delivery))

struct EventView {
    std::int64_t sequence = 0;
    std::string id;
    std::string type;
    std::string subject;
    std::string at;
    boost::json::value data;
};

BOOST_DESCRIBE_STRUCT(EventView, (), (sequence, id, type, subject, at, data))

struct EventList {
    std::vector<EventView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(EventList, (), (rows, next))

struct KeyView {
    std::string id;
    std::string name;
    std::vector<std::string> scopes;
    std::string created_at;
    std::optional<std::string> last_used_at;
    std::optional<std::string> revoked_at;
    std::optional<std::string> key;
};

BOOST_DESCRIBE_STRUCT(KeyView, (), (id, name, scopes, created_at, last_used_at, revoked_at, key))

struct NewKeyView {
    Name name;
    std::vector<Word<kScopeWords>> scopes;
};

BOOST_DESCRIBE_STRUCT(NewKeyView, (), (name, scopes))

struct KeyList {
    std::vector<KeyView> rows;
};

BOOST_DESCRIBE_STRUCT(KeyList, (), (rows))

struct AuditView {
    std::string at;
    std::string actor;
    std::string action;
    std::string subject;
    std::string detail;
};

BOOST_DESCRIBE_STRUCT(AuditView, (), (at, actor, action, subject, detail))

struct AuditList {
    std::vector<AuditView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(AuditList, (), (rows, next))

}  // namespace notify::view
