// Events of object stores.

#include <string>
#include <string_view>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/messages/message.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;

StoreNews NewsOf(const std::string& body) {
    return std::get<StoreNews>(ParseMessage(body).value().news.at(0));
}

TEST(StoreEvents, DecodeTheKeysOfS3EventsAndKeepTheOtherReading) {
    const auto news = NewsOf(Records("dir+one%2Fa%2Bb+%C3%BC.mp4"));
    EXPECT_EQ(news.bucket, "media");
    EXPECT_TRUE(news.created);
    EXPECT_THAT(news.keys, ElementsAre("dir one/a+b ü.mp4", "dir+one%2Fa%2Bb+%C3%BC.mp4"));
    EXPECT_THAT(NewsOf(Records("plain.mp4")).keys, ElementsAre("plain.mp4"));
    EXPECT_THAT(NewsOf(Records("100 %.mp4")).keys, ElementsAre("100 %.mp4")) << "no escape";
}

TEST(StoreEvents, AreKnownByBothForms) {
    EXPECT_TRUE(NewsOf(Records("a", "s3:ObjectCreated:CompleteMultipartUpload")).created);
    EXPECT_FALSE(NewsOf(Records("a", "ObjectRemoved:Delete")).created);
    EXPECT_FALSE(NewsOf(Records("a", "s3:ObjectRestore:Post")).created);
    EXPECT_FALSE(NewsOf(Records("a", "s3:ObjectCreated:Put")).restored);
    EXPECT_FALSE(NewsOf(Records("a", "s3:ObjectRestore:Post")).restored);
    EXPECT_TRUE(NewsOf(Records("a", "s3:ObjectRestore:Completed")).restored);
    EXPECT_TRUE(NewsOf(EventBridge("a", "Object Restore Completed")).restored);
    EXPECT_FALSE(NewsOf(EventBridge("a", "Object Deleted")).created);
}

TEST(StoreEvents, OfEventBridgeHaveTheirKeysAsTheyAre) {
    EXPECT_THAT(NewsOf(EventBridge("a+b%20.mp4")).keys, ElementsAre("a+b%20.mp4"));
    EXPECT_THAT(NewsOf(R"({"bucket":"media","key":"a+b%20.mp4"})").keys, ElementsAre("a+b%20.mp4"));
    EXPECT_THAT(NewsOf(InSns(Records("a+b"))).keys, ElementsAre("a b", "a+b"));
}

TEST(StoreEvents, OfMinioAreAmongOtherMembers) {
    const auto news = NewsOf(
        R"({"EventName":"s3:ObjectCreated:Put","Key":"media/a.mp4","Records":[{"eventSource":"minio:s3",
            "eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"media"},"object":{"key":"a.mp4"}}}]})"
    );
    EXPECT_THAT(news.keys, ElementsAre("a.mp4"));
    EXPECT_TRUE(news.created);
}

TEST(StoreEvents, MayBeSeveralRecords) {
    const auto one = R"({"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"m"},"object":{"key":"a"}}})";
    const auto message = ParseMessage(std::string(R"({"Records":[)") + one + "," + one + "]}");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->news.size(), 2U);
    EXPECT_EQ(ParseMessage(R"({"Records":[]})")->ignored, "no_records");
}

TEST(StoreEvents, TheTestEventIsAcknowledgedAndWhatIsNoneRefused) {
    const auto test = ParseMessage(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"media"})");
    ASSERT_TRUE(test);
    EXPECT_EQ(test->ignored, "test");
    EXPECT_TRUE(test->news.empty());
    for (const auto* body :
         {R"({"Records":{}})",
          R"({"Records":[{}]})",
          R"({"Records":[7]})",
          R"({"detail":{}})",
          R"({"detail":7})",
          R"({"bucket":"m","key":7})",
          R"({"bucket":"m","key":"a\u0000b"})",
          R"({"Records":[{"s3":{"bucket":{"name":"m"},"object":{"key":"a\u0000b"}}}]})"}) {
        EXPECT_FALSE(ParseMessage(body)) << body;
    }
}

}  // namespace
}  // namespace notify::testing
