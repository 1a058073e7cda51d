#include "sources/datacore/native_client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/datacore/native_faults.hpp"
#include "sources/datacore/native_page.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::datacore {

namespace {

// the least speed ends what hangs long before
constexpr std::chrono::milliseconds kLongestTransfer = std::chrono::hours(6);

HttpClientSettings Keeping(HttpClientSettings network) {
    network.keep_connections = true;
    return network;
}

}  // namespace

struct NativeClient::Call {
    std::string method = "GET";
    std::string bucket;
    std::string key;          ///< Empty: the bucket.
    std::string_view action;  ///< For sentences: "list", "read", ….
    s3::Query query;
    HttpHeaders headers;
    std::string_view body;                    ///< Outlives the call.
    std::size_t max_body_bytes = 64U << 10U;  ///< Of the answer.
    /// Takes the body of an answer 2xx instead of keeping it.
    objects::TakeBody take_body;
    std::uint64_t progress = 0;  ///< Bytes had before this attempt.
};

/// An answer and with which token it was asked for.
struct NativeClient::Sent {
    HttpResponse response;
    std::string token;
};

NativeClient::NativeClient(NativeSettings settings, TokenProvider token, const Clock& clock)
    : settings_(std::move(settings)),
      token_(std::move(token)),
      clock_(clock),
      http_(Keeping(settings_.network)),
      pace_(settings_.retry, settings_.limits) {}

Result<std::string> NativeClient::TokenNow() const {
    std::optional<std::string> refused;
    {
        const std::scoped_lock lock(mutex_);
        refused = refused_;
    }
    return token_(refused ? &*refused : nullptr);
}

bool NativeClient::HasAnother(const std::string& refused) {
    {
        const std::scoped_lock lock(mutex_);
        refused_ = refused;
    }
    const auto other = TokenNow();
    return other && *other != refused;
}

void NativeClient::Accept(const std::string& token) {
    const std::scoped_lock lock(mutex_);
    accepted_ = token;
}

Result<NativeClient::Sent> NativeClient::SendOnce(const Call& call, const std::stop_token& stop) const {
    auto token = TokenNow();
    if (!token) {
        return Unexpected(token.error());
    }
    auto query = call.query;
    query.emplace_back("domain", settings_.domain.empty() ? settings_.endpoint.Host() : settings_.domain);
    auto target = settings_.endpoint.At(call.bucket, call.key, s3::CanonicalQuery(query), {});
    if (!target) {
        return Unexpected(target.error());
    }
    HttpRequest request{
        .method = call.method,
        .url = std::move(target->url),
        .headers = call.headers,
        .body = std::string(call.body),
        .connect_timeout = settings_.connect_timeout,
        .total_timeout = kLongestTransfer,
        .max_response_bytes = call.max_body_bytes,
        .least_speed = settings_.least_speed,
    };
    request.headers.emplace_back("cookie", "token=" + *token);
    Sent sent{.response = {}, .token = *std::move(token)};
    std::string kept;
    request.take_body = pace_.Receiver(call.take_body, kept, call.max_body_bytes, stop);
    auto response = http_.Send(request, stop);
    if (!response) {
        return Unexpected(
            objects::FaultOf(
                response.error(),
                {.endpoint = settings_.endpoint.Name(),
                 .bucket = call.bucket,
                 .key = call.key,
                 .action = std::string(call.action)}
            )
        );
    }
    sent.response = *std::move(response);
    sent.response.body = std::move(kept);
    return sent;
}

/// Says of a token that it expired when it was good before, and of 404 whether the bucket is missing.
Error NativeClient::FaultOfAnswer(const Call& call, const Sent& sent, const std::stop_token& stop) const {
    const objects::Asked asked{
        .endpoint = settings_.endpoint.Name(),
        .bucket = call.bucket,
        .key = call.key,
        .action = std::string(call.action)
    };
    auto fault = FaultOf(sent.response, asked, clock_.Now());
    if (fault.reason == objects::kCredentialsRefused) {
        const std::scoped_lock lock(mutex_);
        return accepted_ == sent.token ? objects::ExpiredFault(asked) : fault;
    }
    if (fault.reason == objects::kNoObject) {
        const auto bucket = SendOnce({.method = "HEAD", .bucket = call.bucket, .action = "look at"}, stop);
        return bucket && bucket->response.status == 404 ? objects::NoBucketFault(asked) : fault;
    }
    return fault;
}

