// /docs: served by the service itself, without the internet.

#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using testing::Get;
using ::testing::HasSubstr;
using ::testing::Not;

using DocsTest = testing::ApiTest;

TEST_F(DocsTest, ServesEveryFileThatThePageRefersTo) {
    Serve();
    auto wire = Connect();
    const auto page = wire.Ask(Get("/docs"));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    const std::regex reference("(?:src|href)=\"([^\"]*)\"");
    int files = 0;
    for (std::sregex_iterator at(page.body.begin(), page.body.end(), reference), end; at != end; ++at) {
        const auto file = wire.Ask(Get((*at)[1].str()));
        EXPECT_EQ(file.status, 200) << (*at)[1];
        EXPECT_FALSE(file.body.empty());
        EXPECT_THAT(
            file.headers.at("content-type"), HasSubstr((*at)[1].str().ends_with("css") ? "css" : "javascript")
        );
        ++files;
    }
    EXPECT_EQ(files, 3);
    EXPECT_EQ(wire.Ask(Get("/openapi.json")).status, 200);
    EXPECT_EQ(wire.Ask(Get("/docs/other.js")).status, 404);
}

TEST_F(DocsTest, IsWhereTheRootAndTheFolderLeadTo) {
    for (const auto* path : {"/", "/docs/"}) {
        const auto answer = AskAs({}, "GET", path);
        EXPECT_EQ(answer.status, 308);
        EXPECT_EQ(testing::HeaderOf(answer, "Location"), "/docs");
        EXPECT_EQ(answer.content_type, "") << "there is nothing to be of a type";
    }
    EXPECT_EQ(AskAs({}, "GET", "/health/live").body, R"({"status":"alive"})");
}

TEST_F(DocsTest, NeedsNothingFromOutside) {
    const auto page = Ask("GET", "/docs").body + Ask("GET", "/docs/init.js").body;
    EXPECT_THAT(page, Not(HasSubstr("://")));
    EXPECT_THAT(page, Not(HasSubstr("\"//")));
    EXPECT_THAT(page, HasSubstr("validatorUrl: null"));  // it would call home
    const auto style = Ask("GET", "/docs/swagger-ui.css").body;
    EXPECT_FALSE(std::regex_search(style, std::regex("@import|url\\([\"']?(https?:)?//")));
}

TEST_F(DocsTest, ForbidsThePageScriptsThatAreNotItsOwn) {
    Serve();
    for (const auto* path : {"/docs", "/docs/init.js"}) {
        auto answer = Connect().Ask(Get(path));
        const auto policy = answer.headers["content-security-policy"];
        EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
        EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
        EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
        EXPECT_THAT(policy, Not(HasSubstr("sandbox")));
        EXPECT_EQ(answer.headers["x-content-type-options"], "nosniff");
        EXPECT_EQ(answer.headers["cache-control"], "max-age=3600");
    }
    EXPECT_FALSE(
        std::regex_search(Ask("GET", "/docs").body, std::regex("<script>|<style>|style=| on[a-z]+="))
    );
}

}  // namespace
}  // namespace notify
