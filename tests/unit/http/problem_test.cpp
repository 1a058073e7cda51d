#include "http/problem.hpp"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {
namespace {

boost::json::object Body(const Response& response) {
    return ParseJson(response.body).value().as_object();
}

TEST(ProblemDocument, HasAStatusForEveryCode) {
    const std::vector<std::pair<ErrorCode, int>> table{
        {ErrorCode::kInvalidArgument, 400},
        {ErrorCode::kUnauthenticated, 401},
        {ErrorCode::kForbidden, 403},
        {ErrorCode::kNotFound, 404},
        {ErrorCode::kConflict, 409},
        {ErrorCode::kCancelled, 409},
        {ErrorCode::kTooLarge, 413},
        {ErrorCode::kUnsupported, 422},
        {ErrorCode::kThrottled, 429},
        {ErrorCode::kUnavailable, 503},
        {ErrorCode::kStopped, 503},
        {ErrorCode::kStorageFull, 507},
        {ErrorCode::kInternal, 500},
    };
    for (const auto& [code, status] : table) {
        const auto response = Problem({.code = code, .message = "a sentence"}, "req_1");
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.content_type, "application/problem+json");
        const auto body = Body(response);
        EXPECT_EQ(body.at("status"), status);
        EXPECT_EQ(body.at("code").as_string(), ToString(code));
        EXPECT_EQ(body.at("detail").as_string(), "a sentence");
        EXPECT_EQ(body.at("request_id").as_string(), "req_1");
        EXPECT_FALSE(body.at("title").as_string().empty());
        EXPECT_FALSE(body.contains("pointer"));
    }
}

TEST(ProblemDocument, TellsStageAndReasonWhenThereAreAny) {
    const auto body = Body(
        Problem({.code = ErrorCode::kUnsupported, .stage = "enrol", .reason = "no_face", .message = "x"}, "")
    );
    EXPECT_EQ(body.at("stage").as_string(), "enrol");
    EXPECT_EQ(body.at("reason").as_string(), "no_face");
}

TEST(ProblemDocument, SaysOnceWhenToTryAgain) {
    Error error{.code = ErrorCode::kUnavailable, .message = "busy"};
    const auto times = [](const Response& response) {
        return std::ranges::count(
            response.headers, "Retry-After", &std::pair<std::string, std::string>::first
        );
    };
    EXPECT_EQ(times(Problem(error, "")), 1);
    error.retry_after = std::chrono::milliseconds(1200);
    const auto response = Problem(error, "");
    EXPECT_EQ(times(response), 1);
    EXPECT_EQ(response.headers.back().second, "2");
}

TEST(ProblemDocument, PointsAtThePlaceThatTheMessageBeginsWith) {
    const auto pointer = [](ErrorCode code, std::string message) -> std::string {
        const auto body = Body(Problem({.code = code, .message = std::move(message)}, ""));
        return body.contains("pointer") ? std::string(body.at("pointer").as_string()) : "none";
    };
    EXPECT_EQ(pointer(ErrorCode::kInvalidArgument, "/weight: must be from 1"), "/weight");
    EXPECT_EQ(pointer(ErrorCode::kInvalidArgument, "/location: /tmp/x: is no folder"), "/location");
    EXPECT_EQ(pointer(ErrorCode::kInvalidArgument, "weight: must be"), "none");
    EXPECT_EQ(pointer(ErrorCode::kInvalidArgument, "/no colon"), "none");
    EXPECT_EQ(pointer(ErrorCode::kNotFound, "/tmp/x: no such file"), "none");
}

TEST(Problem, OfAStoreThatRefusesUsIsNotTheCallers) {
    const auto response = Problem(
        {.code = ErrorCode::kUnauthenticated, .stage = "store", .reason = "access_denied", .message = "no"},
        "req"
    );
    EXPECT_EQ(response.status, 424);
    EXPECT_NE(response.body.find("access_denied"), std::string::npos);
    EXPECT_EQ(Problem({.code = ErrorCode::kUnauthenticated, .message = "no"}, "req").status, 401);
}

}  // namespace
}  // namespace notify