Result<HttpResponse> NativeClient::Do(const std::function<Call()>& make, const std::stop_token& stop) {
    bool corrected = false;
    return pace_.Persist(
        [&]() -> objects::Attempt {
            const auto call = make();
            auto sent = SendOnce(call, stop);
            if (!sent) {
                return {.answer = Unexpected(sent.error()), .progress = call.progress};
            }
            if (sent->response.status / 100 == 2) {
                Accept(sent->token);
                return {.answer = std::move(sent->response), .progress = call.progress};
            }
            const auto fault = FaultOfAnswer(call, *sent, stop);
            corrected = !corrected && fault.code == ErrorCode::kUnauthenticated && HasAnother(sent->token);
            return {.answer = Unexpected(fault), .corrected = corrected, .progress = call.progress};
        },
        stop
    );
}

Result<std::vector<ListedObject>> NativeClient::List(
    const std::string& bucket, const NativeListRequest& request, const std::stop_token& stop
) {
    Call call{
        .bucket = bucket,
        .action = "list",
        .query =
            {{"format", "json"},
             {"fields", std::string(kListedFields)},
             {"sort", "name"},
             {"size", std::to_string(request.size)}},
        .max_body_bytes = kMaxPageBytes,
    };
    if (!request.prefix.empty()) {
        call.query.emplace_back("prefix", request.prefix);
    }
    if (!request.marker.empty()) {
        call.query.emplace_back("marker", request.marker);
    }
    const auto response = Do([&] { return call; }, stop);
    return response ? ReadNativePage(response->body)
                    : Result<std::vector<ListedObject>>(Unexpected(response.error()));
}

Result<NativeObjectInfo> NativeClient::Head(
    const std::string& bucket, const std::string& key, const std::stop_token& stop
) {
    Call call{.method = "HEAD", .bucket = bucket, .key = key, .action = "look at"};
    const auto response = Do([&] { return call; }, stop);
    if (!response) {
        return Unexpected(response.error());
    }
    const auto length = objects::ContentLength(*response);
    if (!length) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnavailable, objects::kNotAStore, "the store tells no length of the object"
            )
        );
    }
    return NativeObjectInfo{
        .size_bytes = *length,
        .etag = objects::BareEtag(response->Header("etag")),
        .modified_at = ModifiedTime(*response),
        .content_type = std::string(response->Header("content-type"))
    };
}

Result<void> NativeClient::Read(
    const std::string& bucket,
    const std::string& key,
    const objects::ReadRequest& request,
    std::span<std::byte> into,
    const std::stop_token& stop
) {
    if (into.empty()) {
        return {};
    }
    objects::RangedBody body(request, into);
    const auto make = [&] {
        return Call{
            .bucket = bucket,
            .key = key,
            .action = "read",
            .headers = body.NextHeaders(),
            .take_body = [&](const HttpResponse& response, std::string_view bytes) -> Result<void> {
                return body.Take(response, bytes);
            },
            .progress = body.Received(),
        };
    };
    const auto send = [&]() -> Result<void> { return Do(make, stop).map([](const HttpResponse&) {}); };
    return objects::ReadWhole(body, key, settings_.retry, send, stop);
}

Result<std::string> NativeClient::Write(
    const std::string& bucket,
    const std::string& key,
    std::string_view bytes,
    const objects::WrittenAs& as,
    const std::stop_token& stop
) {
    HttpHeaders headers{{"content-type", as.content_type}};
    for (const auto& [name, value] : as.metadata) {
        headers.emplace_back(fmt::format("x-{}-meta", name), value);
    }
    Call call{
        .method = "PUT",
        .bucket = bucket,
        .key = key,
        .action = "write",
        .headers = std::move(headers),
        .body = bytes,
    };
    auto response = Do([&] { return call; }, stop);
    if (!response && response.error().reason == objects::kNoObject) {
        call.method = "POST";  // a store that is set up so makes no new object by PUT
        response = Do([&] { return call; }, stop);
    }
    return response.map([](const HttpResponse& written) {
        return objects::BareEtag(written.Header("etag"));
    });
}

Result<void> NativeClient::Remove(
    const std::string& bucket, const std::string& key, const std::stop_token& stop
) {
    Call call{.method = "DELETE", .bucket = bucket, .key = key, .action = "remove"};
    const auto response = Do([&] { return call; }, stop);
    return response || response.error().reason == objects::kNoObject ? Result<void>()
                                                                     : Unexpected(response.error());
}

}  // namespace notify::datacore
