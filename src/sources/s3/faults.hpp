#pragma once

// What is wrong with a store, in one sentence that says what and what to do, and in a word for programs.

#include <chrono>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/http_client.hpp"

namespace notify::s3 {

// Reasons (Error::reason). Of the whole bucket: nothing in it can be read until somebody mends it.
inline constexpr std::string_view kUnknownHost = "unknown_host";                // kUnavailable
inline constexpr std::string_view kUnreachable = "unreachable";                 // kUnavailable
inline constexpr std::string_view kTlsRefused = "tls_refused";                  // kUnavailable
inline constexpr std::string_view kProxyFailed = "proxy_failed";                // kUnavailable
inline constexpr std::string_view kBadNetworkSetup = "bad_network_setup";       // kUnavailable
inline constexpr std::string_view kNotS3 = "not_s3";                            // kUnavailable
inline constexpr std::string_view kNoBucket = "no_bucket";                      // kUnavailable
inline constexpr std::string_view kWrongRegion = "wrong_region";                // kUnavailable
inline constexpr std::string_view kCredentialsRefused = "credentials_refused";  // kUnauthenticated
inline constexpr std::string_view kCredentialsExpired = "credentials_expired";  // kUnauthenticated
inline constexpr std::string_view kAccessDenied = "access_denied";              // kUnauthenticated
inline constexpr std::string_view kClockOff = "clock_off";                      // kUnauthenticated
// Of a moment: tried again by the client itself, within its budget.
inline constexpr std::string_view kSlowDown = "slow_down";       // kThrottled
inline constexpr std::string_view kStoreFault = "store_fault";   // kUnavailable: 5xx
inline constexpr std::string_view kInterrupted = "interrupted";  // kUnavailable: timeouts, broken connections
inline constexpr std::string_view kWrongAnswer = "wrong_answer";  // kUnavailable: wrong length or range
// Of one object.
inline constexpr std::string_view kNoObject = "no_object";            // kNotFound
inline constexpr std::string_view kObjectChanged = "object_changed";  // kConflict: a new version
inline constexpr std::string_view kArchived = "archived";   // kThrottled, to be asked again in a day
inline constexpr std::string_view kNoRanges = "no_ranges";  // kUnsupported

/// An access that is denied is kUnauthenticated too, as is a clock that is off: policies and clocks are
/// mended by people, and meanwhile no item burns an attempt (queue/retry_policy.hpp). True for the reasons of
/// a whole bucket, above.
[[nodiscard]] bool IsBucketFault(const Error& error);

/// True for the reasons of a moment.
[[nodiscard]] bool IsMomentary(const Error& error);

/// What was asked, for the sentence. Never holds a secret.
struct Asked {
    std::string endpoint;  ///< "store.example:9000"
    std::string bucket;
    std::string key;     ///< Empty when the bucket itself was asked.
    std::string action;  ///< "list", "read", "look at", "write".
};

/// The failure of an answer of status 300 or above. Its stage is "store".
[[nodiscard]] Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now);

/// The failure of a request that got no answer (HttpClient::Send). kStopped stays as it is.
[[nodiscard]] Error FaultOf(const Error& transport, const Asked& asked);

/// It is in an archive: kThrottled, to be asked again in a day.
[[nodiscard]] Error ArchivedFault(const Asked& asked);

/// An error of this room: its stage is "store".
[[nodiscard]] Error Fault(ErrorCode code, std::string_view reason, std::string message);

}  // namespace notify::s3
