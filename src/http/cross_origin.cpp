#include "http/cross_origin.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace notify {

namespace {

constexpr const char* kMethods = "GET, HEAD, POST, PATCH, DELETE";
constexpr const char* kRequestHeaders =
    "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "If-Range, Last-Event-ID, Range, traceparent";
constexpr const char* kAnswerHeaders =
    "ETag, X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Idempotent-Replayed, Content-Range, Accept-Ranges, Content-Disposition";
constexpr const char* kAnswerHolds = "600";  // seconds

}  // namespace

std::optional<Response> CrossOrigin::Preflight(const Request& request) const {
    const bool asks = request.method == "OPTIONS" && IsNamed(request.Header("origin")) &&
                      !request.Header("access-control-request-method").empty();
    if (!asks) {
        return std::nullopt;
    }
    return Response{
        .status = 204,
        .content_type = {},
        .headers =
            {{"Access-Control-Allow-Methods", kMethods},
             {"Access-Control-Allow-Headers", kRequestHeaders},
             {"Access-Control-Max-Age", kAnswerHolds}},
        .body = {},
        .bytes = std::nullopt,
        .events = std::nullopt
    };
}

std::vector<std::pair<std::string_view, std::string>> CrossOrigin::HeadersFor(std::string_view origin) const {
    if (origins_.empty()) {
        return {};
    }
    if (!IsNamed(origin)) {
        return {{"Vary", "Origin"}};
    }
    return {
        {"Vary", "Origin"},
        {"Access-Control-Allow-Origin", std::string(origin)},
        {"Access-Control-Expose-Headers", kAnswerHeaders}
    };
}

bool CrossOrigin::IsNamed(std::string_view origin) const {
    return std::ranges::find(origins_, origin) != origins_.end();
}

}  // namespace notify
