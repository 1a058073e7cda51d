#include "app/commands/earlier_config.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/json.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::string_view kShipped =
    R"({"system": ["iconik", "datacore"], "iconik_url": "preview.iconik.cloud",
    "system_endpoint": "https://x.lambda-url.us-east-2.on.aws", "datacore_endpoint": "https://media.cloud.datacore.com",
    "sqs_queue_url": "https://sqs.us-east-2.amazonaws.com/1/Webhook-Requeue", "aws_region": "us-east-2",
    "single_webhook": true, "webhook_name": "Notification API Webhook", "processor": "FacialRecognition",
    "temp_folder": "temp_files", "no_of_threads": 1, "video_file_types": ["video/mp4", "video/mpeg", "video/mpeg"],
    "audio_file_types": [], "image_file_types": []})";

std::string Refusal(std::string_view text) {
    const auto read = ReadEarlierConfig(text, "checksum, facial-recognition");
    return read ? "" : read.error().message;
}

TEST(EarlierConfig, BecomesASourceForEachSystem) {
    const auto read = ReadEarlierConfig(kShipped, "");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(read->sources.size(), 2U);
    EXPECT_EQ(
        ToJsonText(read->sources[0]),
        R"({"kind":"iconik","config":{"endpoint":"https://preview.iconik.cloud","video_file_types":["video/mp4","video/mpeg"],"audio_file_types":[],"image_file_types":[],"system_endpoint":"https://x.lambda-url.us-east-2.on.aws","webhook_name":"Notification API Webhook"}})"
    );
    EXPECT_EQ(
        ToJsonText(read->sources[1]),
        R"({"kind":"datacore","config":{"endpoint":"https://media.cloud.datacore.com"}})"
    );
}

TEST(EarlierConfig, SaysOfEachOtherFieldWhatBecomesOfIt) {
    const auto read = ReadEarlierConfig(kShipped, "");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->sentences.size(), 8U);
    EXPECT_THAT(read->sentences, Contains(HasSubstr("processor: FacialRecognition is the processor")));
    EXPECT_THAT(read->sentences, Contains("no_of_threads: set WORKERS for as many items at a time"));
}

TEST(EarlierConfig, AProcessorThatIsNotHereIsNamedAndNotReplaced) {
    for (const auto* const name : {"ObjectDetection", "AutoTranslation"}) {
        EXPECT_EQ(
            Refusal(std::string(R"({"system": ["iconik"], "processor": ")") + name + R"("})"),
            "/processor: it is not in this version; there are: checksum, facial-recognition"
        );
    }
}

TEST(EarlierConfig, WhatItNeverHadIsRefused) {
    EXPECT_EQ(Refusal(R"({"system": ["iconik"], "threads": 2})"), "/threads: config.json had no such field");
    EXPECT_THAT(Refusal(R"({"system": ["frame.io"]})"), HasSubstr("/system"));
    EXPECT_THAT(Refusal(R"({"system": []})"), HasSubstr("/system"));
    EXPECT_THAT(Refusal("{}"), HasSubstr("/system"));
    EXPECT_THAT(Refusal(R"({"system": ["datacore"]})"), HasSubstr("/datacore_endpoint"));
    EXPECT_THAT(
        Refusal(R"({"system": ["iconik"], "video_file_types": "mp4"})"), HasSubstr("/video_file_types")
    );
    EXPECT_EQ(Refusal("[]"), "the file is no JSON object");
}

}  // namespace
}  // namespace notify
