#pragma once

// Failures as values: what a caller can do about it, where it happened, and a sentence for a person.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// What a caller can do about a failure. Exactly one place maps this to an HTTP status
/// (`http/problem.cpp`) and exactly one to a retry decision (`queue/retry_policy.cpp`).
enum class ErrorCode : std::uint8_t {
    kInvalidArgument,  ///< The request can never succeed as sent. HTTP 400, never retried.
    kUnauthenticated,  ///< Credentials missing or refused. HTTP 401; a source pauses, nothing is burned.
    kForbidden,        ///< Known caller, not allowed. HTTP 403.
    kNotFound,         ///< The named entity or object does not exist. HTTP 404, never retried.
    kConflict,         ///< State or version forbids the change now. HTTP 409.
    kTooLarge,         ///< Over a stated limit. HTTP 413.
    kUnsupported,      ///< Media or format this processor does not handle. HTTP 422, never retried.
    kThrottled,        ///< Remote asks to slow down; see retry_after. HTTP 429, burns no attempt.
    kUnavailable,      ///< Remote side down or timed out. HTTP 503, retried with backoff.
    kStorageFull,      ///< No room to be durable. HTTP 507, intake stops.
    kCancelled,        ///< A person cancelled; terminal.
    kStopped,          ///< The service is stopping; work is released, nothing is burned.
    kInternal,         ///< Broken invariant or unknown failure. HTTP 500, retried up to the attempt limit.
};

/// The code's name in the API, in events and in the database: "invalid_argument", "not_found", ….
[[nodiscard]] std::string_view ToString(ErrorCode code) noexcept;

/// The code with that name; nothing when there is none.
[[nodiscard]] std::optional<ErrorCode> ErrorCodeFrom(std::string_view text) noexcept;

/// A failure as a value: a code for the program, a sentence for the operator.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string stage;  ///< Where it happened: "list", "read", "decode", "commit", ….
    std::string
        reason;  ///< A stable word for this failure, when callers tell it apart: "no_video", "not_media", ….
    std::optional<std::chrono::milliseconds> retry_after;  ///< When the remote side said so.
    std::string message;  ///< One sentence, no secrets; each layer may prefix "while doing X: ".

    /// Returns this error with `context` put in front of its message.
    [[nodiscard]] Error Within(std::string_view context) const;
};

}  // namespace notify
