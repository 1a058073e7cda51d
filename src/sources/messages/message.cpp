#include "sources/messages/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "sources/messages/iconik_events.hpp"
#include "sources/messages/members.hpp"
#include "sources/messages/news.hpp"
#include "sources/messages/store_events.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;
using messages::Member;
using messages::NotUnderstood;
using messages::SameWord;
using messages::Text;

/// What a message is wrapped in.
struct Envelope {
    std::string_view reason;
    std::string_view place;  ///< Where the inner message is, for a sentence.
    const value* inside = nullptr;
    bool base64 = false;
};

/// The event that AWS hands on for a request to a Function URL or to an API Gateway.
bool IsHttpEvent(const object& json) {
    const auto is_there = [&](std::string_view name) {
        const auto* found = Member(json, name);
        return found != nullptr && found->is_object();
    };
    return is_there("headers") || is_there("requestContext");
}

std::optional<Envelope> EnvelopeOf(const object& json) {
    if (SameWord(Text(json, "Type"), "Notification")) {
        return Envelope{
            .reason = "sns", .place = "/Message of an SNS notification", .inside = Member(json, "Message")
        };
    }
    if (IsHttpEvent(json)) {
        const auto* const encoded = Member(json, "isBase64Encoded");
        return Envelope{
            .reason = "http_event",
            .place = "/body of an HTTP event",
            .inside = Member(json, "body"),
            .base64 = encoded != nullptr && encoded->is_bool() && encoded->get_bool()
        };
    }
    const auto* const context = Member(json, "context");
    const auto* const data = Member(json, "data");
    if (context != nullptr && context->is_object() && data != nullptr) {
        return Envelope{
            .reason = "webhook2lambda2sqs", .place = "/data of webhook2lambda2sqs", .inside = data
        };
    }
    return std::nullopt;
}

/// JSON, or JSON in a JSON string: some write it twice.
Result<value> JsonOf(std::string_view text) {
    auto json = ParseJson(text);
    if (json && json->is_string()) {
        json = ParseJson(json->get_string());
    }
    return json.map_error([](const Error& error) {
        return NotUnderstood("not_json", error.message).value();
    });
}

Result<value> Opened(const Envelope& envelope) {
    if (envelope.inside == nullptr) {
        return NotUnderstood(envelope.reason, "nothing is there");
    }
    if (!envelope.inside->is_string()) {
        return *envelope.inside;
    }
    const std::string_view text = envelope.inside->get_string();
    const auto bytes = envelope.base64 ? FromBase64(text) : Result<std::string>(text);
    if (!bytes) {
        return NotUnderstood(envelope.reason, bytes.error().message);
    }
    return JsonOf(*bytes).map_error([&](Error error) {
        error.reason = envelope.reason;
        return error;
    });
}

Message NothingToDo(std::string_view word, std::string_view sentence) {
    return Message{.ignored = std::string(word), .sentence = std::string(sentence)};
}

Result<Message> ReadShortForm(const object& json) {
    if (Member(json, "bucket") == nullptr) {
        return messages::ReadIconikIds(json);
    }
    auto bucket = Text(json, "bucket");
    auto key = Text(json, "key");
    if (!messages::IsName(bucket) || !messages::IsName(key)) {
        return NotUnderstood("short_form", "/bucket and /key: must be texts");
    }
    Message message;
    message.news.emplace_back(
        StoreNews{.bucket = std::move(bucket), .keys = {std::move(key)}, .created = true, .event = {}}
    );
    return message;
}

bool IsShortForm(const object& json) {
    const auto is_there = [&](std::string_view name) { return Member(json, name) != nullptr; };
    return is_there("asset_id") || is_there("asset_ids") || is_there("collection_id") ||
           (is_there("bucket") && is_there("key"));
}

/// What is in the innermost envelope.
Result<Message> ReadPlain(const object& json) {
    if (const auto* const records = Member(json, "Records")) {
        return messages::ReadRecords(*records);
    }
    if (messages::IsTestEvent(json)) {
        return NothingToDo("test", "the store's test message has arrived");
    }
    const auto type = Text(json, "Type");
    if (SameWord(type, "SubscriptionConfirmation") || SameWord(type, "UnsubscribeConfirmation")) {
        return NothingToDo(
            "not_followed",
            "this service opens no link that it is sent: confirm the subscription where it was made"
        );
    }
    if (Member(json, "detail") != nullptr) {
        return messages::ReadEventBridge(json);
    }
    if (messages::IsIconikAction(json)) {
        return messages::ReadIconikAction(json);
    }
    if (messages::IsIconikWebhook(json)) {
        return messages::ReadIconikWebhook(json);
    }
    return IsShortForm(json)
               ? ReadShortForm(json)
               : NotUnderstood(
                     "unrecognised",
                     "this is no event of S3 or EventBridge, nothing of Iconik's, and in no known envelope "
                     "(docs/messages.md)"
                 );
}

/// `left`: how many envelopes may still be around it.
Result<Message> Read(const value& json, int left) {
    if (!json.is_object()) {
        return NotUnderstood("unrecognised", "a message must be an object");
    }
    const auto envelope = EnvelopeOf(json.get_object());
    if (!envelope) {
        return ReadPlain(json.get_object());
    }
    if (left == 0) {
        return NotUnderstood(
            "too_deep", fmt::format("more than {} envelopes are around the message", kMostEnvelopes)
        );
    }
    return Opened(*envelope).and_then(
                                [&](const value& inside) { return Read(inside, left - 1); }
    ).map_error([&](const Error& error) { return error.Within(envelope->place); });
}

}  // namespace

Result<Message> ParseMessage(std::string_view body) {
    if (body.size() > kMostMessageBytes) {
        return Unexpected(
            Error{
                .code = ErrorCode::kTooLarge,
                .stage = "parse",
                .reason = "too_large",
                .message = "a message may have 1 MiB"
            }
        );
    }
    return JsonOf(body).and_then([](const value& json) { return Read(json, kMostEnvelopes); });
}

}  // namespace notify
