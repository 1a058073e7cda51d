#include "sources/s3/faults.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAskAgainSlowly = std::chrono::minutes(1);
constexpr milliseconds kAskAgainAfterDenial = std::chrono::minutes(5);
constexpr milliseconds kAskAgainForArchived = std::chrono::hours(24);

constexpr std::array kBucketFaults{
    kUnknownHost,
    kUnreachable,
    kTlsRefused,
    kProxyFailed,
    kBadNetworkSetup,
    kNotS3,
    kNoBucket,
    kWrongRegion,
    kCredentialsRefused,
    kCredentialsExpired,
    kAccessDenied,
    kClockOff,
};
// an endpoint that refuses connections may be starting again
constexpr std::array kMomentary{kUnreachable, kSlowDown, kStoreFault, kInterrupted, kWrongAnswer};

Error Waiting(Error error, milliseconds delay) {
    error.retry_after = delay;
    return error;
}

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

/// At most 200 characters that are fit for a line of text.
std::string Clean(std::string_view text) {
    std::string clean;
    for (const char c : text.substr(0, 200)) {
        clean += static_cast<unsigned char>(c) < 0x20 || c == '\x7f' ? ' ' : c;
    }
    return clean;
}

std::string What(const Asked& asked) {
    return asked.key.empty() ? fmt::format("bucket '{}'", asked.bucket)
                             : fmt::format("'{}' in bucket '{}'", Clean(asked.key), asked.bucket);
}

std::optional<Error> CredentialFault(std::string_view code, const Asked& asked) {
    const auto fault = [&](std::string_view reason, std::string message) {
        return Waiting(Fault(ErrorCode::kUnauthenticated, reason, std::move(message)), kAskAgainSlowly);
    };
    if (code == "SignatureDoesNotMatch") {
        return fault(
            kCredentialsRefused,
            fmt::format(
                "{} refuses the signature: the secret key is wrong; give the right one", asked.endpoint
            )
        );
    }
    if (IsOneOf(code, {"InvalidAccessKeyId", "InvalidSecurity", "NotSignedUp", "AccountProblem"})) {
        return fault(
            kCredentialsRefused,
            fmt::format("{} does not know the access key; give one that is valid there", asked.endpoint)
        );
    }
    if (IsOneOf(code, {"ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException"})) {
        return fault(
            kCredentialsExpired,
            fmt::format(
                "the credentials for {} have expired or were withdrawn; give new ones", asked.endpoint
            )
        );
    }
    if (IsOneOf(code, {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})) {
        return fault(
            kClockOff,
            fmt::format(
                "{} refuses the time of the request: this machine's clock or the store's is off; set it",
                asked.endpoint
            )
        );
    }
    return std::nullopt;
}

std::optional<Error> ObjectFault(std::string_view code, int status, const Asked& asked) {
    if (code == "NoSuchBucket" || code == "InvalidBucketName") {
        return Waiting(
            Fault(
                ErrorCode::kUnavailable,
                kNoBucket,
                fmt::format(
                    "there is no bucket '{}' at {}: check its name and the endpoint, or make it",
                    asked.bucket,
                    asked.endpoint
                )
            ),
            kAskAgainSlowly
        );
    }
    if (code == "PreconditionFailed" || code == "InvalidRange" || status == 412 || status == 416) {
        return Fault(
            ErrorCode::kConflict, kObjectChanged, What(asked) + " was replaced by a new version meanwhile"
        );
    }
    if (code == "InvalidObjectState") {
        return ArchivedFault(asked);
    }
    if (code == "NoSuchKey" || code == "NoSuchVersion" || (status == 404 && !asked.key.empty())) {
        return Fault(ErrorCode::kNotFound, kNoObject, "there is no " + What(asked));
    }
    return std::nullopt;
}

std::optional<Error> MomentaryFault(
    std::string_view code, const HttpResponse& response, const Asked& asked, Timestamp now
) {
    const bool asks_to_slow = IsOneOf(
        code, {"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests"}
    );
    const auto pause = RetryAfter(response, now);
    if (asks_to_slow || response.status == 429 || (response.status == 503 && code != "InternalError")) {
        auto error = Fault(
            ErrorCode::kThrottled, kSlowDown, asked.endpoint + " is busy and asks to be asked less often"
        );
        error.retry_after = pause;
        return error;
    }
    if (response.status >= 500 && response.status != 501) {
        auto error = Fault(
            ErrorCode::kUnavailable,
            kStoreFault,
            fmt::format("{} has a fault of its own (status {})", asked.endpoint, response.status)
        );
        error.retry_after = pause;
        return error;
    }
    if (code == "RequestTimeout" || response.status == 408) {
        return Fault(
            ErrorCode::kUnavailable, kInterrupted, asked.endpoint + " waited too long for the request"
        );
    }
    return std::nullopt;
}

