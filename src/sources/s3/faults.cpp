#include "sources/s3/faults.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

using objects::Asked;

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

std::optional<Error> CredentialFault(std::string_view code, const Asked& asked) {
    if (code == "SignatureDoesNotMatch") {
        return objects::CredentialsFault(
            objects::kCredentialsRefused,
            fmt::format(
                "{} refuses the signature: the secret key is wrong; give the right one", asked.endpoint
            )
        );
    }
    if (IsOneOf(code, {"InvalidAccessKeyId", "InvalidSecurity", "NotSignedUp", "AccountProblem"})) {
        return objects::CredentialsFault(
            objects::kCredentialsRefused,
            fmt::format("{} does not know the access key; give one that is valid there", asked.endpoint)
        );
    }
    if (IsOneOf(code, {"ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException"})) {
        return objects::ExpiredFault(asked);
    }
    if (IsOneOf(code, {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})) {
        return objects::LastingFault(
            ErrorCode::kUnauthenticated,
            objects::kClockOff,
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
        return objects::NoBucketFault(asked);
    }
    if (code == "PreconditionFailed" || code == "InvalidRange" || status == 412 || status == 416) {
        return objects::ChangedFault(asked);
    }
    if (code == "InvalidObjectState") {
        return objects::ArchivedFault(asked);
    }
    if (code == "RestoreAlreadyInProgress") {
        return objects::RestoringFault(asked);
    }
    if (code == "NoSuchKey" || code == "NoSuchVersion" || (status == 404 && !asked.key.empty())) {
        return objects::NoObjectFault(asked);
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
        return objects::BusyFault(asked, pause);
    }
    if (response.status >= 500 && response.status != 501) {
        return objects::StoreFault(asked, response.status, pause);
    }
    if (code == "RequestTimeout" || response.status == 408) {
        return objects::RequestTimeoutFault(asked);
    }
    return std::nullopt;
}

Error Redirected(const HttpResponse& response, const ErrorBody& body, const Asked& asked) {
    const std::string where =
        body.region.empty() ? std::string(response.Header("x-amz-bucket-region")) : body.region;
    std::string message;
    if (!where.empty()) {
        message = fmt::format(
            "bucket '{}' is in region '{}': give that region, and its endpoint",
            asked.bucket,
            objects::CleanText(where)
        );
    } else if (!body.endpoint.empty()) {
        message = fmt::format(
            "bucket '{}' is to be asked for at '{}': give that as the endpoint",
            asked.bucket,
            objects::CleanText(body.endpoint)
        );
    } else {
        message = fmt::format(
            "{} sends requests elsewhere (status {}): give the address it leads to as the endpoint; is it "
            "http where https is due?",
            asked.endpoint,
            response.status
        );
    }
    return objects::LastingFault(ErrorCode::kUnavailable, objects::kWrongRegion, std::move(message));
}

Error Unnamed(const HttpResponse& response, const ErrorBody& body, const Asked& asked) {
    if (body.code.empty() && !response.body.empty()) {
        const auto* what =
            objects::LooksLikeHtml(response.body) ? "a web page" : "something that is no answer of S3";
        return objects::LastingFault(
            ErrorCode::kUnavailable,
            objects::kNotAStore,
            fmt::format(
                "{} answered with {} (status {}): check that the endpoint is the store's S3 address",
                asked.endpoint,
                what,
                response.status
            )
        );
    }
    return objects::Fault(
        response.status == 501 ? ErrorCode::kUnsupported : ErrorCode::kInvalidArgument,
        "refused",
        fmt::format(
            "{} does not let us {} {}: {} {} (status {})",
            asked.endpoint,
            asked.action,
            objects::NameOf(asked),
            objects::CleanText(body.code),
            objects::CleanText(body.message),
            response.status
        )
    );
}

Error Denied(const ErrorBody& body, const HttpResponse& response, const Asked& asked) {
    return body.code.empty() && !response.body.empty() ? Unnamed(response, body, asked)
                                                       : objects::DeniedFault(asked, "this access key");
}

}  // namespace

Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now) {
    if (response.status == 407) {
        return objects::ProxyRefusedFault(asked);
    }
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

}  // namespace notify::s3
