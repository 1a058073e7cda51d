#include "sources/registry.hpp"

#include <string>

#include <gtest/gtest.h>

#include "support/set_clock.hpp"

namespace notify::testing {
namespace {

TEST(SourceRegistry, KnowsTheLocalSourceAndNamesItForWhoAsksForAnother) {
    const SetClock clock;
    const SourceRegistry registry({.data_dir = "/nonexistent", .access = nullptr}, clock);
    EXPECT_TRUE(registry.Find("local").has_value());
    const auto unknown = registry.Find("ftp");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(unknown.error().message.find("local"), std::string::npos);
}

TEST(SourceRegistry, KnowsTheConfigurationOfAQueueAndThatNoBucketIsInIt) {
    const SetClock clock;
    const SourceRegistry registry({.data_dir = "/nonexistent", .access = nullptr}, clock);
    const auto config =
        registry.Normalise("sqs", R"({"queue_url": "https://sqs.us-east-2.amazonaws.com/1/events"})");
    EXPECT_NE(config.value().find(R"("mode":"long_poll")"), std::string::npos);
    EXPECT_NE(config->find(R"("poll_interval_s":60)"), std::string::npos);
    EXPECT_NE(config->find(R"("visibility_timeout_s":120)"), std::string::npos);
    EXPECT_NE(registry.Find("sqs").error().message.find("holds no buckets"), std::string::npos);
    const auto elsewhere = registry.Normalise("sqs", R"({"queue_url": "http://127.0.0.1:9324/1/events"})");
    EXPECT_TRUE(elsewhere.error().message.starts_with("/region"));
    const auto eager = registry.Normalise(
        "sqs", R"({"queue_url": "https://sqs.us-east-2.amazonaws.com/1/events", "poll_interval_s": 0})"
    );
    EXPECT_FALSE(eager.has_value());
}

TEST(SourceRegistry, TestsSourcesWithoutBucketsOnly) {
    const SetClock clock;
    const SourceRegistry registry({.data_dir = "/nonexistent", .access = nullptr}, clock);
    const auto store = registry.Test({.kind = "s3", .name = "archive"}, {});
    EXPECT_EQ(store.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(store.error().message.find("buckets test"), std::string::npos);
}

}  // namespace
}  // namespace notify::testing
