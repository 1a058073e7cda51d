#include "sources/messages/store_events.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/percent.hpp"
#include "core/result.hpp"
#include "sources/messages/members.hpp"
#include "sources/messages/message.hpp"
#include "sources/messages/news.hpp"

namespace notify::messages {

namespace {

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

Result<StoreNews> OfRecord(const boost::json::value& record) {
    const auto& s3 = record.is_object() ? Inner(record.get_object(), "s3") : boost::json::object();
    const auto key = Text(Inner(s3, "object"), "key");
    auto bucket = Text(Inner(s3, "bucket"), "name");
    if (!IsName(key) || !IsName(bucket)) {
        return NotUnderstood("s3_event", "/Records: a record names no s3.bucket.name and s3.object.key");
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

}  // namespace

Result<Message> ReadRecords(const boost::json::value& records) {
    if (!records.is_array()) {
        return NotUnderstood("s3_event", "/Records: must be a list");
    }
    Message message;
    for (const auto& record : records.get_array()) {
        auto news = OfRecord(record);
        if (!news) {
            return Unexpected(news.error());
        }
        message.news.emplace_back(*std::move(news));
    }
    if (message.news.empty()) {
        message.ignored = "no_records";
        message.sentence = "the message has no record in it";
    }
    return message;
}

Result<Message> ReadEventBridge(const boost::json::object& event) {
    const auto& detail = Inner(event, "detail");
    auto bucket = Text(Inner(detail, "bucket"), "name");
    auto key = Text(Inner(detail, "object"), "key");
    auto type = Text(event, "detail-type");
    if (!IsName(bucket) || !IsName(key)) {
        return NotUnderstood("eventbridge", "/detail: the event names no bucket.name and object.key");
    }
    const bool restored = type == "Object Restore Completed";
    const bool created = restored || type == "Object Created";
    Message message;
    message.news.emplace_back(
        StoreNews{
            .bucket = std::move(bucket),
            .keys = {std::move(key)},
            .created = created,
            .restored = restored,
            .event = std::move(type)
        }
    );
    return message;
}

bool IsTestEvent(const boost::json::object& event) {
    return SameWord(Text(event, "Event"), "s3:TestEvent");
}

}  // namespace notify::messages
