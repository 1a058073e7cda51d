#include "app/store_settings.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/json.hpp"
#include "sources/objects/answers.hpp"
#include "sources/sqs/queue_address.hpp"

namespace notify {

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kIconikUrl = "ICONIK_URL";
constexpr std::string_view kIconikHost = "https://app.iconik.io";
constexpr std::string_view kAppId = "ICONIK_APP_ID";
constexpr std::string_view kAccessToken = "ICONIK_ACCESS_TOKEN";
constexpr std::string_view kEndpoint = "DATACORE_ENDPOINT";
constexpr std::string_view kToken = "DATACORE_TOKEN";
constexpr std::string_view kAccessKey = "AWS_ACCESS_KEY";
constexpr std::string_view kSecretKey = "AWS_SECRET_KEY";
constexpr std::string_view kRegion = "AWS_REGION";
constexpr std::string_view kQueueUrl = "SQS_QUEUE_URL";
constexpr std::string_view kQueueEndpoint = "SQS_ENDPOINT";
constexpr std::string_view kQueueMode = "SQS_MODE";
constexpr std::string_view kQueueInterval = "SQS_POLL_INTERVAL";

std::string ValueOf(const Values& values, std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
}

bool Has(const Values& values, std::string_view name) {
    return !ValueOf(values, name).empty();
}

std::string Incomplete(std::string_view given, std::string_view missing, std::string_view store) {
    return fmt::format("{} is set, but {} is not: there is no source for {}", given, missing, store);
}

void FindIconik(const Values& values, StoresFound& found) {
    const bool app_id = Has(values, kAppId);
    const bool token = Has(values, kAccessToken);
    if (app_id && token) {
        const boost::json::object config{
            {"endpoint", Has(values, kIconikUrl) ? ValueOf(values, kIconikUrl) : std::string(kIconikHost)},
            {"credentials", boost::json::object{{"access_key", kAppId}, {"secret_key", kAccessToken}}}
        };
        found.complete.push_back({.kind = "iconik", .config = ToJsonText(config)});
    } else if (app_id || token) {
        found.sentences.push_back(
            Incomplete(app_id ? kAppId : kAccessToken, app_id ? kAccessToken : kAppId, "ICONIK")
        );
    }
}

void FindDatacore(const Values& values, StoresFound& found) {
    constexpr std::string_view kStore = "DATACORE Swarm";
    const bool endpoint = Has(values, kEndpoint);
    const bool token = Has(values, kToken);
    const bool keys = Has(values, kAccessKey) && Has(values, kSecretKey);
    if (!endpoint) {
        if (token) {
            found.sentences.push_back(Incomplete(kToken, kEndpoint, kStore));
        }
        return;
    }
    if (!token && !keys) {
        const auto missing = fmt::format("{} (or {} with {})", kToken, kAccessKey, kSecretKey);
        found.sentences.push_back(Incomplete(kEndpoint, missing, kStore));
        return;
    }
    boost::json::object config{{"endpoint", ValueOf(values, kEndpoint)}};
    if (token) {
        config["credentials"] = boost::json::object{{"token", kToken}};
    } else {
        config["credentials"] = boost::json::object{{"access_key", kAccessKey}, {"secret_key", kSecretKey}};
    }
    found.complete.push_back({.kind = "datacore", .config = ToJsonText(config)});
}

/// Signed with the AWS keys: a source that names no credentials takes those.
void FindQueue(const Values& values, StoresFound& found) {
    constexpr std::string_view kStore = "a queue of messages";
    const auto url = ValueOf(values, kQueueUrl);
    const auto endpoint = ValueOf(values, kQueueEndpoint);
    if (url.empty()) {
        if (!endpoint.empty()) {
            found.sentences.push_back(Incomplete(kQueueEndpoint, kQueueUrl, kStore));
        }
        return;
    }
    for (const auto key : {kAccessKey, kSecretKey}) {
        if (!Has(values, key)) {
            found.sentences.push_back(Incomplete(kQueueUrl, key, kStore));
            return;
        }
    }
    const auto region = ValueOf(values, kRegion);
    auto address = sqs::ReadQueueAddress(url, endpoint, {});
    const bool tells_none = !address && address.error().message.starts_with("/region");
    if (tells_none && region.empty()) {
        found.sentences.push_back(Incomplete(kQueueUrl, kRegion, kStore));
        return;
    }
    if (tells_none) {
        address = sqs::ReadQueueAddress(url, endpoint, region);
    }
    if (!address) {
        found.sentences.push_back(
            fmt::format("{} makes no source for {}: {}", kQueueUrl, kStore, address.error().message)
        );
        return;
    }
    boost::json::object config{{"queue_url", url}};
    if (tells_none) {
        config["region"] = region;
    }
    if (!endpoint.empty()) {
        config["endpoint"] = endpoint;
    }
    if (Has(values, kQueueMode)) {
        config["mode"] = ValueOf(values, kQueueMode);
    }
    if (const auto seconds = objects::WholeNumber(ValueOf(values, kQueueInterval))) {
        config["poll_interval_s"] = *seconds;
    }
    found.complete.push_back({.kind = "sqs", .config = ToJsonText(config)});
}

}  // namespace

StoresFound FindStores(const Values& values) {
    StoresFound found;
    FindIconik(values, found);
    FindDatacore(values, found);
    FindQueue(values, found);
    return found;
}

}  // namespace notify
