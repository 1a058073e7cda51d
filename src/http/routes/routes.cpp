#include "http/routes/routes.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "storage/storage.hpp"

namespace notify {

void AddRoutes(Router& router, const ApiParts& parts) {
    AddHealthRoutes(router, parts);
    AddBucketRoutes(router, parts);
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

Result<PageRequest> PageOf(const Request& request) {
    PageRequest page{.after = std::string(request.Query("after"))};
    const auto limit = request.Query("limit");
    if (!limit.empty()) {
        const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
        if (error != std::errc{} || end != limit.data() + limit.size() || page.limit < 1 ||
            page.limit > 200) {
            return Fail(ErrorCode::kInvalidArgument, "limit must be a whole number from 1 to 200");
        }
    }
    return page;
}

Result<std::optional<Status>> StatusOf(const Request& request) {
    const auto text = request.Query("status");
    if (text.empty()) {
        return std::optional<Status>();
    }
    const auto status = StatusFrom(text);
    if (!status) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "'{}' is no status; there are: Pending, Processing, Completed, Failed, Cancelled, Skipped",
                text
            )
        );
    }
    return status;
}

}  // namespace notify
