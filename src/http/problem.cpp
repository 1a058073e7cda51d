#include "http/problem.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "http/message.hpp"

namespace notify {

namespace {

std::string_view Title(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 422:
            return "Unprocessable Content";
        case 424:
            return "Failed Dependency";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        case 507:
            return "Insufficient Storage";
        default:
            return "Internal Server Error";
    }
}

/// "/processors/0/config/fps" of "/processors/0/config/fps: 0 is less than 0.2".
std::optional<std::string_view> PointerIn(const Error& error) {
    const std::string_view message = error.message;
    const auto end = message.find(": ");
    const bool begins = error.code == ErrorCode::kInvalidArgument && message.starts_with('/');
    return begins && end != std::string_view::npos &&
                   message.substr(0, end).find(' ') == std::string_view::npos
               ? std::optional(message.substr(0, end))
               : std::nullopt;
}

Response Make(int status, boost::json::object problem) {
    Response response{.status = status, .content_type = "application/problem+json"};
    problem["status"] = status;
    problem["title"] = Title(status);
    response.body = ToJsonText(problem);
    if (status == 401) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    if (status == 503 || status == 507) {
        response.headers.emplace_back("Retry-After", "5");
    }
    return response;
}

}  // namespace

int HttpStatus(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return 400;
        case ErrorCode::kUnauthenticated:
            return 401;
        case ErrorCode::kForbidden:
            return 403;
        case ErrorCode::kNotFound:
            return 404;
        case ErrorCode::kConflict:
            return 409;
        case ErrorCode::kTooLarge:
            return 413;
        case ErrorCode::kUnsupported:
            return 422;
        case ErrorCode::kThrottled:
            return 429;
        case ErrorCode::kUnavailable:
        case ErrorCode::kStopped:
            return 503;
        case ErrorCode::kStorageFull:
            return 507;
        case ErrorCode::kCancelled:
            return 409;
        case ErrorCode::kInternal:
            return 500;
    }
    return 500;
}

Response Problem(const Error& error, std::string_view request_id, std::optional<std::string_view> pointer) {
    boost::json::object problem{
        {"code", ToString(error.code)}, {"detail", error.message}, {"request_id", request_id}
    };
    if (!error.stage.empty()) {
        problem["stage"] = error.stage;
    }
    if (!error.reason.empty()) {
        problem["reason"] = error.reason;
    }
    if (const auto place = pointer ? pointer : PointerIn(error)) {
        problem["pointer"] = *place;
    }
    // a store that fails us is neither the caller's fault nor ours: 424 is "Failed Dependency" (RFC 4918)
    const bool of_store = error.stage == "store" && (error.code == ErrorCode::kUnauthenticated ||
                                                     error.code == ErrorCode::kUnavailable);
    const bool changed = error.code == ErrorCode::kConflict && error.reason == kChangedSince;
    auto response = Make(of_store ? 424 : changed ? 412 : HttpStatus(error.code), std::move(problem));
    if (error.retry_after) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
        std::erase_if(response.headers, [](const auto& header) { return header.first == "Retry-After"; });
        response.headers.emplace_back("Retry-After", std::to_string(seconds));
    }
    return response;
}

Response ProblemOf(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
    return Make(status, {{"code", code}, {"detail", detail}, {"request_id", request_id}});
}

}  // namespace notify
