#pragma once

// HTTP requests over libcurl that block: bounded in time and size, never redirected, checked at the address
// that is really connected to.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/url.hpp"

namespace notify {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// Where a connection is about to go, after all name resolution.
struct ResolvedAddress {
    IpAddress ip;
    std::uint16_t port = 0;
};

/// Refuses an address with kForbidden and a sentence. Called for each address tried, before its socket
/// exists.
using ConnectGuard = std::function<Result<void>(const ResolvedAddress&)>;

struct HttpRequest {
    std::string method = "GET";
    Url url;
    HttpHeaders headers;  ///< Sent as they are; libcurl's own "Expect" and "Content-Type" are left out.
    std::string body;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);  ///< Name, TCP and TLS together.
    std::chrono::milliseconds total_timeout = std::chrono::seconds(20);   ///< Wall clock, from start to end.
    std::size_t max_response_bytes = 20'000;  ///< What comes after it is cut off, with the connection.
    ConnectGuard guard;                       ///< Empty: every address may be connected to.
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers;  ///< Names in lower case.
    std::string body;     ///< As it came: nothing is decompressed.
    bool body_cut = false;

    /// The value of the first header with that lower-case name; nothing when there is none.
    [[nodiscard]] std::string_view Header(std::string_view name) const noexcept;
};

/// What the answer's Retry-After asks for, in seconds or as a date, never negative; nothing when it is
/// missing or unreadable.
[[nodiscard]] std::optional<std::chrono::milliseconds> RetryAfter(
    const HttpResponse& response, Timestamp now
);

struct HttpClientSettings {
    std::string user_agent = "notifications-api";
    std::string ca_file;  ///< PEM file of trusted authorities; empty: the system's.
};

/// No redirects, no proxy from the environment, no cookies, no netrc, no decompression; http and https only;
/// TLS 1.2 or later with its certificate verified; a new connection for each request, so that each is judged
/// by its guard. Thread-safe.
class HttpClient final {
public:
    explicit HttpClient(HttpClientSettings settings = {});

    /// Any answer is a success here, whatever its status. kForbidden: the guard refused every address (the
    /// sentence is the guard's). kUnavailable: no name, connection, TLS or complete answer in time.
    /// kInvalidArgument: a header holds a line break. kStopped: at once when a stop is requested.
    [[nodiscard]] Result<HttpResponse> Send(const HttpRequest& request, const std::stop_token& stop) const;

private:
    HttpClientSettings settings_;
};

}  // namespace notify
