#include "queue/messages/body_excerpt.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/json.hpp"
#include "sources/messages/message.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(BodyExcerpt, IsWithoutSecretsInEachWrapping) {
    const auto action = ToJsonText(Action());
    for (const auto& inner : Wrappings()) {
        for (const auto& outer : Wrappings()) {
            const auto body = outer.around(inner.around(action));
            const auto excerpt = ExcerptOf(body);
            EXPECT_TRUE(excerpt.is_whole);
            EXPECT_THAT(excerpt.text, Not(HasSubstr("the-secret"))) << outer.name << " around " << inner.name;
            EXPECT_EQ(ParseMessage(excerpt.text)->news, ParseMessage(body)->news)
                << outer.name << " around " << inner.name;
            EXPECT_EQ(ExcerptOf(excerpt.text).text, excerpt.text) << "nothing is left to remove";
        }
    }
    const auto encoded = ParseJson(ExcerptOf(InEncodedHttpEvent(action)).text).value();
    const auto inside = FromBase64(std::string_view(encoded.at("body").as_string())).value();
    EXPECT_THAT(inside, Not(HasSubstr("the-secret")));
    EXPECT_THAT(inside, HasSubstr("(removed)"));
}

TEST(BodyExcerpt, IsWithoutSecretsWhenItIsNoJson) {
    for (const auto* const body :
         {R"({"asset_ids":[],"auth_token":"s3cret")",
          R"({"Message":"{\"AUTH_TOKEN\" : \"s3cret\"}")",
          "Authorization: Bearer s3cret",
          "x-api-key=s3cret",
          "a=1&token=s3cret&b=2"}) {
        const auto excerpt = ExcerptOf(body);
        EXPECT_THAT(excerpt.text, Not(HasSubstr("s3cret"))) << body;
        EXPECT_THAT(excerpt.text, HasSubstr("(removed)")) << body;
        EXPECT_FALSE(excerpt.is_whole) << body;
    }
}

TEST(BodyExcerpt, KeepsKeysThatOnlySoundLikeSecrets) {
    const auto body = Records("films/token ring.mp4");
    EXPECT_EQ(ExcerptOf(body).text, body);
}

TEST(BodyExcerpt, IsOfBoundedLengthAndUtf8) {
    const auto excerpt = ExcerptOf("{\"a\":\"" + std::string(kMostExcerptBytes - 7, 'a') + "üüü\"}");
    EXPECT_FALSE(excerpt.is_whole);
    EXPECT_EQ(excerpt.text.size(), kMostExcerptBytes - 1) << "no half letter";
    EXPECT_EQ(ExcerptOf("\xff\x01hello").text, "\\xFF\\x01hello");
}

}  // namespace
}  // namespace notify::testing
