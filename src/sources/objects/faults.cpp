#include "sources/objects/faults.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace notify::objects {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAskAgainSlowly = std::chrono::minutes(1);
constexpr milliseconds kAskAgainForCredentials = std::chrono::seconds(30);
constexpr milliseconds kAskAgainForArchived = std::chrono::hours(24);
constexpr milliseconds kAskAgainForRestored = std::chrono::hours(1);
constexpr milliseconds kAskAgainAfterDenial = std::chrono::minutes(5);

constexpr std::array kBucketFaults{
    kUnknownHost,
    kUnreachable,
    kTlsRefused,
    kProxyFailed,
    kBadNetworkSetup,
    kNotAStore,
    kNoBucket,
    kWrongRegion,
    kNoCredentials,
    kCredentialsRefused,
    kCredentialsExpired,
    kAccessDenied,
    kClockOff,
};
// an endpoint or a proxy that refuses connections may be starting again
constexpr std::array kMomentary{
    kUnreachable, kProxyFailed, kSlowDown, kStoreFault, kInterrupted, kWrongAnswer
};

}  // namespace

bool IsBucketFault(const Error& error) {
    return std::ranges::find(kBucketFaults, std::string_view(error.reason)) != kBucketFaults.end();
}

bool IsMomentary(const Error& error) {
    return std::ranges::find(kMomentary, std::string_view(error.reason)) != kMomentary.end();
}

std::string CleanText(std::string_view text) {
    std::string clean;
    for (const char c : text.substr(0, 200)) {
        clean += static_cast<unsigned char>(c) < 0x20 || c == '\x7f' ? ' ' : c;
    }
    return clean;
}

std::string NameOf(const Asked& asked) {
    return asked.key.empty() ? fmt::format("bucket '{}'", asked.bucket)
                             : fmt::format("'{}' in bucket '{}'", CleanText(asked.key), asked.bucket);
}

Error Fault(
    ErrorCode code, std::string_view reason, std::string message, std::optional<milliseconds> retry_after
) {
    return {
        .code = code,
        .stage = "store",
        .reason = std::string(reason),
        .retry_after = retry_after,
        .message = std::move(message),
    };
}

Error LastingFault(ErrorCode code, std::string_view reason, std::string message) {
    return Fault(code, reason, std::move(message), kAskAgainSlowly);
}

Error CredentialsFault(std::string_view reason, std::string message) {
    return Fault(ErrorCode::kUnauthenticated, reason, std::move(message), kAskAgainForCredentials);
}

Error FaultOf(const Error& transport, const Asked& asked) {
    if (transport.code != ErrorCode::kUnavailable) {
        return transport;
    }
    const auto& reason = transport.reason;
    const auto lasting = [](std::string_view word, std::string message) {
        return LastingFault(ErrorCode::kUnavailable, word, std::move(message));
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
                "no way to {}: {}; check the source's proxy, or name the host in its no_proxy",
                asked.endpoint,
                transport.message
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

Error ProxyRefusedFault(const Asked& asked) {
    return LastingFault(
        ErrorCode::kUnavailable,
        kProxyFailed,
        fmt::format(
            "no way to {}: the proxy wants to be given a user and a password (status 407); name them in the "
            "source's proxy, or the host in its no_proxy",
            asked.endpoint
        )
    );
}

Error NoBucketFault(const Asked& asked) {
    return LastingFault(
        ErrorCode::kUnavailable,
        kNoBucket,
        fmt::format(
            "there is no bucket '{}' at {}: check its name and the endpoint, or make it",
            asked.bucket,
            asked.endpoint
        )
    );
}

Error NoObjectFault(const Asked& asked) {
    return Fault(ErrorCode::kNotFound, kNoObject, "there is no " + NameOf(asked));
}

Error ChangedFault(const Asked& asked) {
    return Fault(
        ErrorCode::kConflict, kObjectChanged, NameOf(asked) + " was replaced by a new version meanwhile"
    );
}

Error ArchivedFault(const Asked& asked) {
    return Fault(
        ErrorCode::kThrottled,
        kArchived,
        NameOf(asked) +
            " is in an archive and must be restored first; it is looked at once a day until somebody "
            "restores it, "
            "or the bucket may (restore: true)",
        kAskAgainForArchived
    );
}

Error RestoringFault(const Asked& asked) {
    return Fault(
        ErrorCode::kThrottled,
        kRestoring,
        NameOf(asked) +
            " is being restored from its archive, which takes hours; it is looked at once an hour",
        kAskAgainForRestored
    );
}

Error ExpiredFault(const Asked& asked) {
    return CredentialsFault(
        kCredentialsExpired,
        fmt::format("the credentials for {} have expired or were withdrawn; give new ones", asked.endpoint)
    );
}

Error DeniedFault(const Asked& asked, std::string_view who) {
    return Fault(
        ErrorCode::kUnauthenticated,
        kAccessDenied,
        fmt::format(
            "{} does not let {} {} {}: allow it there, or give another",
            asked.endpoint,
            who,
            asked.action,
            NameOf(asked)
        ),
        kAskAgainAfterDenial
    );
}

Error BusyFault(const Asked& asked, std::optional<milliseconds> pause) {
    return Fault(
        ErrorCode::kThrottled, kSlowDown, asked.endpoint + " is busy and asks to be asked less often", pause
    );
}

Error StoreFault(const Asked& asked, int status, std::optional<milliseconds> pause) {
    return Fault(
        ErrorCode::kUnavailable,
        kStoreFault,
        fmt::format("{} has a fault of its own (status {})", asked.endpoint, status),
        pause
    );
}

Error RequestTimeoutFault(const Asked& asked) {
    return Fault(ErrorCode::kUnavailable, kInterrupted, asked.endpoint + " waited too long for the request");
}

}  // namespace notify::objects
