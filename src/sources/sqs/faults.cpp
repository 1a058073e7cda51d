#include "sources/sqs/faults.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/json.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/sqs/queue_address.hpp"

namespace notify::sqs {

namespace {

constexpr std::string_view kOldPrefix = "AWS.SimpleQueueService.";

/// What an error answer says of itself.
struct Said {
    std::string code;  ///< "QueueDoesNotExist", without namespace and suffix; "" when it says none.
    std::string message;
};

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool Mentions(std::string_view text, std::string_view lower_case_words) {
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    };
    return !std::ranges::search(text, lower_case_words, same).empty();
}

/// "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
/// "UnrecognizedClientException:http://…": the word that counts.
std::string WordIn(std::string_view code) {
    code.remove_prefix(std::min(code.find('#') + 1, code.size()));  // npos + 1 is 0
    code = code.substr(0, code.find(':'));
    if (code.starts_with(kOldPrefix)) {
        code.remove_prefix(kOldPrefix.size());
    }
    return std::string(code);
}

std::string TextOf(const boost::json::object& json, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        const auto* found = json.if_contains(name);
        if (found != nullptr && found->is_string()) {
            return std::string(found->get_string());
        }
    }
    return {};
}

Said Read(const HttpResponse& response) {
    const auto json = ParseJson(response.body);
    Said said;
    if (json && json->is_object()) {
        said = {
            .code = WordIn(TextOf(json->get_object(), {"__type", "code"})),
            .message = TextOf(json->get_object(), {"message", "Message"})
        };
    }
    if (said.code.empty()) {
        const auto query_error = response.Header("x-amzn-query-error");
        said.code = WordIn(query_error.substr(0, query_error.find(';')));
    }
    return said;
}

std::string NameOf(const QueueAddress& queue) {
    return fmt::format("queue '{}' at {}", objects::CleanText(queue.name), queue.host);
}

std::optional<Error> CredentialFault(const Said& said, const QueueAddress& queue) {
    const objects::Asked asked{.endpoint = queue.host, .bucket = {}, .key = {}, .action = {}};
    if (IsOneOf(said.code, {"SignatureDoesNotMatch", "InvalidSignatureException"})) {
        return Mentions(said.message, "scope")
                   ? objects::LastingFault(
                         ErrorCode::kUnavailable,
                         objects::kWrongRegion,
                         fmt::format(
                             "{} is not in region {}: give the region of the queue",
                             NameOf(queue),
                             queue.region
                         )
                     )
                   : objects::CredentialsFault(
                         objects::kCredentialsRefused,
                         fmt::format(
                             "{} refuses the signature: the secret key is wrong; give the right one",
                             queue.host
                         )
                     );
    }
    if (IsOneOf(
            said.code,
            {"InvalidClientTokenId",
             "UnrecognizedClientException",
             "InvalidAccessKeyId",
             "MissingAuthenticationToken",
             "MissingAuthenticationTokenException",
             "IncompleteSignature",
             "IncompleteSignatureException"}
        )) {
        return objects::CredentialsFault(
            objects::kCredentialsRefused,
            fmt::format("{} does not know the access key; give one that is valid there", queue.host)
        );
    }
    if (IsOneOf(said.code, {"ExpiredToken", "ExpiredTokenException", "InvalidToken"})) {
        return objects::ExpiredFault(asked);
    }
    if (IsOneOf(said.code, {"RequestExpired", "RequestTimeTooSkewed"})) {
        return objects::LastingFault(
            ErrorCode::kUnauthenticated,
            objects::kClockOff,
            fmt::format("{} refuses the time of the request: this machine's clock is off; set it", queue.host)
        );
    }
    return std::nullopt;
}

std::optional<Error> QueueFault(const Said& said, const QueueAddress& queue) {
    if (IsOneOf(said.code, {"QueueDoesNotExist", "NonExistentQueue", "QueueDeletedRecently"})) {
        return objects::LastingFault(
            ErrorCode::kUnavailable,
            kNoQueue,
            fmt::format(
                "there is no {} in region {}: check queue_url, or make the queue", NameOf(queue), queue.region
            )
        );
    }
    if (said.code == "InvalidAddress") {
        return objects::LastingFault(
            ErrorCode::kUnavailable,
            objects::kWrongRegion,
            fmt::format("{} is not to be asked there: give the endpoint of its region", NameOf(queue))
        );
    }
    if (IsOneOf(said.code, {"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidReceiptHandle"}) ||
        (said.code == "InvalidParameterValue" && Mentions(said.message, "receipt"))) {
        return objects::Fault(
            ErrorCode::kConflict,
            kStaleReceipt,
            fmt::format("a message of {} was received again since, or is gone", NameOf(queue))
        );
    }
    return std::nullopt;
}