Error Redirected(const HttpResponse& response, const ErrorBody& body, const Asked& asked) {
    const std::string where =
        body.region.empty() ? std::string(response.Header("x-amz-bucket-region")) : body.region;
    std::string message;
    if (!where.empty()) {
        message = fmt::format(
            "bucket '{}' is in region '{}': give that region, and its endpoint", asked.bucket, Clean(where)
        );
    } else if (!body.endpoint.empty()) {
        message = fmt::format(
            "bucket '{}' is to be asked for at '{}': give that as the endpoint",
            asked.bucket,
            Clean(body.endpoint)
        );
    } else {
        message = fmt::format(
            "{} sends requests elsewhere (status {}): give the address it leads to as the endpoint; is it "
            "http where https is due?",
            asked.endpoint,
            response.status
        );
    }
    return Waiting(Fault(ErrorCode::kUnavailable, kWrongRegion, std::move(message)), kAskAgainSlowly);
}

Error Unnamed(const HttpResponse& response, const ErrorBody& body, const Asked& asked) {
    if (body.code.empty() && !response.body.empty()) {
        const auto* what = LooksLikeHtml(response.body) ? "a web page" : "something that is no answer of S3";
        return Waiting(
            Fault(
                ErrorCode::kUnavailable,
                kNotS3,
                fmt::format(
                    "{} answered with {} (status {}): check that the endpoint is the store's S3 address",
                    asked.endpoint,
                    what,
                    response.status
                )
            ),
            kAskAgainSlowly
        );
    }
    return Fault(
        response.status == 501 ? ErrorCode::kUnsupported : ErrorCode::kInvalidArgument,
        "refused",
        fmt::format(
            "{} does not let us {} {}: {} {} (status {})",
            asked.endpoint,
            asked.action,
            What(asked),
            Clean(body.code),
            Clean(body.message),
            response.status
        )
    );
}

Error Denied(const ErrorBody& body, const HttpResponse& response, const Asked& asked) {
    if (body.code.empty() && !response.body.empty()) {
        return Unnamed(response, body, asked);
    }
    return Waiting(
        Fault(
            ErrorCode::kUnauthenticated,
            kAccessDenied,
            fmt::format(
                "{} does not let this access key {} {}: allow it there, or give another key",
                asked.endpoint,
                asked.action,
                What(asked)
            )
        ),
        kAskAgainAfterDenial
    );
}

}  // namespace

bool IsBucketFault(const Error& error) {
    return std::ranges::find(kBucketFaults, std::string_view(error.reason)) != kBucketFaults.end();
}

bool IsMomentary(const Error& error) {
    return std::ranges::find(kMomentary, std::string_view(error.reason)) != kMomentary.end();
}

Error Fault(ErrorCode code, std::string_view reason, std::string message) {
    return {
        .code = code,
        .stage = "store",
        .reason = std::string(reason),
        .retry_after = {},
        .message = std::move(message),
    };
}

Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now) {
    const auto body = ReadErrorBody(response.body);
    if (auto fault = CredentialFault(body.code, asked)) {
        return *fault;
    }
    if (response.status / 100 == 3 || !body.region.empty() || body.code == "AuthorizationHeaderMalformed") {
        return Redirected(response, body, asked);
    }
    // a web page with status 404 is not a missing object
    const bool foreign = body.code.empty() && !response.body.empty() && response.status < 500;
    if (auto fault = foreign ? std::nullopt : ObjectFault(body.code, response.status, asked)) {
        return *fault;
    }
    if (auto fault = MomentaryFault(body.code, response, asked, now)) {
        return *fault;
    }
    if (response.status == 401 || response.status == 403) {
        return Denied(body, response, asked);
    }
    return Unnamed(response, body, asked);
}

Error FaultOf(const Error& transport, const Asked& asked) {
    if (transport.code != ErrorCode::kUnavailable) {
        return transport;
    }
    const auto& reason = transport.reason;
    const auto lasting = [](std::string_view word, std::string message) {
        return Waiting(Fault(ErrorCode::kUnavailable, word, std::move(message)), kAskAgainSlowly);
    };
    if (reason == "name") {
        return lasting(
            kUnknownHost,
            fmt::format(
                "the host of {} is not known: check the endpoint and this machine's DNS", asked.endpoint
            )
        );
    }
    if (reason == "connect") {
        return lasting(
            kUnreachable,
            fmt::format(
                "nothing answers at {}: check the endpoint, its port and the firewall", asked.endpoint
            )
        );
    }
    if (reason == "tls") {
        return lasting(
            kTlsRefused,
            fmt::format(
                "no trusted TLS connection to {}: {}; mend its certificate, or name its authority's file in "
                "ca_file",
                asked.endpoint,
                transport.message
            )
        );
    }
    if (reason == "proxy") {
        return lasting(
            kProxyFailed,
            fmt::format(
                "the proxy does not lead to {}: {}; check the proxy", asked.endpoint, transport.message
            )
        );
    }
    if (reason == "setup") {
        return lasting(
            kBadNetworkSetup, transport.message + "; check ca_file, client certificate and bind address"
        );
    }
    return Fault(ErrorCode::kUnavailable, kInterrupted, transport.message);
}

Error ArchivedFault(const Asked& asked) {
    return Waiting(
        Fault(ErrorCode::kThrottled, kArchived, What(asked) + " is in an archive and must be restored first"),
        kAskAgainForArchived
    );
}

}  // namespace notify::s3
