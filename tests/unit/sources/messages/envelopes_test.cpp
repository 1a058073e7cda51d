// What messages are wrapped in, how deep, and what is none.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/messages/message.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string ReasonOf(const std::string& body) {
    const auto message = ParseMessage(body);
    return message ? "understood" : message.error().reason;
}

/// One body of each shape that tells something.
std::vector<std::string> Payloads() {
    return {
        Records("a.mp4"),
        EventBridge("a.mp4"),
        AssetCreated(),
        ToJsonText(Action()),
        R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"media"})",
        R"({"bucket":"media","key":"a.mp4"})",
        ToJsonText(boost::json::object{{"asset_id", kAsset}}),
        ToJsonText(boost::json::object{{"collection_id", kCollection}}),
    };
}

TEST(Envelopes, EachPairOfThemIsPeeledFromEachShape) {
    for (const auto& payload : Payloads()) {
        const auto plain = ParseMessage(payload);
        ASSERT_TRUE(plain) << payload;
        for (const auto& inner : Wrappings()) {
            EXPECT_EQ(ParseMessage(inner.around(payload))->news, plain->news) << inner.name << payload;
            for (const auto& outer : Wrappings()) {
                const auto message = ParseMessage(outer.around(inner.around(payload)));
                ASSERT_TRUE(message) << outer.name << " around " << inner.name << ": " << payload;
                EXPECT_EQ(message->news, plain->news) << outer.name << " around " << inner.name;
                EXPECT_EQ(message->ignored, plain->ignored) << outer.name << " around " << inner.name;
            }
        }
    }
}

TEST(Envelopes, FourArePeeledAndFiveAreNot) {
    auto body = InHttpEvent(InSns(InLambda(InEncodedHttpEvent(Records("a.mp4")))));
    ASSERT_TRUE(ParseMessage(body));
    body = InSns(body);
    const auto refused = ParseMessage(body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "too_deep");
    EXPECT_THAT(
        refused.error().message, HasSubstr("/Message of an SNS notification: /body of an HTTP event")
    );
}

TEST(Envelopes, TheirMembersAreFoundInAnyCase) {
    EXPECT_EQ(
        ReasonOf(R"({"TYPE":"NOTIFICATION","message":"{\"bucket\":\"m\",\"key\":\"k\"}"})"), "understood"
    );
    EXPECT_EQ(ReasonOf(R"({"Headers":{},"Body":"{\"bucket\":\"m\",\"key\":\"k\"}"})"), "understood");
}

TEST(Envelopes, ABodyOfAnHttpEventMayBeAnObject) {
    EXPECT_EQ(ReasonOf(R"({"headers":{},"body":{"bucket":"m","key":"k"}})"), "understood");
}

TEST(Envelopes, JsonInAJsonStringIsReadOnceMoreAndNoMore) {
    const auto once = ToJsonText(boost::json::string(Records("a.mp4")));
    EXPECT_EQ(ReasonOf(once), "understood");
    EXPECT_EQ(ReasonOf(ToJsonText(boost::json::string(once))), "unrecognised");
    EXPECT_EQ(ReasonOf(InSns(once)), "understood");
}

TEST(Envelopes, TheReasonSaysWhichOneFailed) {
    EXPECT_EQ(ReasonOf("hello"), "not_json");
    EXPECT_EQ(ReasonOf(""), "not_json");
    EXPECT_EQ(ReasonOf(R"("hello")"), "not_json");
    EXPECT_EQ(ReasonOf("[]"), "unrecognised");
    EXPECT_EQ(ReasonOf("7"), "unrecognised");
    EXPECT_EQ(ReasonOf("{}"), "unrecognised");
    EXPECT_EQ(ReasonOf(R"({"order":7})"), "unrecognised");
    EXPECT_EQ(ReasonOf(R"({"Type":"Notification","Message":"hello"})"), "sns");
    EXPECT_EQ(ReasonOf(R"({"Type":"Notification"})"), "sns");
    EXPECT_EQ(ReasonOf(R"({"headers":{},"body":null})"), "http_event");
    EXPECT_EQ(ReasonOf(R"({"headers":{},"body":"{","isBase64Encoded":false})"), "http_event");
    EXPECT_EQ(ReasonOf(R"({"headers":{},"body":"{}","isBase64Encoded":true})"), "http_event");
    EXPECT_EQ(ReasonOf(R"({"context":{},"data":"hello"})"), "webhook2lambda2sqs");
    EXPECT_EQ(ReasonOf(InSns(R"({"Records":7})")), "s3_event");
    EXPECT_EQ(ReasonOf(InSns("[]")), "unrecognised");
}

TEST(Envelopes, HostileNestingAndSizeAreRefusedAtOnce) {
    const std::string open(kMostMessageBytes, '[');
    EXPECT_EQ(ReasonOf(open), "not_json");
    std::string objects;
    while (objects.size() + 12 < kMostMessageBytes) {
        objects += R"({"Records":)";
    }
    EXPECT_EQ(ReasonOf(objects), "not_json");
    EXPECT_EQ(ReasonOf(open + '['), "too_large");
    const auto wide = R"({"bucket":"m","key":")" + std::string(kMostMessageBytes - 23, 'k') + R"("})";
    ASSERT_EQ(wide.size(), kMostMessageBytes);
    EXPECT_EQ(ReasonOf(wide), "understood");
}

TEST(Envelopes, NoSentenceRepeatsWhatTheMessageHolds) {
    for (const auto* const body :
         {R"({"headers":{"x-key":"s3cret"},"body":"s3cret"})",
          R"({"auth_token":"s3cret","action_id":"s3cret","asset_ids":["s3cret"]})",
          R"({"event_type":"assets","operation":"create","object_id":"s3cret"})"}) {
        const auto message = ParseMessage(body);
        ASSERT_FALSE(message) << body;
        EXPECT_THAT(message.error().message, Not(HasSubstr("s3cret"))) << body;
    }
}

TEST(Envelopes, SubscriptionsAreNotFollowed) {
    for (const auto* const type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        const auto message =
            ParseMessage(std::string(R"({"SubscribeURL":"http://a/","Message":"m","Type":")") + type + "\"}");
        ASSERT_TRUE(message);
        EXPECT_EQ(message->ignored, "not_followed");
        EXPECT_THAT(message->sentence, HasSubstr("opens no link"));
    }
}

}  // namespace
}  // namespace notify::testing