std::optional<Error> MomentaryFault(
    const Said& said, const HttpResponse& response, const QueueAddress& queue, Timestamp now
) {
    const objects::Asked asked{.endpoint = queue.host, .bucket = {}, .key = {}, .action = {}};
    const auto pause = RetryAfter(response, now);
    if (said.code == "OverLimit") {
        return objects::Fault(
            ErrorCode::kThrottled,
            objects::kSlowDown,
            fmt::format("{} has too many messages that were received and not deleted", NameOf(queue)),
            pause
        );
    }
    const bool asks_to_slow = IsOneOf(
        said.code,
        {"RequestThrottled",
         "Throttling",
         "ThrottlingException",
         "ThrottledException",
         "TooManyRequests",
         "RequestLimitExceeded",
         "SlowDown",
         "KmsThrottled"}
    );
    if (asks_to_slow || response.status == 429 || response.status == 503) {
        return objects::BusyFault(asked, pause);
    }
    if (response.status >= 500) {
        return objects::StoreFault(asked, response.status, pause);
    }
    return response.status == 408 ? std::optional(objects::RequestTimeoutFault(asked)) : std::nullopt;
}

/// What answers there is no queue service that speaks JSON.
Error Foreign(const HttpResponse& response, const QueueAddress& queue) {
    const auto* what = objects::LooksLikeHtml(response.body) ? "a web page"
                       : response.body.starts_with("<?xml") || response.body.starts_with("<ErrorResponse")
                           ? "XML, as queues did before they spoke JSON"
                           : "something that is no answer of a queue";
    return objects::LastingFault(
        ErrorCode::kUnavailable,
        objects::kNotAStore,
        fmt::format(
            "{} answered with {} (status {}): check that queue_url and endpoint lead to Amazon SQS, or to a "
            "server that speaks its JSON protocol",
            queue.host,
            what,
            response.status
        )
    );
}

/// A right holds for an operation and for batches of it.
std::string RightTo(const Operation& asked) {
    constexpr std::string_view kBatch = "Batch";
    auto name = asked.name;
    name.remove_suffix(name.ends_with(kBatch) ? kBatch.size() : 0);
    return fmt::format("sqs:{}", name);
}

bool IsDenial(std::string_view code) {
    return IsOneOf(code, {"AccessDenied", "AccessDeniedException", "KmsAccessDenied", "OptInRequired"});
}

Error Denied(const QueueAddress& queue, const Operation& asked) {
    return objects::Fault(
        ErrorCode::kUnauthenticated,
        objects::kAccessDenied,
        fmt::format(
            "{} does not let this access key {} it: the right {} is missing; allow it in the key's policy "
            "and "
            "in the queue's (docs/sources/sqs.md)",
            NameOf(queue),
            asked.action,
            RightTo(asked)
        ),
        std::chrono::minutes(1)
    );
}

}  // namespace

Error FaultOf(
    const HttpResponse& response, const QueueAddress& queue, const Operation& asked, Timestamp now
) {
    const auto said = Read(response);
    if (auto fault = CredentialFault(said, queue)) {
        return *std::move(fault);
    }
    if (auto fault = QueueFault(said, queue)) {
        return *std::move(fault);
    }
    if (auto fault = MomentaryFault(said, response, queue, now)) {
        return *std::move(fault);
    }
    if (said.code.empty() && (!response.body.empty() || response.status / 100 == 3)) {
        return Foreign(response, queue);
    }
    if (response.status == 401 || response.status == 403 || IsDenial(said.code)) {
        return Denied(queue, asked);
    }
    return objects::Fault(
        ErrorCode::kInvalidArgument,
        "refused",
        fmt::format(
            "{} does not let us {} it: {} {} (status {})",
            NameOf(queue),
            asked.action,
            objects::CleanText(said.code),
            objects::CleanText(said.message),
            response.status
        )
    );
}

Error EntryFaultOf(
    std::string_view code, std::string_view message, const QueueAddress& queue, const Operation& asked
) {
    if (code.empty()) {
        return objects::Fault(
            ErrorCode::kUnavailable,
            kNotAnswered,
            fmt::format("{} did not say what became of a message", NameOf(queue))
        );
    }
    const Said said{.code = WordIn(code), .message = std::string(message)};
    if (auto fault = QueueFault(said, queue)) {
        return *std::move(fault);
    }
    if (IsDenial(said.code)) {
        return Denied(queue, asked);
    }
    return objects::Fault(
        ErrorCode::kUnavailable,
        objects::kStoreFault,
        fmt::format(
            "{} refused a message: {} {}",
            NameOf(queue),
            objects::CleanText(said.code),
            objects::CleanText(said.message)
        )
    );
}

Error UnreadableFault(const Error& why, const QueueAddress& queue) {
    return objects::Fault(
        ErrorCode::kUnavailable,
        objects::kWrongAnswer,
        fmt::format("{} answered what cannot be read: {}", queue.host, why.message)
    );
}

}  // namespace notify::sqs
