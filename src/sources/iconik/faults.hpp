#pragma once

// What Iconik's API answers when it does not do what it was asked, as the errors of a store
// (objects/faults.hpp).

#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"

namespace notify::iconik {

/// It is not known whether a write was done: kUnavailable. Whoever asked looks before it asks again.
inline constexpr std::string_view kUncertain = "uncertain";

/// What was asked, for the sentence. Holds no secret.
struct Asked {
    std::string host;         ///< "app.iconik.io".
    std::string what;         ///< "asset 2222…", "the search".
    std::string_view action;  ///< "read", "change", "list".
};

/// What an answer says in "errors", a list of sentences or an object of them by field, as one line of at most
/// 200 characters; "" when it says nothing.
[[nodiscard]] std::string SentenceOf(std::string_view body);

/// The failure of an answer whose status is not 2xx. 401 is kUnauthenticated (credentials_refused), 403
/// (access_denied), 404 kNotFound (no_object), 429 kThrottled with what Retry-After says, 5xx kUnavailable
/// (store_fault), anything else kInvalidArgument (refused).
[[nodiscard]] Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now);

/// The failure of a request that got no answer.
[[nodiscard]] Error FaultOf(const Error& transport, const Asked& asked);

/// Iconik refused these credentials a moment ago.
[[nodiscard]] Error RefusedFault(const Asked& asked);

/// What came is no answer of Iconik's.
[[nodiscard]] Error NoAnswerFault(const Asked& asked, std::string_view why);

}  // namespace notify::iconik
