#pragma once

// The table of routes: who may call them, what they take and give, and who answers.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/rate_limiter.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Every scope holds read; write holds people and webhooks; admin holds all.
enum class Scope : std::uint8_t { kNone, kRead, kWrite, kPeople, kWebhooks, kBiometric, kAdmin };

/// "read", "write", "people", "webhooks", "biometric", "admin"; "" for none.
[[nodiscard]] std::string_view ToString(Scope scope) noexcept;

[[nodiscard]] bool Allows(const Caller& caller, Scope scope) noexcept;

/// 403 that names the scope.
[[nodiscard]] Response LacksScope(Scope scope, std::string_view request_id);

/// How far a key goes here that is limited to some buckets.
enum class Reach : std::uint8_t {
    kClosed,  ///< Not at all: what is here is of all buckets.
    kOpen,    ///< As any key: nothing of a bucket is here, or the handler leaves out what the caller may not
              ///< know.
    kBucket,  ///< When the pattern's first parameter names something of one of its buckets …
    kItem,
    kProcess,
    kResult,
    kAppearance,
    kEvent,
};

using MakeSchema = boost::json::value (*)(boost::json::object& components);

/// An answer beside that of success, for the document.
struct OtherAnswer {
    enum class Body : std::uint8_t { kSame, kNone, kProblem };

    int status = 0;
    std::string description;
    Body body = Body::kNone;
};

struct Route {
    std::string method;
    std::string pattern;  ///< "/v1/items/{id}".
    Scope scope = Scope::kRead;
    Reach reach = Reach::kClosed;
    /// Lets a request in without a key; false asks for one, an error refuses it. May be empty.
    std::function<Result<bool>(const Request& request)> opens;
    Scope also = Scope::kNone;  ///< Needed too for some of what it gives; its handler asks for it.
    std::string tag;
    std::string summary;
    std::string description;         ///< Old names people may search for are in it.
    std::vector<Parameter> query;    ///< Checked before the handler is called; no others are taken.
    std::vector<Parameter> headers;  ///< For the document.
    MakeSchema body = nullptr;       ///< Of the request; null when it takes none.
    /// Of a PATCH: the members that the ETag is of; so for all of its pattern. The handlers that edit it ask
    /// CheckUnchanged of the same members.
    std::vector<std::string_view> edits;
    bool may_lack_body = false;
    bool takes_plain_text = false;         ///< The JSON may come as text/plain too, as SNS sends it.
    std::size_t max_body = 1U << 20U;      ///< When it takes one.
    MakeSchema answer = nullptr;           ///< Of the 2xx response; null when it is not JSON.
    std::vector<std::string> media_types;  ///< Of the 2xx response that is not JSON.
    int status = 200;                      ///< Of success.
    bool shows_secret = false;             ///< Success does, one time: it is kept for nobody.
    std::vector<OtherAnswer> more_statuses;
    bool documented = true;  ///< False for another spelling of a path that is.
    Handler handle;
};

/// Immutable once the routes are added: thread-safe then. The storage and the clock outlive it.
class Router final {
public:
    /// A key, and an address (PartyAt) without one that opens, may make so many requests a second; 0: any
    /// number.
    Router(Storage& storage, const Clock& clock, int most_per_second = 0);

    void Add(Route route);

    [[nodiscard]] const std::vector<Route>& Routes() const noexcept { return routes_; }

    /// Checks path, method, key, scope, query and the body's type, then calls the route. `trusted` callers
    /// (the control socket) need no key. Never throws: an exception of a handler becomes 500 and a line in
    /// the log.
    [[nodiscard]] Response Handle(Request request, bool trusted = false) const;

    /// The same of a request whose body is not here yet: so that a stranger's is never read.
    [[nodiscard]] Admission Admit(Request head) const;

private:
    /// The route that the caller may use, with what it matched in the request; else null, and why not.
    [[nodiscard]] const Route* RouteFor(Request& request, bool trusted, Response& refusal) const;
    [[nodiscard]] std::optional<Response> Refusal(Request& request, const Route& route) const;

    /// The route's handler, with what is asked of every route like it.
    [[nodiscard]] Response Call(const Route& route, Request& request) const;

    /// Counts it against whoever asks; nothing when that is not done.
    [[nodiscard]] std::optional<RateLimiter::Verdict> Counted(const Request& request, int refused_as) const;

    Storage& storage_;
    const Clock& clock_;
    std::unique_ptr<RateLimiter> limiter_;  ///< Null: no limit.
    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> patterns_;  ///< Of the routes, between the slashes.
};

}  // namespace notify
