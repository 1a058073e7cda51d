#include "http/rate_limiter.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "http/routes/routes.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HeaderOf;

TEST(RateLimiter, GivesEachAsManyAtOnceAsASecondAndThenWhatGrowsBack) {
    RateLimiter limiter(10);
    const Timestamp start{};
    for (int left = 9; left >= 0; --left) {
        const auto verdict = limiter.Take("a", start);
        EXPECT_TRUE(verdict.allowed);
        EXPECT_EQ(verdict.remaining, left);
    }
    const auto refused = limiter.Take("a", start);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.reset, seconds(1));
    EXPECT_TRUE(limiter.Take("b", start).allowed);
    EXPECT_FALSE(limiter.Take("a", start + milliseconds(99)).allowed);
    EXPECT_TRUE(limiter.Take("a", start + milliseconds(101)).allowed);
    EXPECT_FALSE(limiter.Take("a", start + milliseconds(102)).allowed);
    EXPECT_EQ(limiter.Take("a", start + seconds(60)).remaining, 9);
}

TEST(RateLimiter, ForgetsWhoIsQuiet) {
    RateLimiter limiter(1);
    for (int i = 0; i < 5000; ++i) {
        EXPECT_TRUE(limiter.Take(std::to_string(i), Timestamp{} + seconds(i)).allowed);
    }
}

TEST(RateLimiter, CountsAddressesOfOneIpv6NetworkAsOne) {
    EXPECT_EQ(PartyAt("2001:db8:1:2::1"), PartyAt("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(PartyAt("2001:db8:1:2::1"), PartyAt("2001:db8:1:3::1"));
    EXPECT_NE(PartyAt("2001:db8:1:2::1"), PartyAt("2001:db9:1:2::1"));
    EXPECT_EQ(PartyAt("fe80::1%eth0"), PartyAt("fe80::2%eth0"));
    EXPECT_EQ(PartyAt("::ffff:192.0.2.1"), PartyAt("192.0.2.1"));
    EXPECT_NE(PartyAt("::ffff:192.0.2.1"), PartyAt("::ffff:192.0.2.2"));
    EXPECT_NE(PartyAt("192.0.2.1"), PartyAt("192.0.2.2"));
    EXPECT_EQ(PartyAt(""), "");
}

class RateLimits : public testing::ApiTest {
protected:
    RateLimits() : limited_(*storage_, clock_, 3) {
        limited_.Add({.method = "GET", .pattern = "/thing", .scope = Scope::kRead, .handle = [](Request&) {
                          return Response{.body = "{}"};
                      }});
    }

    Response AskFrom(const std::string& peer, const std::string& key) {
        Request request;
        request.method = "GET";
        request.path = "/thing";
        request.peer = peer;
        request.headers["authorization"] = "Bearer " + key;
        return limited_.Handle(std::move(request));
    }

    Router limited_;
};

TEST_F(RateLimits, AreOfAKeyAndOfAnAddressWithoutAGoodOne) {
    for (int i = 2; i >= 0; --i) {
        const auto answer = AskFrom("192.0.2.1", read_key_);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(HeaderOf(answer, "RateLimit-Limit"), "3");
        EXPECT_EQ(HeaderOf(answer, "RateLimit-Remaining"), std::to_string(i));
        EXPECT_EQ(AskFrom("192.0.2.1", "nk_x_y").status, 401);
    }
    const auto refused = AskFrom("192.0.2.2", read_key_);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(HeaderOf(refused, "Retry-After"), "1");
    EXPECT_EQ(AskFrom("192.0.2.1", "nk_x_y").status, 429);
    EXPECT_EQ(AskFrom("192.0.2.2", "nk_x_y").status, 401);
    EXPECT_EQ(AskFrom("192.0.2.1", write_key_).status, 200);
}

TEST_F(RateLimits, AreOfAWholeIpv6NetworkWhereverInItAStrangerIs) {
    for (const auto* peer : {"2001:db8::1", "2001:db8::2", "2001:db8::a:b:c:d"}) {
        EXPECT_EQ(AskFrom(peer, "nk_x_y").status, 401) << peer;
    }
    EXPECT_EQ(AskFrom("2001:db8::3", "nk_x_y").status, 429);
    EXPECT_EQ(AskFrom("2001:db8:0:1::3", "nk_x_y").status, 401);
}

TEST_F(RateLimits, AreOfAStrangerWhoseBodyIsNotRead) {
    const auto refused_as = [&] {
        Request request;
        request.method = "GET";
        request.path = "/thing";
        request.peer = "192.0.2.3";
        request.headers["authorization"] = "Bearer nk_x_y";
        return limited_.Admit(std::move(request)).refusal.value().status;
    };
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(refused_as(), 401);
    }
    EXPECT_EQ(refused_as(), 429);
}

}  // namespace
}  // namespace notify
