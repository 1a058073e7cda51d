#include "sources/sqs/queue_address.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify::sqs {
namespace {

using ::testing::StartsWith;

std::string RegionOf(std::string_view url) {
    const auto address = ReadQueueAddress(url, "", "");
    return address ? address->region : address.error().message;
}

TEST(QueueAddress, TheRegionIsReadFromAmazonsHosts) {
    EXPECT_EQ(RegionOf("https://sqs.us-east-2.amazonaws.com/123456789012/Webhook-Requeue"), "us-east-2");
    EXPECT_EQ(RegionOf("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q"), "us-gov-west-1");
    EXPECT_EQ(RegionOf("https://sqs.cn-north-1.amazonaws.com.cn/1/q"), "cn-north-1");
    EXPECT_EQ(RegionOf("https://eu-west-1.queue.amazonaws.com/1/q"), "eu-west-1");
    EXPECT_EQ(RegionOf("https://queue.amazonaws.com/1/q"), "us-east-1");
    EXPECT_EQ(RegionOf("https://vpce-0a1b-2c3d.sqs.eu-central-1.vpce.amazonaws.com/1/q"), "eu-central-1");
    EXPECT_EQ(RegionOf("http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/q"), "us-east-1");
}

TEST(QueueAddress, ARegionThatNoHostTellsMustBeGiven) {
    EXPECT_THAT(RegionOf("http://127.0.0.1:9324/000000000000/events"), StartsWith("/region: "));
    const auto given = ReadQueueAddress("http://127.0.0.1:9324/000000000000/events", "", "eu-west-1");
    EXPECT_EQ(given.value().region, "eu-west-1");
    EXPECT_THAT(
        ReadQueueAddress("http://host/1/q", "", "Europe/Berlin").error().message, StartsWith("/region: ")
    );
}

TEST(QueueAddress, RequestsGoToTheRootOfTheQueuesHostAndNameTheQueueAsItWasGiven) {
    const auto address = ReadQueueAddress("http://127.0.0.1:9324/000000000000/events", "", "x").value();
    EXPECT_EQ(address.endpoint.Text(), "http://127.0.0.1:9324/");
    EXPECT_EQ(address.host, "127.0.0.1:9324");
    EXPECT_EQ(address.path, "/");
    EXPECT_EQ(address.name, "events");
    EXPECT_EQ(address.queue_url, "http://127.0.0.1:9324/000000000000/events");
}

TEST(QueueAddress, AnEndpointMayBeAnotherHostBelowAPath) {
    const auto address =
        ReadQueueAddress("https://sqs.us-east-2.amazonaws.com/1/q", "https://proxy.example/sqs/in", "")
            .value();
    EXPECT_EQ(address.endpoint.Text(), "https://proxy.example/sqs/in");
    EXPECT_EQ(address.host, "proxy.example");
    EXPECT_EQ(address.path, "/sqs/in");
    EXPECT_EQ(address.region, "us-east-2");
}

TEST(QueueAddress, WhatIsNoQueueIsRefusedWithItsPlace) {
    const auto refusal = [](std::string_view url, std::string_view endpoint = "") {
        return ReadQueueAddress(url, endpoint, "x").error().message;
    };
    EXPECT_THAT(refusal("sqs.us-east-2"), StartsWith("/queue_url"));
    EXPECT_THAT(refusal("https://sqs.us-east-2.amazonaws.com/"), StartsWith("/queue_url: must be the whole"));
    EXPECT_THAT(refusal("https://AK:secret@host/1/q"), StartsWith("/queue_url: leave out name"));
    EXPECT_THAT(refusal("https://host/1/q?Action=x"), StartsWith("/queue_url: leave out what follows"));
    EXPECT_THAT(refusal("https://host/1/q", "ftp://host/"), StartsWith("/endpoint"));
    EXPECT_EQ(refusal("https://AK:secret@host/1/q").find("secret@"), std::string::npos);
}

}  // namespace
}  // namespace notify::sqs
