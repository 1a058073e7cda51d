#pragma once

// The table of routes: who may call them, what they take and give, and who answers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Every scope holds read; admin holds all.
enum class Scope : std::uint8_t { kNone, kRead, kWrite, kBiometric, kAdmin };

/// "read", "write", "biometric", "admin"; "" for none.
[[nodiscard]] std::string_view ToString(Scope scope) noexcept;

[[nodiscard]] bool Allows(const Caller& caller, Scope scope) noexcept;

/// 403 that names the scope.
[[nodiscard]] Response LacksScope(Scope scope, std::string_view request_id);

/// A parameter of a route's query, for the document.
struct QueryParameter {
    std::string name;
    std::string description;
};

using MakeSchema = boost::json::value (*)(boost::json::object& components);

struct Route {
    std::string method;
    std::string pattern;  ///< "/v1/items/{id}".
    Scope scope = Scope::kRead;
    std::string tag;
    std::string summary;
    std::string description;  ///< Old names people may search for are in it.
    std::vector<QueryParameter> query;
    MakeSchema body = nullptr;    ///< Of the request; null when it takes none.
    MakeSchema answer = nullptr;  ///< Of the 2xx response; null when it is not JSON.
    int status = 200;             ///< Of success.
    std::size_t max_body = 1U << 20U;
    Handler handle;
    std::vector<int> more_statuses;  ///< Others with the same answer: 503 of a service that is not ready.
    Scope also = Scope::kNone;       ///< Needed too for some of what it gives; its handler asks for it.
};

/// Immutable once the routes are added: thread-safe then. The storage and the clock outlive it.
class Router final {
public:
    Router(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

    void Add(Route route) { routes_.push_back(std::move(route)); }

    [[nodiscard]] const std::vector<Route>& Routes() const noexcept { return routes_; }

    /// Checks path, method, key and scope, then calls the route. `trusted` callers (the control socket) need
    /// no key. Never throws: an exception of a handler becomes 500 and a line in the log.
    [[nodiscard]] Response Handle(Request request, bool trusted = false) const;

    /// Path, method, key and scope of a request whose body is not here yet: so that a stranger's is never
    /// read. Handle() checks them again.
    [[nodiscard]] Admission Admit(Request head) const;

private:
    /// The route that the caller may use, with what it matched in the request; else null, and why not.
    [[nodiscard]] const Route* RouteFor(Request& request, bool trusted, Response& refusal) const;
    [[nodiscard]] std::optional<Response> Refusal(Request& request, const Route& route) const;

    Storage& storage_;
    const Clock& clock_;
    std::vector<Route> routes_;
};

}  // namespace notify
