#pragma once

// The one table from our errors to HTTP: RFC 9457 problem documents.

#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "http/message.hpp"

namespace notify {

[[nodiscard]] int HttpStatus(ErrorCode code) noexcept;

/// The reason of a kConflict with the If-Match of a request: 412 (RFC 9110, 13.1.1).
inline constexpr std::string_view kChangedSince = "changed_since";

/// application/problem+json with status, title, code, stage, reason, detail, and request_id. `pointer` names
/// the place in the request's body (RFC 6901; "" is the whole of it); without it, a message of
/// kInvalidArgument that begins with a pointer ("/weight: must be …") tells it. A secret is never in an
/// error's message, so it is shown as it is.
[[nodiscard]] Response Problem(
    const Error& error, std::string_view request_id, std::optional<std::string_view> pointer = {}
);

/// A problem with a status of its own: 404 for a path, 405, 503.
[[nodiscard]] Response ProblemOf(
    int status, std::string_view code, std::string_view detail, std::string_view request_id
);

}  // namespace notify
