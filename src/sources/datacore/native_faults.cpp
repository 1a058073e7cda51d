#include "sources/datacore/native_faults.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/objects/faults.hpp"

namespace notify::datacore {

namespace {

using objects::Asked;

std::string LowerCase(std::string_view text) {
    std::string lower(text.substr(0, 4096));
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return lower;
}

/// The gateway answers 401 to any token that it does not take, and 403 when a policy forbids; some set-ups
/// answer 403 to both and say which in words.
Error Refused(const HttpResponse& response, const Asked& asked) {
    const auto words = LowerCase(response.body);
    const bool expired = words.find("expired") != std::string::npos;
    if (expired) {
        return objects::ExpiredFault(asked);
    }
    if (response.status == 403 && words.find("token") == std::string::npos) {
        return objects::DeniedFault(asked, "this token");
    }
    return objects::CredentialsFault(
        objects::kCredentialsRefused,
        fmt::format(
            "{} does not take the token: it is wrong, has expired or was withdrawn; give a new one (one that "
            "has a secret key is for S3: give it as ACCESS:SECRET)",
            asked.endpoint
        )
    );
}

Error Unnamed(const HttpResponse& response, const Asked& asked) {
    return objects::Fault(
        response.status == 501 ? ErrorCode::kUnsupported : ErrorCode::kInvalidArgument,
        "refused",
        fmt::format(
            "{} does not let us {} {} (status {})",
            asked.endpoint,
            asked.action,
            objects::NameOf(asked),
            response.status
        )
    );
}

}  // namespace

Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now) {
    const int status = response.status;
    const auto pause = RetryAfter(response, now);
    if (status / 100 == 3) {
        return objects::LastingFault(
            ErrorCode::kUnavailable,
            objects::kWrongRegion,
            fmt::format(
                "{} sends requests elsewhere (status {}): give the address of the Content Gateway as the "
                "endpoint, not that of a storage node",
                asked.endpoint,
                status
            )
        );
    }
    switch (status) {
        case 401:
        case 403:
            return Refused(response, asked);
        case 404:
        case 410:
            return asked.key.empty() ? objects::NoBucketFault(asked) : objects::NoObjectFault(asked);
        case 407:
            return objects::ProxyRefusedFault(asked);
        case 408:
            return objects::RequestTimeoutFault(asked);
        case 412:
        case 416:
            return objects::ChangedFault(asked);
        case 429:
        case 503:
            return objects::BusyFault(asked, pause);
        default:
            return status >= 500 && status != 501 ? objects::StoreFault(asked, status, pause)
                                                  : Unnamed(response, asked);
    }
}

}  // namespace notify::datacore
