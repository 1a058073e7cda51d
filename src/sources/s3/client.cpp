#include "sources/s3/client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"
#include "sources/s3/call.hpp"
#include "sources/s3/endpoint.hpp"
#include "sources/s3/faults.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/sigv4.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

using std::chrono::milliseconds;

// the least speed ends what hangs long before
constexpr milliseconds kLongestTransfer = std::chrono::hours(6);

HttpClientSettings Keeping(HttpClientSettings network) {
    network.keep_connections = true;
    return network;
}

}  // namespace

/// What was put right for a request already; each thing once.
struct Client::Correction {
    bool region = false;
    bool clock = false;
    bool credentials = false;
};

Client::Client(ClientSettings settings, CredentialsProvider credentials, const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      signer_(std::move(credentials), clock),
      http_(Keeping(settings_.network)),
      pace_(settings_.retry, settings_.limits) {}

milliseconds Client::ClockOffset() const noexcept {
    return signer_.ClockOffset();
}

objects::Asked Client::AskedBy(const Call& call) const {
    return {
        .endpoint = settings_.endpoint.Name(),
        .bucket = call.bucket,
        .key = call.key,
        .action = std::string(call.action),
    };
}

std::string Client::RegionOf(const std::string& bucket) const {
    const std::scoped_lock lock(learned_mutex_);
    const auto found = regions_.find(bucket);
    return found == regions_.end() ? settings_.endpoint.Region() : found->second;
}

Result<Client::Sent> Client::SendOnce(const Call& call, const std::stop_token& stop) const {
    auto credentials = signer_.CredentialsNow();
    if (!credentials) {
        return Unexpected(credentials.error());
    }
    Sent sent{.credentials = std::move(*credentials), .region = RegionOf(call.bucket)};
    sent.signed_at = signer_.Now();
    auto target = settings_.endpoint.At(call.bucket, call.key, CanonicalQuery(call.query), sent.region);
    if (!target) {
        return Unexpected(target.error());
    }
    const SigningRequest signing{
        .method = call.method,
        .host = target->host,
        .path = target->path,
        .query = call.query,
        .headers = call.headers,
        .payload_hash = call.body.empty() ? std::string(kEmptyPayload) : Sha256Hex(call.body),
    };
    HttpRequest request{
        .method = call.method,
        .url = std::move(target->url),
        .headers = SignHeaders(signing, sent.credentials, {.region = sent.region, .time = sent.signed_at}),
        .body = std::string(call.body),
        .connect_timeout = settings_.connect_timeout,
        .total_timeout = kLongestTransfer,
        .max_response_bytes = call.max_body_bytes,
        .least_speed = call.least_speed,
    };
    std::string kept;
    request.take_body = pace_.Receiver(call.take_body, kept, call.max_body_bytes, stop);
    auto response = http_.Send(request, stop);
    if (!response) {
        return Unexpected(objects::FaultOf(response.error(), AskedBy(call)));
    }
    sent.response = std::move(*response);
    sent.response.body = std::move(kept);
    return sent;
}

/// Answers to HEAD have no body that would say what is wrong: the same is asked with GET.
Error Client::FaultOfAnswer(const Call& call, const Sent& sent, const std::stop_token& stop) const {
    if (call.method == "HEAD" && sent.response.status < 500) {
        auto again = call;
        again.method = "GET";
        again.headers.emplace_back("range", "bytes=0-0");
        const auto answer = SendOnce(again, stop);
        if (answer && answer->response.status / 100 != 2 && answer->response.status != 416) {
            return FaultOf(answer->response, AskedBy(call), clock_.Now());
        }
    }
    return FaultOf(sent.response, AskedBy(call), clock_.Now());
}

bool Client::LearnsRegion(const Call& call, const HttpResponse& response) {
    const int status = response.status;
    if (status / 100 != 3 && status != 400 && status != 403) {
        return false;
    }
    std::string region(response.Header("x-amz-bucket-region"));
    if (region.empty()) {
        region = ReadErrorBody(response.body).region;
    }
    const bool plain = std::ranges::all_of(region, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
    if (region.empty() || !plain || region.size() > 64 || region == RegionOf(call.bucket)) {
        return false;
    }
    const std::scoped_lock lock(learned_mutex_);
    regions_[call.bucket] = std::move(region);
    return true;
}

/// True when the request is to be sent again at once, with what was learned from the refusal.
bool Client::Corrects(const Call& call, const Sent& sent, const Error& fault, Correction& done) {
    if (!done.clock && signer_.LearnsClock(sent.response, sent.signed_at)) {
        done.clock = true;
        return true;
    }
    if (!done.region && LearnsRegion(call, sent.response)) {
        done.region = true;
        return true;
    }
    if (!done.credentials && fault.code == ErrorCode::kUnauthenticated) {
        done.credentials = signer_.HasOthersThan(sent.credentials);
        return done.credentials;
    }
    return false;
}

Result<HttpResponse> Client::Do(const std::function<Call()>& make, const std::stop_token& stop) {
    Correction corrections;
    return pace_.Persist(
        [&]() -> objects::Attempt {
            const auto call = make();
            auto sent = SendOnce(call, stop);
            if (!sent) {
                return {.answer = Unexpected(sent.error()), .progress = call.progress};
            }
            if (sent->response.status / 100 == 2) {
                return {.answer = std::move(sent->response), .progress = call.progress};
            }
            const auto fault = FaultOfAnswer(call, *sent, stop);
            const bool corrected = Corrects(call, *sent, fault, corrections);
            return {.answer = Unexpected(fault), .corrected = corrected, .progress = call.progress};
        },
        stop
    );
}

Result<std::string> Client::PresignRead(
    const std::string& bucket, const std::string& key, std::chrono::seconds lifetime
) const {
    const auto region = RegionOf(bucket);
    const auto target = settings_.endpoint.At(bucket, key, {}, region);
    if (!target) {
        return Unexpected(target.error());
    }
    const auto credentials = signer_.CredentialsNow();
    if (!credentials) {
        return Unexpected(credentials.error());
    }
    const auto query = PresignQuery(
        {.host = target->host, .path = target->path},
        *credentials,
        {.region = region, .time = signer_.Now()},
        lifetime
    );
    return target->url.Text() + "?" + query;
}

}  // namespace notify::s3
