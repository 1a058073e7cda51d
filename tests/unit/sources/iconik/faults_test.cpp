#include "sources/iconik/faults.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {
namespace {

const Asked kAsked{.host = "app.iconik.io", .what = "asset 2222", .action = "read"};

TEST(IconikFaults, BothShapesOfErrorsAreOneSentence) {
    EXPECT_EQ(SentenceOf(R"({"errors": ["Token is invalid"]})"), "Token is invalid");
    EXPECT_EQ(SentenceOf(R"({"errors": ["One", "Two"]})"), "One; Two");
    EXPECT_EQ(
        SentenceOf(R"({"errors": {"title": "Missing data.", "status": ["Not valid."]}})"),
        "title: Missing data.; status: Not valid."
    );
}

TEST(IconikFaults, WhatIsNoErrorSaysNothing) {
    for (const auto* const body :
         {"", "<html>", "{}", R"({"errors": 7})", R"({"errors": [1, null]})", "[]"}) {
        EXPECT_EQ(SentenceOf(body), "") << body;
    }
    EXPECT_EQ(SentenceOf(R"({"errors": [")" + std::string(5000, 'x') + R"("]})").size(), 200U);
    EXPECT_EQ(SentenceOf(R"({"errors": ["a\nb"]})"), "a b");
}

TEST(IconikFaults, ADeniedRequestSaysWhatIconikSaid) {
    const auto fault = FaultOf(
        {.status = 403, .headers = {}, .body = R"({"errors": ["can_read_assets is needed"]})"}, kAsked, {}
    );
    EXPECT_EQ(fault.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(fault.reason, objects::kAccessDenied);
    EXPECT_NE(fault.message.find("can_read_assets is needed"), std::string::npos);
}

TEST(IconikFaults, StatusesBecomeWhatCanBeDoneAboutThem) {
    const auto code = [](int status) { return FaultOf({.status = status}, kAsked, Timestamp()).code; };
    EXPECT_EQ(code(400), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code(401), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code(404), ErrorCode::kNotFound);
    EXPECT_EQ(code(429), ErrorCode::kThrottled);
    EXPECT_EQ(code(502), ErrorCode::kUnavailable);
    EXPECT_EQ(code(301), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace notify::iconik
