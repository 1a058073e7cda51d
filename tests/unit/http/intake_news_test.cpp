#include "http/routes/intake_news.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;

Result<StoreMessage> Read(const std::string& text) {
    return ReadStoreMessage(ParseJson(text).value());
}

std::string Records(const std::string& key, const std::string& event = "ObjectCreated:Put") {
    return R"({"Records":[{"eventVersion":"2.5","eventName":")" + event +
           R"(","s3":{"bucket":{"name":"media"},"object":{"key":")" + key + R"("}}}]})";
}

TEST(IntakeNews, DecodesTheKeysOfS3EventsAndKeepsTheOtherReading) {
    const auto message = Read(Records("dir+one%2Fa%2Bb+%C3%BC.mp4"));
    ASSERT_TRUE(message);
    ASSERT_EQ(message->news.size(), 1U);
    EXPECT_EQ(message->news[0].bucket, "media");
    EXPECT_TRUE(message->news[0].created);
    EXPECT_THAT(message->news[0].keys, ElementsAre("dir one/a+b ü.mp4", "dir+one%2Fa%2Bb+%C3%BC.mp4"));
    EXPECT_THAT(Read(Records("plain.mp4"))->news[0].keys, ElementsAre("plain.mp4"));
    EXPECT_THAT(Read(Records("100 %.mp4"))->news[0].keys, ElementsAre("100 %.mp4")) << "no escape";
}

TEST(IntakeNews, KnowsEventsByBothForms) {
    EXPECT_TRUE(Read(Records("a", "s3:ObjectCreated:CompleteMultipartUpload"))->news[0].created);
    EXPECT_FALSE(Read(Records("a", "ObjectRemoved:Delete"))->news[0].created);
    EXPECT_FALSE(Read(Records("a", "s3:ObjectRestore:Post"))->news[0].created);
    EXPECT_FALSE(Read(Records("a", "s3:ObjectCreated:Put"))->news[0].restored);
    EXPECT_FALSE(Read(Records("a", "s3:ObjectRestore:Post"))->news[0].restored);
    EXPECT_TRUE(Read(Records("a", "s3:ObjectRestore:Completed"))->news[0].restored);
    EXPECT_TRUE(
        Read(
            R"({"detail-type":"Object Restore Completed","detail":{"bucket":{"name":"m"},"object":{"key":"a"}}})"
        )
            ->news[0]
            .restored
    );
}

TEST(IntakeNews, TakesEventBridgeKeysAsTheyAreAndSnsEnvelopes) {
    const std::string bridge =
        R"({"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"media"},"object":{"key":"a+b%20.mp4"}}})";
    EXPECT_THAT(Read(bridge)->news[0].keys, ElementsAre("a+b%20.mp4"));
    const auto envelope =
        ToJsonText(boost::json::object{{"Type", "Notification"}, {"Message", Records("a+b")}});
    EXPECT_THAT(Read(envelope)->news[0].keys, ElementsAre("a b", "a+b"));
    EXPECT_FALSE(Read(R"({"Type":"Notification","Message":"hello"})"));
}

TEST(IntakeNews, AcknowledgesTheTestEventAndRefusesWhatIsNone) {
    const auto test = Read(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"media"})");
    ASSERT_TRUE(test);
    EXPECT_TRUE(test->test);
    EXPECT_TRUE(test->news.empty());
    for (const auto* text :
         {"[]", "{}", R"({"Records":{}})", R"({"Records":[{}]})", R"({"Records":[7]})", R"({"detail":{}})"}) {
        EXPECT_FALSE(Read(text)) << text;
    }
}

}  // namespace
}  // namespace notify
