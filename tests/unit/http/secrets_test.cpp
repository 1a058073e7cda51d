// What is shown once does not come back.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::JsonOf;
using ::testing::Not;

class SecretsTest : public testing::ApiTest {
protected:
    /// Everything that every GET of the API says, with these ids for parameters.
    std::string AllAnswers(const std::vector<std::string>& ids) {
        std::string all;
        for (const auto& route : router_->Routes()) {
            if (route.method != "GET" || route.pattern.starts_with("/docs")) {
                continue;
            }
            const auto open = route.pattern.find('{');
            if (open == std::string::npos) {
                all += Ask("GET", route.pattern).body;
                continue;
            }
            for (const auto& id : ids) {
                all += Ask("GET", route.pattern.substr(0, open) + id).body;
            }
        }
        return all;
    }
};

TEST_F(SecretsTest, OfAWebhookAreShownWhenMadeAndNeverAgain) {
    const auto made = Expect(201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/hook"})");
    const std::string id(made.at("id").as_string());
    const std::string first(made.at("secret").as_string());
    EXPECT_THAT(first, HasSubstr("whsec_"));
    const std::string second(Expect(200, "POST", "/v1/webhooks/" + id + "/rotate").at("secret").as_string());
    EXPECT_NE(first, second);
    EXPECT_TRUE(Expect(200, "PATCH", "/v1/webhooks/" + id, R"({"active":true})").at("secret").is_null());
    EXPECT_TRUE(Expect(200, "GET", "/v1/webhooks/" + id).at("secret").is_null());
    const auto all = AllAnswers({id});
    EXPECT_THAT(all, HasSubstr(id));
    EXPECT_THAT(all, Not(HasSubstr(first.substr(6))));
    EXPECT_THAT(all, Not(HasSubstr(second.substr(6))));
}

TEST_F(SecretsTest, OfAKeyAreShownWhenMadeAndNeverAgain) {
    const auto made = Expect(201, "POST", "/v1/keys", R"({"name":"k","scopes":["read"]})");
    const std::string text(made.at("key").as_string());
    const std::string id(made.at("id").as_string());
    EXPECT_EQ(AskAs(text, "GET", "/v1/items").status, 200);
    const auto all = AllAnswers({id});
    EXPECT_THAT(all, HasSubstr(id));
    EXPECT_THAT(all, Not(HasSubstr(text.substr(text.rfind('_')))));
    EXPECT_THAT(all, Not(HasSubstr("sha256\":\"" + text)));
    const auto keys = JsonOf(Ask("GET", "/v1/keys"));
    for (const auto& key : keys.at("rows").as_array()) {
        EXPECT_TRUE(key.at("key").is_null());
    }
    EXPECT_THAT(AuditActions(), Contains("key.create"));
}

TEST_F(SecretsTest, AreNotRepeatedInARefusal) {
    const auto response = AskAs(admin_key_ + "x", "GET", "/v1/items");
    EXPECT_EQ(response.status, 401);
    EXPECT_THAT(response.body, Not(HasSubstr(admin_key_)));
}

}  // namespace
}  // namespace notify
