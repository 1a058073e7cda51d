#include "sources/sqs/wire.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "sources/objects/answers.hpp"

namespace notify::sqs {

namespace {

using boost::json::array;
using boost::json::object;

constexpr std::array<std::string_view, 2> kMessageAttributes{"ApproximateReceiveCount", "SentTimestamp"};
constexpr std::array<std::string_view, 4> kQueueAttributes{
    "RedrivePolicy",
    "VisibilityTimeout",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible"
};
// year 9999: what is later is no time at which a message was sent
constexpr std::uint64_t kLatestMillis = 253'402'300'799'000;

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// SQS writes numbers as strings; other servers as numbers too.
std::optional<std::uint64_t> Number(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    if (found == nullptr) {
        return std::nullopt;
    }
    if (found->is_int64() && found->get_int64() >= 0) {
        return static_cast<std::uint64_t>(found->get_int64());
    }
    return found->is_string() ? objects::WholeNumber(std::string_view(found->get_string())) : std::nullopt;
}

int SmallNumber(const object& json, std::string_view name, int otherwise) {
    constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
    return static_cast<int>(
        std::min(Number(json, name).value_or(static_cast<std::uint64_t>(otherwise)), kMost)
    );
}

/// An object; nothing at all is one without members.
Result<object> ReadObject(std::string_view body) {
    if (body.empty()) {
        return object();
    }
    auto json = ParseJson(body);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the answer is no JSON object");
    }
    return std::move(json->get_object());
}

/// The members of that list; none when it is missing.
const array& ListIn(const object& json, std::string_view name) {
    static const array none;
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}

object ObjectIn(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_object() ? found->get_object() : object();
}

Result<Message> ReadMessage(const boost::json::value& value) {
    if (!value.is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "a message of the answer is no JSON object");
    }
    const auto& json = value.get_object();
    const auto attributes = ObjectIn(json, "Attributes");
    Message message{
        .id = Text(json, "MessageId"),
        .receipt = Text(json, "ReceiptHandle"),
        .body = Text(json, "Body"),
        .received = std::max(1, SmallNumber(attributes, "ApproximateReceiveCount", 1)),
        .sent_at = {}
    };
    if (message.receipt.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "a message of the answer has no receipt handle");
    }
    const auto digest = Text(json, "MD5OfBody");
    message.intact = digest.empty() || digest == Md5Hex(message.body);
    const auto sent = Number(attributes, "SentTimestamp");
    if (sent && *sent <= kLatestMillis) {
        message.sent_at = FromMillis(static_cast<std::int64_t>(*sent));
    }
    return message;
}

array NamesOf(std::span<const std::string_view> names) {
    array list;
    for (const auto name : names) {
        list.emplace_back(name);
    }
    return list;
}

}  // namespace

std::string ReceiveBody(std::string_view queue_url, const ReceiveRequest& request) {
    return ToJsonText(
        object{
            {"QueueUrl", queue_url},
            {"MaxNumberOfMessages", request.most},
            {"WaitTimeSeconds", request.wait.count()},
            {"VisibilityTimeout", request.hidden.count()},
            {"MessageSystemAttributeNames", NamesOf(kMessageAttributes)},
            {"AttributeNames", NamesOf(kMessageAttributes)}  // what older servers read instead
        }
    );
}

std::string DeleteBody(std::string_view queue_url, std::span<const std::string> receipts) {
    array entries;
    for (const auto& receipt : receipts) {
        entries.push_back(object{{"Id", std::to_string(entries.size())}, {"ReceiptHandle", receipt}});
    }
    return ToJsonText(object{{"QueueUrl", queue_url}, {"Entries", std::move(entries)}});
}

std::string VisibilityBody(std::string_view queue_url, std::span<const VisibilityChange> changes) {
    array entries;
    for (const auto& change : changes) {
        entries.push_back(
            object{
                {"Id", std::to_string(entries.size())},
                {"ReceiptHandle", change.receipt},
                {"VisibilityTimeout", change.hidden.count()}
            }
        );
    }
    return ToJsonText(object{{"QueueUrl", queue_url}, {"Entries", std::move(entries)}});
}

std::string AttributesBody(std::string_view queue_url) {
    return ToJsonText(object{{"QueueUrl", queue_url}, {"AttributeNames", NamesOf(kQueueAttributes)}});
}

Result<std::vector<Message>> ReadMessages(std::string_view body) {
    const auto json = ReadObject(body);
    if (!json) {
        return Unexpected(json.error());
    }
    std::vector<Message> messages;
    for (const auto& value : ListIn(*json, "Messages")) {
        auto message = ReadMessage(value);
        if (!message) {
            return Unexpected(message.error());
        }
        messages.push_back(*std::move(message));
        if (messages.size() == kMostEntries) {
            break;
        }
    }
    return messages;
}

Result<std::vector<RefusedEntry>> ReadBatch(std::string_view body, std::size_t count) {
    const auto json = ReadObject(body);
    if (!json) {
        return Unexpected(json.error());
    }
    std::vector<std::optional<RefusedEntry>> entries;
    entries.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        entries.emplace_back(RefusedEntry{.index = i, .code = {}, .message = {}});
    }
    for (const auto& value : ListIn(*json, "Successful")) {
        const auto done = value.is_object() ? Number(value.get_object(), "Id") : std::nullopt;
        if (done && *done < count) {
            entries[*done].reset();
        }
    }
    for (const auto& value : ListIn(*json, "Failed")) {
        const auto refused = value.is_object() ? Number(value.get_object(), "Id") : std::nullopt;
        if (refused && *refused < count) {
            entries[*refused] = RefusedEntry{
                .index = static_cast<std::size_t>(*refused),
                .code = Text(value.get_object(), "Code"),
                .message = Text(value.get_object(), "Message")
            };
        }
    }
    std::vector<RefusedEntry> left;
    for (auto& entry : entries) {
        if (entry) {
            left.push_back(*std::move(entry));
        }
    }
    return left;
}

Result<QueueAttributes> ReadAttributes(std::string_view body) {
    const auto json = ReadObject(body);
    if (!json) {
        return Unexpected(json.error());
    }
    const auto told = ObjectIn(*json, "Attributes");
    QueueAttributes attributes{
        .hidden = std::chrono::seconds(SmallNumber(told, "VisibilityTimeout", 0)),
        .waiting = Number(told, "ApproximateNumberOfMessages").value_or(0),
        .in_flight = Number(told, "ApproximateNumberOfMessagesNotVisible").value_or(0)
    };
    const auto policy = ParseJson(Text(told, "RedrivePolicy"));
    if (policy && policy->is_object()) {
        attributes.redrives = !Text(policy->get_object(), "deadLetterTargetArn").empty();
        attributes.most_receives = SmallNumber(policy->get_object(), "maxReceiveCount", 0);
    }
    return attributes;
}

}  // namespace notify::sqs
