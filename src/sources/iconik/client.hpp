#pragma once

// Iconik's API over HTTP: what is asked and what comes back as JSON, within its limits. Source: Iconik's
// OpenAPI documents (app.iconik.io/docs), versions of May 2025. What an asset is stands beside it
// (asset.hpp).

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"
#include "sources/iconik/budget.hpp"
#include "sources/objects/allowance.hpp"
#include "sources/objects/pace.hpp"

namespace notify::iconik {

struct ClientSettings {
    std::string base_url;             ///< "https://app.iconik.io", without a slash at its end.
    HttpClientSettings network = {};  ///< Connections are kept whatever it says.
    objects::RetryLimits retry = {
        .attempts = 6, .first_pause = std::chrono::seconds(1), .longest_pause = std::chrono::seconds(30)
    };
    objects::Limits limits = {};  ///< Of this client; the budget of its token is kept beside them.
    std::chrono::milliseconds timeout = std::chrono::seconds(60);
};

/// Asked before each request for the App-ID (access_key) and its token (secret_key), on any thread; what it
/// fails with the request fails with. `refused` is null, or what Iconik refused last: another is given in its
/// place when there is one, and tried at once.
using CredentialsProvider = std::function<Result<Secret>(const Secret* refused)>;

/// One request.
struct Request {
    std::string method = "GET";
    std::string path;   ///< "assets/v1/assets/ID/": its slash at the end is added when it is missing.
    std::string query;  ///< "page=2&per_page=100", of characters that need no encoding.
    std::optional<boost::json::value> body;
    std::string what;                  ///< For the sentence of a fault: "asset 2222…".
    std::string_view action = "read";  ///< Likewise.
    /// False for what makes something anew: it is not sent again when nobody knows whether it was done.
    bool repeatable = true;
    /// Nobody waits for it: it takes no more than its share of what the token may ask (budget.hpp).
    bool can_wait = false;
};

/// Thread-safe. Functions block, and end with kStopped soon after a stop is requested.
class Client final {
public:
    /// `budgets` and `clock` outlive it.
    Client(
        ClientSettings settings, CredentialsProvider credentials, RateBudgets& budgets, const Clock& clock
    );

    /// The answer's JSON, null when it has no body. Sent again within the budget of objects/pace.hpp when
    /// Iconik is busy, has a fault of its own or breaks off. Errors of faults.hpp; kUncertain for a request
    /// that is not repeatable. While credentials are refused one request a minute asks, and the others fail
    /// at once.
    [[nodiscard]] Result<boost::json::value> Send(const Request& request, const std::stop_token& stop);

    /// "app.iconik.io".
    [[nodiscard]] const std::string& Host() const noexcept { return host_; }

private:
    [[nodiscard]] objects::Attempt Try(const Request& request, bool& corrected, const std::stop_token& stop);
    [[nodiscard]] Result<HttpResponse> SendWith(
        const Request& request, const Secret& secret, const std::stop_token& stop
    );
    [[nodiscard]] Result<Secret> SecretNow() const;

    const ClientSettings settings_;
    const std::string host_;
    const CredentialsProvider credentials_;
    RateBudgets& budgets_;
    const Clock& clock_;
    const HttpClient http_;
    objects::Pace pace_;
    RefusedCredentials refused_;
};

/// What every reader of an answer needs: the member, when it is there and of that type.
[[nodiscard]] std::string TextIn(const boost::json::object& json, std::string_view name);

}  // namespace notify::iconik
