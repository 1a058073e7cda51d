// What POST /v1/intake/s3 takes, and as what.

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ulid.hpp"
#include "unit/http/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;

class IntakeApi : public ApiTest {
protected:
    Response Send(const std::string& target, std::string_view type, std::string body) {
        Request request;
        request.id = MakeId("req");
        request.method = "POST";
        request.body = std::move(body);
        request.headers["authorization"] = "Bearer " + admin_key_;
        request.headers["content-type"] = type;
        EXPECT_TRUE(SetTarget(request, target)) << target;
        return router_->Handle(std::move(request));
    }
};

constexpr const char* kNotification =
    R"({"Type":"Notification","Message":"{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}"})";

TEST_F(IntakeApi, TakesPlainTextAsSnsSendsItAndNoOtherRouteDoes) {
    const auto taken = Send("/v1/intake/s3", "text/plain; charset=UTF-8", kNotification);
    EXPECT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(JsonOf(taken).at("records").at(0).at("outcome"), "test");
    EXPECT_EQ(Send("/v1/intake/s3", "application/json", kNotification).status, 200);
    EXPECT_EQ(Send("/v1/intake/s3", "text/html", kNotification).status, 415);
    EXPECT_EQ(Send("/v1/keys", "text/plain", R"({"name":"x","scopes":["read"]})").status, 415);
}

TEST_F(IntakeApi, FollowsNoLinkOfASubscription) {
    for (const auto* const type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        const auto answer = Send(
            "/v1/intake/s3",
            "text/plain",
            std::string(R"({"SubscribeURL":"http://127.0.0.1:1/","Message":"You have chosen","Type":")") +
                type + "\"}"
        );
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(JsonOf(answer).at("added"), 0);
        EXPECT_EQ(JsonOf(answer).at("records").at(0).at("outcome"), "not_followed");
        EXPECT_THAT(answer.body, HasSubstr("opens no link"));
        EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("127.0.0.1")));
    }
}

}  // namespace
}  // namespace notify::testing
