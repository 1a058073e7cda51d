#include "http/routes/intake_news.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "http/message.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// The object at a member; an empty one without it.
const object& Inner(const object& json, std::string_view name) {
    static const object none;
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

/// What the key of an S3 event may mean.
std::vector<std::string> Readings(const std::string& key) {
    std::vector<std::string> keys;
    if (auto decoded = PercentDecoded(key, true)) {
        keys.push_back(*std::move(decoded));
    }
    if (std::ranges::find(keys, key) == keys.end()) {
        keys.push_back(key);
    }
    return keys;
}

/// Names are told with and without "s3:" before them.
std::string_view Bare(std::string_view event) {
    event.remove_prefix(event.starts_with("s3:") ? 3 : 0);
    return event;
}

Result<StoreNews> OfRecord(const value& record) {
    const auto& s3 = record.is_object() ? Inner(record.get_object(), "s3") : object();
    const auto key = Text(Inner(s3, "object"), "key");
    auto bucket = Text(Inner(s3, "bucket"), "name");
    if (key.empty() || bucket.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument, "/Records: a record names no s3.bucket.name and s3.object.key"
        );
    }
    auto event = Text(record.get_object(), "eventName");
    const bool restored = Bare(event).starts_with("ObjectRestore:Completed");
    return StoreNews{
        .bucket = std::move(bucket),
        .keys = Readings(key),
        .created = restored || Bare(event).starts_with("ObjectCreated"),
        .restored = restored,
        .event = std::move(event)
    };
}

Result<StoreMessage> OfRecords(const value& records) {
    if (!records.is_array()) {
        return Fail(ErrorCode::kInvalidArgument, "/Records: must be a list");
    }
    StoreMessage message;
    for (const auto& record : records.get_array()) {
        auto news = OfRecord(record);
        if (!news) {
            return Unexpected(news.error());
        }
        message.news.push_back(*std::move(news));
    }
    return message;
}

/// EventBridge's keys are not encoded.
Result<StoreMessage> OfEventBridge(const object& event) {
    const auto& detail = Inner(event, "detail");
    auto bucket = Text(Inner(detail, "bucket"), "name");
    auto key = Text(Inner(detail, "object"), "key");
    auto type = Text(event, "detail-type");
    if (bucket.empty() || key.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "/detail: the event names no bucket.name and object.key");
    }
    const bool restored = type == "Object Restore Completed";
    const bool created = restored || type == "Object Created";
    return StoreMessage{
        .news =
            {{.bucket = std::move(bucket),
              .keys = {std::move(key)},
              .created = created,
              .restored = restored,
              .event = std::move(type)}},
        .test = false
    };
}

Result<StoreMessage> OfPlain(const value& body) {
    if (!body.is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the request's body must be an object");
    }
    const auto& message = body.get_object();
    if (const auto* records = message.if_contains("Records")) {
        return OfRecords(*records);
    }
    if (message.contains("detail")) {
        return OfEventBridge(message);
    }
    if (Text(message, "Event") == "s3:TestEvent") {
        return StoreMessage{.news = {}, .test = true};
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        "the request's body is neither an S3 event (Records), nor one of EventBridge (detail), nor an SNS "
        "notification of one"
    );
}

}  // namespace

Result<StoreMessage> ReadStoreMessage(const value& body) {
    const auto type = body.is_object() ? Text(body.get_object(), "Type") : std::string();
    if (type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation") {
        return StoreMessage{.news = {}, .test = false, .subscription = true};
    }
    if (type != "Notification") {
        return OfPlain(body);
    }
    return ParseJson(Text(body.get_object(), "Message"))
        .and_then([](const value& inner) { return OfPlain(inner); })
        .map_error([](const Error& error) { return error.Within("/Message"); });
}

}  // namespace notify
