#include "http/router.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/percent.hpp"
#include "core/result.hpp"
#include "http/entity_tag.hpp"
#include "http/idempotency.hpp"
#include "http/keys.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/rate_limiter.hpp"
#include "http/reach.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The parts between the slashes. Decoded after they were split: a name may have a slash in it.
std::vector<std::string> Segments(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = path.find('/');
        segments.push_back(PercentDecoded(path.substr(0, end)).value_or(""));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return segments;
}

/// What `{…}` matched, or nothing when the path is another.
std::optional<std::vector<std::string>> Match(
    const std::vector<std::string>& wanted, const std::vector<std::string>& given
) {
    std::vector<std::string> parameters;
    if (wanted.size() != given.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{') && !given[i].empty()) {
            parameters.emplace_back(given[i]);
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return parameters;
}

std::string_view KeyOf(const Request& request) {
    const auto authorization = request.Header("authorization");
    static constexpr std::string_view kBearer = "bearer ";
    const bool is_bearer = std::ranges::equal(  // in any case: RFC 9110, 11.1
        authorization.substr(0, kBearer.size()), kBearer, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
    );
    return is_bearer ? authorization.substr(kBearer.size()) : request.Header("x-api-key");
}

/// 404, or 405 with the methods there are.
Response NoRoute(const Request& request, const std::string& allowed) {
    if (allowed.empty()) {
        return ProblemOf(404, "not_found", fmt::format("there is nothing at {}", request.path), request.id);
    }
    auto response = ProblemOf(
        405, "method_not_allowed", fmt::format("{} answers {} only", request.path, allowed), request.id
    );
    response.headers.emplace_back("Allow", allowed);
    return response;
}

/// "application/json", "application/merge-patch+json; charset=utf-8", in any case; "text/plain" where the
/// route takes it.
bool IsTaken(std::string_view content_type, const Route& route) {
    std::string type(content_type.substr(0, content_type.find_first_of("; \t")));
    std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json")) ||
           (route.takes_plain_text && type == "text/plain");
}

/// What is wrong with the query or with the body's type.
std::optional<Response> OddRequest(const Request& request, const Route& route) {
    if (const auto checked = CheckQuery(request, route.query); !checked) {
        return Problem(checked.error(), request.id);
    }
    const auto type = request.Header("content-type");
    if (route.body != nullptr && !type.empty() && !IsTaken(type, route)) {
        return ProblemOf(
            415, "unsupported_media_type", "the body must be sent as application/json", request.id
        );
    }
    return std::nullopt;
}

constexpr std::size_t kMostOfNothing = 64;  // bytes of a POST that takes no body

/// Clients that always send JSON send {} where nothing is taken.
bool IsNothing(std::string_view body) {
    const auto json = ParseJson(body.empty() ? "{}" : body);
    return json && json->is_object() && json->get_object().empty();
}

Response TooMany(const RateLimiter::Verdict& verdict, std::string_view request_id) {
    auto response = ProblemOf(429, "throttled", "too many requests; see RateLimit-Limit", request_id);
    response.headers.emplace_back("Retry-After", std::to_string(verdict.reset.count()));
    return response;
}

void Tell(const RateLimiter::Verdict& verdict, int per_second, Response& response) {
    response.headers.emplace_back("RateLimit-Limit", std::to_string(per_second));
    response.headers.emplace_back("RateLimit-Remaining", std::to_string(verdict.remaining));
    response.headers.emplace_back("RateLimit-Reset", std::to_string(verdict.reset.count()));
}

std::string_view RoutedAs(std::string_view method) {
    return method == "HEAD" ? "GET" : method;
}

}  // namespace

std::string_view ToString(Scope scope) noexcept {
    switch (scope) {
        case Scope::kNone:
            break;
        case Scope::kRead:
            return "read";
        case Scope::kWrite:
            return "write";
        case Scope::kPeople:
            return "people";
        case Scope::kWebhooks:
            return "webhooks";
        case Scope::kBiometric:
            return "biometric";
        case Scope::kAdmin:
            return "admin";
    }
    return "";
}

bool Allows(const Caller& caller, Scope scope) noexcept {
    switch (scope) {
        case Scope::kNone:
            return true;
        case Scope::kRead:
            return caller.read;
        case Scope::kWrite:
            return caller.write;
        case Scope::kPeople:
            return caller.people || caller.write;
        case Scope::kWebhooks:
            return caller.webhooks || caller.write;
        case Scope::kBiometric:
            return caller.biometric || caller.admin;
        case Scope::kAdmin:
            return caller.admin;
    }
    return false;
}

Response LacksScope(Scope scope, std::string_view request_id) {
    return ProblemOf(
        403, "forbidden", fmt::format("this key lacks the scope '{}'", ToString(scope)), request_id
    );
}

Router::Router(Storage& storage, const Clock& clock, int most_per_second)
    : storage_(storage),
      clock_(clock),
      limiter_(most_per_second > 0 ? std::make_unique<RateLimiter>(most_per_second) : nullptr) {}

void Router::Add(Route route) {
    if (route.method == "POST") {
        route.headers.push_back(IdempotencyKey());
    }
    for (auto& each : routes_) {  // the tag is of what the pattern names, whatever is done with it
        if (each.pattern == route.pattern && each.edits.empty()) {
            each.edits = route.edits;
        } else if (each.pattern == route.pattern) {
            route.edits = each.edits;
        }
    }
    if (!route.edits.empty() && route.method != "GET") {
        route.headers.push_back({.name = "If-Match", .description = "The ETag that it was read with."});
        route.more_statuses.push_back(
            {.status = 412,
             .description = "It has changed since it was read.",
             .body = OtherAnswer::Body::kProblem}
        );
    }
    patterns_.push_back(Segments(route.pattern));
    routes_.push_back(std::move(route));
}

Admission Router::Admit(Request head) const {
    Response refusal;
    const auto* const route = RouteFor(head, false, refusal);
    if (route == nullptr) {
        if (const auto counted = Counted(head, refusal.status); counted && !counted->allowed) {
            refusal = TooMany(*counted, head.id);
        }
        return {.max_body = 0, .refusal = std::move(refusal)};
    }
    const std::size_t nothing = route->method == "POST" ? kMostOfNothing : 0;
    return {.max_body = route->body != nullptr ? route->max_body : nothing, .refusal = std::nullopt};
}

Response Router::Handle(Request request, bool trusted) const {
    const auto start = std::chrono::steady_clock::now();
    Response response;
    try {
        const auto* route = RouteFor(request, trusted, response);
        const auto counted = trusted ? std::nullopt : Counted(request, response.status);
        if (counted && !counted->allowed) {
            route = nullptr;
            response = TooMany(*counted, request.id);
        }
        if (route != nullptr && route->body == nullptr && !IsNothing(request.body)) {
            response = ProblemOf(
                400,
                "invalid_argument",
                fmt::format("{} takes no body; send none, or {{}}", request.path),
                request.id
            );
        } else if (route != nullptr) {
            response = Call(*route, request);
        }
        if (counted) {
            Tell(*counted, limiter_->PerSecond(), response);
        }
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
         {"trace", TraceOf(request)},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
    return response;
}

Response Router::Call(const Route& route, Request& request) const {
    if (route.method == "POST") {
        const auto kept = route.shows_secret ? AnswerKept::kNo : AnswerKept::kYes;
        return HandleOnce(storage_, clock_, request, kept, route.handle);
    }
    if (route.edits.empty()) {
        return route.handle(request);
    }
    const bool conditional = route.method != "GET" && request.headers.contains("if-match");
    if (conditional && request.Header("if-match").empty()) {
        return ProblemOf(400, "invalid_argument", "If-Match must name an ETag, or be *", request.id);
    }
    auto response = route.handle(request);
    if (response.status == 200) {
        response.headers.emplace_back("ETag", TagOf(response.body, route.edits));
    }
    return response;
}

const Route* Router::RouteFor(Request& request, bool trusted, Response& refusal) const {
    const Route* route = nullptr;
    std::string allowed;
    const auto method = RoutedAs(request.method);
    const auto segments = Segments(request.path);
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const auto& each = routes_[i];
        auto parameters = Match(patterns_[i], segments);
        if (!parameters) {
            continue;
        }
        allowed += (allowed.empty() ? "" : ", ") + each.method + (each.method == "GET" ? ", HEAD" : "");
        if (each.method == method && route == nullptr) {  // the first that matches: words before parameters
            route = &each;
            request.parameters = std::move(*parameters);
        }
    }
    if (route == nullptr) {
        refusal = NoRoute(request, allowed);
        return nullptr;
    }
    auto refused = trusted ? std::nullopt : Refusal(request, *route);
    if (!refused) {
        refused = OddRequest(request, *route);
    }
    if (refused) {
        refusal = std::move(*refused);
        return nullptr;
    }
    return route;
}

std::optional<RateLimiter::Verdict> Router::Counted(const Request& request, int refused_as) const {
    const bool known = request.caller.read;
    if (!limiter_ || (!known && refused_as != 401)) {
        return std::nullopt;
    }
    return limiter_->Take(known ? request.caller.actor : PartyAt(request.peer), clock_.Now());
}

/// Checks the caller's key, its scope and how far it goes.
std::optional<Response> Router::Refusal(Request& request, const Route& route) const {
    if (route.scope == Scope::kNone) {
        return std::nullopt;
    }
    const auto opened = route.opens ? route.opens(request) : Result<bool>(false);
    if (!opened || *opened) {
        return opened ? std::nullopt : std::optional(Problem(opened.error(), request.id));
    }
    auto caller = Authenticate(storage_, KeyOf(request), clock_.Now());
    if (!caller) {
        return Problem(caller.error(), request.id);
    }
    request.caller = std::move(*caller);
    if (!Allows(request.caller, route.scope)) {
        return LacksScope(route.scope, request.id);
    }
    const auto reached = request.caller.buckets ? CheckReach(storage_, route.reach, request) : Result<void>{};
    return reached ? std::nullopt : std::optional(Problem(reached.error(), request.id));
}

}  // namespace notify
