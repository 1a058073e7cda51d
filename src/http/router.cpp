#include "http/router.hpp"

#include <chrono>
#include <exception>
#include <optional>

#include <fmt/format.h>

#include "core/log.hpp"
#include "http/keys.hpp"

namespace notify {

namespace {

std::vector<std::string_view> Segments(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = path.find('/');
        segments.push_back(path.substr(0, end));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return segments;
}

/// What `{…}` matched, or nothing when the path is another.
std::optional<std::vector<std::string>> Match(std::string_view pattern, std::string_view path) {
    const auto wanted = Segments(pattern);
    const auto given = Segments(path);
    std::vector<std::string> parameters;
    for (std::size_t i = 0; i < wanted.size() && wanted.size() == given.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            parameters.emplace_back(given[i]);
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return wanted.size() == given.size() ? std::optional(std::move(parameters)) : std::nullopt;
}

std::string_view KeyOf(const Request& request) {
    const auto authorization = request.Header("authorization");
    static constexpr std::string_view kBearer = "Bearer ";
    return authorization.starts_with(kBearer) ? authorization.substr(kBearer.size())
                                              : request.Header("x-api-key");
}

bool Allows(const Caller& caller, Scope scope) {
    switch (scope) {
        case Scope::kNone:
            return true;
        case Scope::kRead:
            return caller.read;
        case Scope::kWrite:
            return caller.write;
        case Scope::kAdmin:
            return caller.admin;
    }
    return false;
}

std::string_view Name(Scope scope) {
    return scope == Scope::kAdmin ? "admin" : scope == Scope::kWrite ? "write" : "read";
}

}  // namespace

std::size_t Router::BodyLimit(std::string_view method, std::string_view path) const {
    for (const auto& route : routes_) {
        if (route.method == method && Match(route.pattern, path)) {
            return route.max_body;
        }
    }
    return 1U << 20U;
}

Response Router::Handle(Request request, bool trusted) const {
    const auto start = std::chrono::steady_clock::now();
    Response response;
    try {
        response = Dispatch(request, trusted);
    } catch (const std::exception& failure) {
        Log(LogLevel::kError,
            "a handler failed",
            {{"request", request.id}, {"path", request.path}, {"error", failure.what()}});
        response =
            ProblemOf(500, "internal", "the service failed on this request; its log names it", request.id);
    }
    const auto took = std::chrono::steady_clock::now() - start;
    Log(LogLevel::kDebug,
        "request",
        {{"request", request.id},
         {"method", request.method},
         {"path", request.path},
         {"status", response.status},
         {"caller", request.caller.actor},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
    return response;
}

Response Router::Dispatch(Request& request, bool trusted) const {
    const Route* route = nullptr;
    std::string allowed;
    const auto method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    for (const auto& each : routes_) {
        auto parameters = Match(each.pattern, request.path);
        if (!parameters) {
            continue;
        }
        allowed += (allowed.empty() ? "" : ", ") + each.method;
        if (each.method == method && route == nullptr) {  // the first that matches: words before parameters
            route = &each;
            request.parameters = std::move(*parameters);
        }
    }
    if (allowed.empty()) {
        return ProblemOf(404, "not_found", fmt::format("there is nothing at {}", request.path), request.id);
    }
    if (route == nullptr) {
        auto response = ProblemOf(
            405, "method_not_allowed", fmt::format("{} answers {} only", request.path, allowed), request.id
        );
        response.headers.emplace_back("Allow", allowed);
        return response;
    }
    if (!trusted && route->scope != Scope::kNone) {
        auto caller = Authenticate(storage_, KeyOf(request), clock_.Now());
        if (!caller) {
            return Problem(caller.error(), request.id);
        }
        request.caller = std::move(*caller);
        if (!Allows(request.caller, route->scope)) {
            return ProblemOf(
                403, "forbidden", fmt::format("this key lacks the scope '{}'", Name(route->scope)), request.id
            );
        }
    }
    return route->handle(request);
}

}  // namespace notify
