#pragma once

// What the API shows and takes of sources.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "sources/setup.hpp"

namespace notify::view {

struct SecretView {
    std::int64_t number = 0;
    std::string access_key;
    std::string added_at;
    std::optional<std::string> expires_at;
};

BOOST_DESCRIBE_STRUCT(SecretView, (), (number, access_key, added_at, expires_at))

struct QueueView {
    std::int64_t received = 0;
    std::int64_t deleted = 0;
    std::int64_t known = 0;
    std::int64_t dead = 0;
    std::optional<std::string> answered_at;
    double oldest_seconds = 0;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(
    QueueView, (), (received, deleted, known, dead, answered_at, oldest_seconds, code, sentence)
)

struct StoreWebhookView {
    std::string id;
    std::string name;
    Word<kStoreWebhookWords> status;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(StoreWebhookView, (), (id, name, status, sentence))

struct WebhooksView {
    std::optional<std::string> read_at;
    std::vector<StoreWebhookView> rows;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(WebhooksView, (), (read_at, rows, sentence))

struct SourceView {
    std::string id;
    std::string kind;
    std::string name;
    boost::json::value config;
    int max_in_flight = 0;
    std::vector<SecretView> secrets;
    std::optional<std::string> expires_at;  // of the last secret that lives
    std::optional<QueueView> queue;         // of kind sqs, while the service runs
    std::optional<WebhooksView> webhooks;   // of kind iconik, when setup made some and the service runs
    std::string note;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(
    SourceView,
    (),
    (id, kind, name, config, max_in_flight, secrets, expires_at, queue, webhooks, note, created_at)
)

struct SourceList {
    std::vector<SourceView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(SourceList, (), (rows, next))

struct NewSecret {
    std::optional<std::string> access_key;
    std::optional<std::string> secret_key;
    std::optional<std::string> session_token;
    std::optional<std::string> token;
    std::optional<std::string> expires_at;
};

BOOST_DESCRIBE_STRUCT(NewSecret, (), (access_key, secret_key, session_token, token, expires_at))

struct NewSource {
    std::string kind;
    std::optional<Name> name;
    std::optional<boost::json::value> config;
    std::optional<Within<int, 0, 100000>> max_in_flight;
    std::optional<NewSecret> secret;
};

BOOST_DESCRIBE_STRUCT(NewSource, (), (kind, name, config, max_in_flight, secret))

struct SourceChange {
    std::optional<Name> name;
    std::optional<boost::json::value> config;
    std::optional<Within<int, 0, 100000>> max_in_flight;
};

BOOST_DESCRIBE_STRUCT(SourceChange, (), (name, config, max_in_flight))

struct SourceSetup {
    std::optional<std::string> system_endpoint;
    std::optional<std::string> webhook_name;
    std::optional<std::string> action_title;
    std::optional<bool> take_over;
    std::optional<bool> dry_run;
    std::optional<bool> remove;
};

BOOST_DESCRIBE_STRUCT(
    SourceSetup, (), (system_endpoint, webhook_name, action_title, take_over, dry_run, remove)
)

struct SetupStep {
    std::string what;
    std::string name;
    std::string id;
    Word<kSetupStateWords> state;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(SetupStep, (), (what, name, id, state, sentence))

struct SetupReport {
    bool passed = false;
    bool dry_run = false;
    std::vector<SetupStep> steps;
    std::vector<std::string> warnings;
};

BOOST_DESCRIBE_STRUCT(SetupReport, (), (passed, dry_run, steps, warnings))

struct StoreKindView {
    std::string kind;
    boost::json::value config_schema;
};

BOOST_DESCRIBE_STRUCT(StoreKindView, (), (kind, config_schema))

struct StoreKindList {
    std::vector<StoreKindView> rows;
};

BOOST_DESCRIBE_STRUCT(StoreKindList, (), (rows))

}  // namespace notify::view
