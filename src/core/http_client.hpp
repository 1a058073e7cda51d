#pragma once

// HTTP requests over libcurl that block: bounded in time and size, never redirected, checked at the address
// that is really connected to, on new connections or on kept ones.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
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

/// A transfer that stays below `bytes_per_second` for `during` is given up.
struct LeastSpeed {
    long bytes_per_second = 1000;
    std::chrono::seconds during = std::chrono::seconds(30);
};

struct HttpResponse;

/// How a request goes where that is not as the client's settings say. What is empty is as they say. All texts
/// but the proxy's are PEM.
struct HttpTransport {
    std::string proxy;               ///< http or https URL; may hold a name and a password.
    std::string ca;                  ///< The only trusted authorities, of the proxy too.
    std::string client_certificate;  ///< Shown to servers that ask for one, with those up to its authority.
    std::string client_key;

    bool operator==(const HttpTransport&) const = default;
};

struct HttpRequest {
    std::string method = "GET";
    Url url;
    HttpHeaders headers;  ///< Sent as they are; libcurl's own "Expect" and "Content-Type" are left out.
    std::string body;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);  ///< Name, TCP and TLS together.
    std::chrono::milliseconds total_timeout = std::chrono::seconds(20);   ///< Wall clock, from start to end.
    std::size_t max_response_bytes = 20'000;  ///< What comes after it is cut off, with the connection.
    ConnectGuard guard;                       ///< Empty: every address may be connected to.
    HttpTransport transport;
    std::optional<IpAddress> pinned;        ///< What the host stands for, to a proxy too; nobody is asked.
    std::optional<LeastSpeed> least_speed;  ///< Nothing: only the total time bounds it.
    /// Called for each piece of a body as it comes, instead of keeping it; the answer holds the status and
    /// the headers by then. What it fails with ends the request, and is what Send fails with.
    std::function<Result<void>(const HttpResponse&, std::string_view)> take_body;
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

/// The other side's clock (the answer's Date), to the second; nothing when it is missing or unreadable.
[[nodiscard]] std::optional<Timestamp> ServerTime(const HttpResponse& response);

/// When what it holds was changed last (Last-Modified), to the second; nothing likewise.
[[nodiscard]] std::optional<Timestamp> ModifiedTime(const HttpResponse& response);

struct HttpClientSettings {
    std::string user_agent = "notifications-api";
    std::string ca_file;             ///< PEM file of trusted authorities; empty: the system's.
    std::string client_certificate;  ///< PEM file shown to servers that ask for one; empty: none.
    std::string client_key;          ///< PEM file with its key; empty: it is in the certificate's file.
    std::string proxy;               ///< URL, may hold a name and a password; empty: none.
    std::string no_proxy;            ///< Names and networks reached without it, by commas, as curl reads it.
    std::string bind_address;        ///< Address or interface connections start from; empty: any.
    bool keep_connections = false;   ///< A guard judges a kept connection only when it is made.
};

/// No redirects, no proxy from the environment, no cookies, no netrc, no decompression; http and https only;
/// TLS 1.2 or later with its certificate verified; a new connection for each request, so that each is judged
/// by its guard, unless connections are to be kept. Thread-safe.
class HttpClient final {
public:
    explicit HttpClient(HttpClientSettings settings = {});
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Any answer is a success here, whatever its status. kForbidden: the guard refused every address (the
    /// sentence is the guard's). kUnavailable: no name, connection, TLS or complete answer in time, with a
    /// reason that says which: "name", "connect", "proxy" (it is not there, does not answer or refuses; the
    /// sentence names it), "tls", "setup" (a file or address of the settings), "timeout", "slow" (below
    /// least_speed) or "broken" (the connection ended early). kInvalidArgument: a header holds a line break.
    /// kStopped: at once when a stop is requested.
    [[nodiscard]] Result<HttpResponse> Send(const HttpRequest& request, const std::stop_token& stop) const;

private:
    class KeptConnections;

    HttpClientSettings settings_;
    std::unique_ptr<KeptConnections> kept_;
};

}  // namespace notify
