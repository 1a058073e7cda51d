#pragma once

// The data of each event that the service tells, as webhooks carry it. Described structs, for the document.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/described.hpp"
#include "http/router.hpp"
#include "http/words.hpp"
#include "sources/setup.hpp"

namespace notify {

namespace view {

struct ItemEventProcess {
    std::string process;
    std::string processor;
    Word<kStatusWords> status;
    std::optional<std::string> result;
    std::optional<std::string> code;
    std::optional<std::string> reason;
    std::optional<std::string> message;
};

BOOST_DESCRIBE_STRUCT(ItemEventProcess, (), (process, processor, status, result, code, reason, message))

struct LabelledPerson {
    std::string person;
    std::optional<std::string> name;  // not any more of a person who was removed
};

BOOST_DESCRIBE_STRUCT(LabelledPerson, (), (person, name))

struct ItemEvent {
    std::string item;
    std::string bucket;
    std::string key;
    Word<kStatusWords> status;
    std::int64_t state_version = 0;
    std::string reason_code;
    std::string reason;
    std::vector<std::string> failed_processes;
    std::vector<ItemEventProcess> processes;
    std::vector<LabelledPerson> people;  // who surely appears in it
};

BOOST_DESCRIBE_STRUCT(
    ItemEvent,
    (),
    (item, bucket, key, status, state_version, reason_code, reason, failed_processes, processes, people)
)

struct ProcessStarted {
    std::string item;
    std::string bucket;
    std::string process;
    std::string processor;
};

BOOST_DESCRIBE_STRUCT(ProcessStarted, (), (item, bucket, process, processor))

struct ProcessProgress {
    std::string item;
    std::string bucket;
    std::string process;
    std::string processor;
    int run = 1;
    double progress = 0;
};

BOOST_DESCRIBE_STRUCT(ProcessProgress, (), (item, bucket, process, processor, run, progress))

struct PersonNamed {
    std::string person;
    std::optional<std::string> name;
};

BOOST_DESCRIBE_STRUCT(PersonNamed, (), (person, name))

struct ProcessEnded {
    std::string item;
    std::string bucket;
    std::string process;
    std::string processor;
    int run = 1;
    Word<kStatusWords> status;
    int attempt = 0;
    std::optional<std::string> result;
    std::optional<std::string> code;
    std::optional<std::string> stage;
    std::optional<std::string> reason;
    std::optional<std::string> message;
};

BOOST_DESCRIBE_STRUCT(
    ProcessEnded,
    (),
    (item, bucket, process, processor, run, status, attempt, result, code, stage, reason, message)
)

struct LabelsChanged {
    std::string item;
    std::string bucket;
    std::int64_t gallery_version = 0;
    std::vector<LabelledPerson> people;
};

BOOST_DESCRIBE_STRUCT(LabelsChanged, (), (item, bucket, gallery_version, people))

struct ScanFailed {
    std::string bucket;
    std::string name;
    std::string reason;
};

BOOST_DESCRIBE_STRUCT(ScanFailed, (), (bucket, name, reason))

struct ScanCompleted {
    std::string bucket;
    std::string name;
    std::int64_t seen = 0;
    int added = 0;
    std::int64_t settling = 0;
    std::int64_t filtered = 0;
};

BOOST_DESCRIBE_STRUCT(ScanCompleted, (), (bucket, name, seen, added, settling, filtered))

struct CredentialsExpiring {
    std::string source;
    std::string name;
    std::string kind;
    std::string expires_at;  // of the last secret that lives
    Word<kExpiryWords> within;
};

BOOST_DESCRIBE_STRUCT(CredentialsExpiring, (), (source, name, kind, expires_at, within))

struct AuthFailed {
    std::string source;
    std::string name;
    std::string kind;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(AuthFailed, (), (source, name, kind, code, sentence))

struct WebhookFailing {
    std::string source;
    std::string name;
    std::string kind;
    std::string webhook;
    Word<kStoreWebhookWords> status;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(WebhookFailing, (), (source, name, kind, webhook, status, sentence))

struct MessageDead {
    std::string message;
    std::string source;
    std::string reason;
    std::string sentence;
    std::int64_t size_bytes = 0;
};

BOOST_DESCRIBE_STRUCT(MessageDead, (), (message, source, reason, sentence, size_bytes))

struct EndpointDisabled {
    std::string endpoint;
    std::string description;
    std::string reason;
    int consecutive_failures = 0;
};

BOOST_DESCRIBE_STRUCT(EndpointDisabled, (), (endpoint, description, reason, consecutive_failures))

struct EndpointTest {
    std::string endpoint;
    std::string message;
};

BOOST_DESCRIBE_STRUCT(EndpointTest, (), (endpoint, message))

/// Instead of data that would make the body longer than 20 kB.
struct TruncatedEvent {
    std::string event;
    std::string subject;
    bool truncated = true;
    std::string link;
};

BOOST_DESCRIBE_STRUCT(TruncatedEvent, (), (event, subject, truncated, link))

}  // namespace view

struct EventType {
    std::string_view name;
    std::string_view when;
    MakeSchema data = nullptr;
};

/// Every type that the service tells.
inline constexpr std::array<EventType, 22> kEventTypes{{
    {.name = "item.discovered",
     .when = "A new file or version was noticed.",
     .data = &described::Schema<view::ItemEvent>},
    {.name = "item.completed",
     .when = "All its processes ended.",
     .data = &described::Schema<view::ItemEvent>},
    {.name = "item.failed",
     .when = "All its processes ended; some failed.",
     .data = &described::Schema<view::ItemEvent>},
    {.name = "item.skipped",
     .when = "There was nothing to do, or a newer version came.",
     .data = &described::Schema<view::ItemEvent>},
    {.name = "item.cancelled", .when = "Somebody cancelled it.", .data = &described::Schema<view::ItemEvent>},
    {.name = "item.removed",
     .when = "Its object is not in the store any more; what waited of it was skipped.",
     .data = &described::Schema<view::ItemEvent>},
    {.name = "item.labels_changed",
     .when = "People changed, and with them who is in it.",
     .data = &described::Schema<view::LabelsChanged>},
    {.name = "process.started",
     .when = "A processor began on an item.",
     .data = &described::Schema<view::ProcessStarted>},
    {.name = "process.progress",
     .when = "How far a processor is that runs for more than 30 s; every 30 s at most.",
     .data = &described::Schema<view::ProcessProgress>},
    {.name = "process.completed", .when = "It has a result.", .data = &described::Schema<view::ProcessEnded>},
    {.name = "process.failed",
     .when = "It is not tried again.",
     .data = &described::Schema<view::ProcessEnded>},
    {.name = "process.skipped",
     .when = "It had nothing to do.",
     .data = &described::Schema<view::ProcessEnded>},
    {.name = "process.cancelled",
     .when = "Somebody cancelled it.",
     .data = &described::Schema<view::ProcessEnded>},
    {.name = "person.named",
     .when = "A person has a name: the first one, or another.",
     .data = &described::Schema<view::PersonNamed>},
    {.name = "bucket.scan_failed",
     .when = "A bucket could not be looked through.",
     .data = &described::Schema<view::ScanFailed>},
    {.name = "bucket.scan_completed",
     .when = "A bucket was looked through and something new was in it.",
     .data = &described::Schema<view::ScanCompleted>},
    {.name = "source.credentials_expiring",
     .when = "The last credentials of a source end in 7 days, or in 24 hours.",
     .data = &described::Schema<view::CredentialsExpiring>},
    {.name = "source.auth_failed",
     .when =
         "A store or a queue refuses the credentials of a source; it is asked once a minute from then on.",
     .data = &described::Schema<view::AuthFailed>},
    {.name = "source.webhook_failing",
     .when = "A webhook that tells of what is new does not any more: its store says that it fails, was "
             "switched off or is gone.",
     .data = &described::Schema<view::WebhookFailing>},
    {.name = "message.dead",
     .when = "A message of a queue was not understood; it is kept.",
     .data = &described::Schema<view::MessageDead>},
    {.name = "endpoint.disabled",
     .when = "The service stopped telling an endpoint.",
     .data = &described::Schema<view::EndpointDisabled>},
    {.name = "endpoint.test",
     .when = "Somebody asked for a test.",
     .data = &described::Schema<view::EndpointTest>},
}};

}  // namespace notify
