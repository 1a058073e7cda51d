#include "http/cross_origin.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using testing::Get;
using ::testing::HasSubstr;
using testing::Post;
using testing::WireAnswer;

constexpr const char* kNamed = "https://mam.example";

class CrossOriginTest : public testing::ApiTest {
protected:
    void ServeFor(std::vector<std::string> origins) { Serve({.origins = std::move(origins)}); }

    WireAnswer Preflight(const std::string& path, const std::string& lines) {
        return Connect().Ask("OPTIONS " + path + " HTTP/1.1\r\nHost: t\r\n" + lines + "\r\n");
    }
};

bool AllowsAnything(const WireAnswer& answer) {
    return std::ranges::any_of(answer.headers, [](const auto& header) {
        return header.first.starts_with("access-control-");
    });
}

TEST_F(CrossOriginTest, IsClosedUnlessAnOriginIsNamed) {
    ServeFor({});
    const auto asked =
        Preflight("/v1/items", "Origin: https://mam.example\r\nAccess-Control-Request-Method: GET\r\n");
    EXPECT_EQ(asked.status, 405);
    EXPECT_FALSE(AllowsAnything(asked));
    const auto read = Connect().Ask(Get("/v1/items", Bearer(read_key_) + "Origin: https://mam.example\r\n"));
    EXPECT_EQ(read.status, 200);
    EXPECT_FALSE(AllowsAnything(read));
    EXPECT_EQ(read.headers.count("vary"), 0U);
}

TEST_F(CrossOriginTest, AnswersWhatABrowserAsksBeforehandToThoseThatAreNamed) {
    ServeFor({"http://localhost:3000", kNamed});
    const auto answer = Preflight(
        "/v1/webhooks/end_1",
        "Origin: https://mam.example\r\nAccess-Control-Request-Method: PATCH\r\n"
        "Access-Control-Request-Headers: authorization,content-type,if-match\r\n"
    );
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.at("access-control-allow-origin"), kNamed);
    EXPECT_EQ(answer.headers.at("vary"), "Origin");
    EXPECT_THAT(answer.headers.at("access-control-allow-methods"), HasSubstr("PATCH"));
    for (const auto* header :
         {"Authorization",
          "Content-Type",
          "If-Match",
          "If-None-Match",
          "If-Range",
          "Idempotency-Key",
          "Last-Event-ID"}) {
        EXPECT_THAT(answer.headers.at("access-control-allow-headers"), HasSubstr(header));
    }
    EXPECT_EQ(answer.headers.count("access-control-allow-credentials"), 0U) << "keys come in headers";
}

TEST_F(CrossOriginTest, KnowsEveryMethodThatARouteHas) {
    ServeFor({kNamed});
    const auto allowed =
        Preflight("/", "Origin: https://mam.example\r\nAccess-Control-Request-Method: GET\r\n")
            .headers["access-control-allow-methods"];
    for (const auto& route : router_->Routes()) {
        EXPECT_THAT(allowed, HasSubstr(route.method)) << route.pattern;
    }
}

TEST_F(CrossOriginTest, LetsThePageReadAnswersAndRefusalsButOpensNothingWithoutAKey) {
    ServeFor({kNamed});
    const std::string origin = "Origin: https://mam.example\r\n";
    const auto read = Connect().Ask(Get("/v1/items", Bearer(read_key_) + origin));
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.headers.at("access-control-allow-origin"), kNamed);
    EXPECT_THAT(read.headers.at("access-control-expose-headers"), HasSubstr("X-Request-Id"));
    const auto stranger = Connect().Ask(Get("/v1/items", origin));
    EXPECT_EQ(stranger.status, 401);
    EXPECT_EQ(stranger.headers.at("access-control-allow-origin"), kNamed);
    const auto refused_by_its_header = Connect().Ask(Post("/v1/webhooks", "{}", origin));
    EXPECT_EQ(refused_by_its_header.status, 401);
    EXPECT_EQ(refused_by_its_header.headers.at("access-control-allow-origin"), kNamed);
    auto stream = Connect();
    stream.Send(Get("/v1/events/stream", Bearer(read_key_) + origin));
    EXPECT_THAT(
        stream.ReceiveUntil("\r\n\r\n"), HasSubstr("Access-Control-Allow-Origin: https://mam.example")
    );
}

TEST_F(CrossOriginTest, TellsOthersNothingHoweverLikeTheyAre) {
    ServeFor({kNamed});
    for (const std::string origin :
         {"https://mam.example.evil.example",
          "http://mam.example",
          "https://mam.example:8443",
          "https://evil.mam.example",
          "HTTPS://MAM.EXAMPLE",
          "null",
          "*"}) {
        const auto asked =
            Preflight("/v1/items", "Origin: " + origin + "\r\nAccess-Control-Request-Method: GET\r\n");
        EXPECT_FALSE(AllowsAnything(asked)) << origin;
        const auto read = Connect().Ask(Get("/v1/items", Bearer(read_key_) + "Origin: " + origin + "\r\n"));
        EXPECT_FALSE(AllowsAnything(read)) << origin;
        EXPECT_EQ(read.headers.at("vary"), "Origin");
    }
    EXPECT_EQ(Preflight("/v1/items", "Origin: https://mam.example\r\n").status, 405) << "it asks for nothing";
}

}  // namespace
}  // namespace notify
