#include "sources/sqs/client.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/sigv4.hpp"
#include "sources/sqs/faults.hpp"
#include "sources/sqs/queue_address.hpp"
#include "sources/sqs/wire.hpp"

namespace notify::sqs {

namespace {

// ten messages of 1 MiB whose every byte is written as \u00XX
constexpr std::size_t kMostReceivedBytes = 64U << 20U;
constexpr std::size_t kMostAnswerBytes = 1U << 20U;
constexpr std::chrono::seconds kTransfer{60};

HttpClientSettings Keeping(HttpClientSettings network) {
    network.keep_connections = true;
    return network;
}

}  // namespace

/// A request before it is signed.
struct Client::Call {
    Operation operation;
    std::string body;
    std::chrono::seconds wait{0};  ///< How long the queue takes at least.
    std::size_t max_body_bytes = kMostAnswerBytes;
};

/// What was put right for a request already; each thing once.
struct Client::Correction {
    bool clock = false;
    bool credentials = false;
};

Client::Client(ClientSettings settings, s3::CredentialsProvider credentials, const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      signer_(std::move(credentials), clock),
      http_(Keeping(settings_.network)),
      pace_(settings_.retry) {}

HttpRequest Client::Signed(const Call& call, const s3::Credentials& credentials, Timestamp signed_at) const {
    const auto& queue = settings_.queue;
    const s3::SigningRequest signing{
        .method = "POST",
        .host = queue.host,
        .path = queue.path,
        .query = {},
        .headers =
            {{"content-type", "application/x-amz-json-1.0"},
             {"x-amz-target", fmt::format("AmazonSQS.{}", call.operation.name)}},
        .payload_hash = Sha256Hex(call.body),
    };
    const s3::SigningScope scope{
        .region = queue.region, .service = "sqs", .form = s3::SigningForm::kGeneral, .time = signed_at
    };
    return {
        .method = "POST",
        .url = queue.endpoint,
        .headers = SignHeaders(signing, credentials, scope),
        .body = call.body,
        .connect_timeout = std::chrono::seconds(10),
        .total_timeout = call.wait + kTransfer,
        .max_response_bytes = call.max_body_bytes,
    };
}

objects::Attempt Client::SendOnce(const Call& call, Correction& done, const std::stop_token& stop) {
    const auto credentials = signer_.CredentialsNow();
    if (!credentials) {
        return {.answer = Unexpected(credentials.error())};
    }
    const auto signed_at = signer_.Now();
    auto request = Signed(call, *credentials, signed_at);
    std::string kept;
    const objects::TakeBody none;
    request.take_body = pace_.Receiver(none, kept, call.max_body_bytes, stop);
    auto response = http_.Send(request, stop);
    if (!response) {
        const objects::Asked asked{
            .endpoint = settings_.queue.host,
            .bucket = {},
            .key = {},
            .action = std::string(call.operation.action)
        };
        return {.answer = Unexpected(objects::FaultOf(response.error(), asked))};
    }
    response->body = std::move(kept);
    if (response->status / 100 == 2) {
        return {.answer = *std::move(response)};
    }
    const auto fault = FaultOf(*response, settings_.queue, call.operation, clock_.Now());
    bool corrected = false;
    if (!done.clock && signer_.LearnsClock(*response, signed_at)) {
        done.clock = corrected = true;
    } else if (!done.credentials && fault.code == ErrorCode::kUnauthenticated) {
        done.credentials = corrected = signer_.HasOthersThan(*credentials);
    }
    return {.answer = Unexpected(fault), .corrected = corrected};
}

Result<HttpResponse> Client::Do(const Call& call, const std::stop_token& stop) {
    Correction done;
    return pace_.Persist([&] { return SendOnce(call, done, stop); }, stop);
}

Result<std::vector<EntryFault>> Client::DoBatch(
    const Call& call, std::size_t count, const std::stop_token& stop
) {
    const auto answer = Do(call, stop);
    if (!answer) {
        return Unexpected(answer.error());
    }
    const auto refused = ReadBatch(answer->body, count);
    if (!refused) {
        return Unexpected(UnreadableFault(refused.error(), settings_.queue));
    }
    std::vector<EntryFault> faults;
    for (const auto& entry : *refused) {
        faults.push_back(
            {.index = entry.index,
             .error = EntryFaultOf(entry.code, entry.message, settings_.queue, call.operation)}
        );
    }
    return faults;
}

Result<std::vector<Message>> Client::Receive(const ReceiveRequest& request, const std::stop_token& stop) {
    const auto answer =
        Do({.operation = {.name = "ReceiveMessage", .action = "receive from"},
            .body = ReceiveBody(settings_.queue.queue_url, request),
            .wait = request.wait,
            .max_body_bytes = kMostReceivedBytes},
           stop);
    if (!answer) {
        return Unexpected(answer.error());
    }
    return ReadMessages(answer->body).map_error([this](const Error& error) {
        return UnreadableFault(error, settings_.queue);
    });
}

Result<std::vector<EntryFault>> Client::Delete(
    std::span<const std::string> receipts, const std::stop_token& stop
) {
    return DoBatch(
        {.operation = {.name = "DeleteMessageBatch", .action = "delete from"},
         .body = DeleteBody(settings_.queue.queue_url, receipts)},
        receipts.size(),
        stop
    );
}

Result<std::vector<EntryFault>> Client::ChangeVisibility(
    std::span<const VisibilityChange> changes, const std::stop_token& stop
) {
    return DoBatch(
        {.operation = {.name = "ChangeMessageVisibilityBatch", .action = "change the visibility in"},
         .body = VisibilityBody(settings_.queue.queue_url, changes)},
        changes.size(),
        stop
    );
}

Result<QueueAttributes> Client::Attributes(const std::stop_token& stop) {
    const auto answer =
        Do({.operation = {.name = "GetQueueAttributes", .action = "read the attributes of"},
            .body = AttributesBody(settings_.queue.queue_url)},
           stop);
    if (!answer) {
        return Unexpected(answer.error());
    }
    return ReadAttributes(answer->body).map_error([this](const Error& error) {
        return UnreadableFault(error, settings_.queue);
    });
}

}  // namespace notify::sqs
