#pragma once

// What pages of other origins may do with the API in a browser (CORS: the Fetch standard, 3.2): nothing,
// unless their origin is named.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace notify {

/// Credentials of the browser's own (cookies, certificates) are never allowed: a key is in a header, which a
/// page has to know. Immutable: thread-safe.
class CrossOrigin final {
public:
    /// `origins` as browsers write them: "https://mam.example", "http://localhost:3000". None: all is closed.
    explicit CrossOrigin(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    /// The answer to a browser that asks before it sends what a page wants to send; nothing when the request
    /// is no such question, or is of an origin that is not named: then it is answered as any other, and the
    /// browser sends nothing.
    [[nodiscard]] std::optional<Response> Preflight(const Request& request) const;

    /// Headers for the answer to a request with that Origin ("": without one).
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> HeadersFor(
        std::string_view origin
    ) const;

private:
    [[nodiscard]] bool IsNamed(std::string_view origin) const;

    std::vector<std::string> origins_;
};

}  // namespace notify
