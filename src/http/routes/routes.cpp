#include "http/routes/routes.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "core/error.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "storage/storage.hpp"

namespace notify {

void AddRoutes(Router& router, const ApiParts& parts) {
    AddHealthRoutes(router, parts);
    AddMetricsRoutes(router, parts);
    AddSourceRoutes(router, parts);
    AddBucketRoutes(router, parts);
    AddRuleRoutes(router, parts);
    AddItemRoutes(router, parts);
    AddResultRoutes(router, parts);
    AddPeopleRoutes(router, parts);
    AddWebhookRoutes(router, parts);
    AddEventRoutes(router, parts);
    AddKeyRoutes(router, parts);
}

Response ProblemAt(const described::Fault& fault, std::string_view request_id) {
    const auto place = fault.pointer.empty() ? "the request's body" : fault.pointer + ":";
    const Error error{
        .code = ErrorCode::kInvalidArgument, .message = fmt::format("{} {}", place, fault.what)
    };
    return Problem(error, request_id, fault.pointer);
}

PageRequest PageOf(const Request& request) {
    PageRequest page{.after = std::string(request.Query("after"))};
    const auto limit = request.Query("limit");
    std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);  // checked by the router
    return page;
}

}  // namespace notify
