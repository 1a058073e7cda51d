#pragma once

// What is wrong with an object store, whatever it speaks: in one sentence that says what and what to do, and
// in a word for programs.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace notify::objects {

// Reasons (Error::reason). Of the whole bucket: nothing in it can be read until somebody mends it.
inline constexpr std::string_view kUnknownHost = "unknown_host";           // kUnavailable
inline constexpr std::string_view kUnreachable = "unreachable";            // kUnavailable
inline constexpr std::string_view kTlsRefused = "tls_refused";             // kUnavailable
inline constexpr std::string_view kProxyFailed = "proxy_failed";           // kUnavailable
inline constexpr std::string_view kBadNetworkSetup = "bad_network_setup";  // kUnavailable
inline constexpr std::string_view kNotAStore = "not_a_store";              // kUnavailable
inline constexpr std::string_view kNoBucket = "no_bucket";                 // kUnavailable
inline constexpr std::string_view kWrongRegion = "wrong_region";           // kUnavailable
inline constexpr std::string_view kNoCredentials = "no_credentials";  // kUnauthenticated: nothing was asked
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
inline constexpr std::string_view kArchived = "archived";    // kThrottled, to be asked again in a day
inline constexpr std::string_view kRestoring = "restoring";  // kThrottled, to be asked again in an hour
inline constexpr std::string_view kNoRanges = "no_ranges";   // kUnsupported
inline constexpr std::string_view kMediaNotReady = "media_not_ready";    // kThrottled: it is uploaded still
inline constexpr std::string_view kMediaNeverCame = "media_never_came";  // kNotFound: it was waited for

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

/// "'clip.mxf' in bucket 'media'", or the bucket alone.
[[nodiscard]] std::string NameOf(const Asked& asked);

/// At most 200 characters of what a store wrote, fit for a line of text.
[[nodiscard]] std::string CleanText(std::string_view text);

/// An error of an object store: its stage is "store".
[[nodiscard]] Error Fault(
    ErrorCode code,
    std::string_view reason,
    std::string message,
    std::optional<std::chrono::milliseconds> retry_after = {}
);

/// A fault that lasts until somebody mends it: it is asked again in a minute.
[[nodiscard]] Error LastingFault(ErrorCode code, std::string_view reason, std::string message);

/// There are no credentials, or the store takes them not, or no more (kUnauthenticated, with that reason): it
/// is asked again in half a minute, so that new ones are taken soon.
[[nodiscard]] Error CredentialsFault(std::string_view reason, std::string message);

/// The failure of a request that got no answer (HttpClient::Send). kStopped stays as it is.
[[nodiscard]] Error FaultOf(const Error& transport, const Asked& asked);

/// No bucket of that name is there.
[[nodiscard]] Error NoBucketFault(const Asked& asked);

/// No object of that key is there.
[[nodiscard]] Error NoObjectFault(const Asked& asked);

/// It is another version than the one asked for.
[[nodiscard]] Error ChangedFault(const Asked& asked);

/// It is in an archive: kThrottled, to be asked again in a day.
[[nodiscard]] Error ArchivedFault(const Asked& asked);

/// It is being brought back from its archive: kThrottled, to be asked again in an hour.
[[nodiscard]] Error RestoringFault(const Asked& asked);

/// The credentials were good once.
[[nodiscard]] Error ExpiredFault(const Asked& asked);

/// The credentials are known, and do not allow what was asked. `who`: "this access key". Asked again after 5
/// minutes.
[[nodiscard]] Error DeniedFault(const Asked& asked, std::string_view who);

/// The store asks to be asked less often; `pause`: for how long, when it says so.
[[nodiscard]] Error BusyFault(const Asked& asked, std::optional<std::chrono::milliseconds> pause);

/// The store has a fault of its own, of that HTTP status.
[[nodiscard]] Error StoreFault(
    const Asked& asked, int status, std::optional<std::chrono::milliseconds> pause
);

/// The proxy in between wants credentials: its answer, status 407, is not the store's.
[[nodiscard]] Error ProxyRefusedFault(const Asked& asked);

/// The store waited too long for the rest of the request.
[[nodiscard]] Error RequestTimeoutFault(const Asked& asked);

}  // namespace notify::objects
