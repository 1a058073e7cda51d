#include "sources/sqs/wire.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/clock.hpp"

namespace notify::sqs {
namespace {

using namespace std::chrono_literals;

TEST(SqsWire, AsksForMessagesWithTheirCountsAndTimes) {
    const auto body =
        boost::json::parse(ReceiveBody("https://q/1/e", {.most = 7, .wait = 20s, .hidden = 120s}));
    EXPECT_EQ(body.at("QueueUrl").as_string(), "https://q/1/e");
    EXPECT_EQ(body.at("MaxNumberOfMessages").as_int64(), 7);
    EXPECT_EQ(body.at("WaitTimeSeconds").as_int64(), 20);
    EXPECT_EQ(body.at("VisibilityTimeout").as_int64(), 120);
    EXPECT_EQ(
        body.at("MessageSystemAttributeNames"),
        (boost::json::array{"ApproximateReceiveCount", "SentTimestamp"})
    );
}

TEST(SqsWire, ReadsAMessageWithItsCountAndTime) {
    const auto messages =
        ReadMessages(R"({"Messages": [{"MessageId": "m1", "ReceiptHandle": "r1", "Body": "hé",
        "MD5OfBody": "77c5b0c5d8ae7b6c3c4d0f7d6e3bd5c0",
        "Attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1795886348456"}}]})");
    ASSERT_EQ(messages.value().size(), 1U);
    const auto& message = messages->front();
    EXPECT_EQ(message.id, "m1");
    EXPECT_EQ(message.receipt, "r1");
    EXPECT_EQ(message.body, "hé");
    EXPECT_EQ(message.received, 3);
    EXPECT_EQ(message.sent_at, FromMillis(1795886348456));
    EXPECT_FALSE(message.intact);
}

TEST(SqsWire, ABodyWithTheDigestThatTheQueueTellsIsIntact) {
    const auto messages = ReadMessages(
        R"({"Messages": [{"ReceiptHandle": "r", "Body": "hello", "MD5OfBody": "5d41402abc4b2a76b9719d911017c592"},
                         {"ReceiptHandle": "r", "Body": "hello"}]})"
    );
    EXPECT_TRUE(messages.value().at(0).intact);
    EXPECT_TRUE(messages.value().at(1).intact);
}

TEST(SqsWire, OfMoreMessagesThanWereAskedForTheFirstAreRead) {
    std::string many;
    for (int i = 0; i < 11; ++i) {
        many += std::string(i == 0 ? "" : ",") + R"({"ReceiptHandle": "r)" + std::to_string(i) + R"("})";
    }
    const auto messages = ReadMessages(R"({"Messages": [)" + many + "]}").value();
    ASSERT_EQ(messages.size(), kMostEntries);
    EXPECT_EQ(messages.back().receipt, "r9");
}

TEST(SqsWire, NoMessagesAreNone) {
    EXPECT_TRUE(ReadMessages("{}").value().empty());
    EXPECT_TRUE(ReadMessages("").value().empty());
    EXPECT_TRUE(ReadMessages(R"({"Messages": null})").value().empty());
}

TEST(SqsWire, SenselessNumbersAreLeftOut) {
    const auto messages = ReadMessages(
        R"({"Messages": [{"ReceiptHandle": "r", "Body": "",
        "Attributes": {"ApproximateReceiveCount": "-5", "SentTimestamp": "99999999999999999999"}},
       {"ReceiptHandle": "r", "Attributes": {"ApproximateReceiveCount": "99999999999", "SentTimestamp": 5}}]})"
    );
    EXPECT_EQ(messages.value().at(0).received, 1);
    EXPECT_EQ(messages.value().at(0).sent_at, std::nullopt);
    EXPECT_EQ(messages.value().at(1).received, 2147483647);
    EXPECT_EQ(messages.value().at(1).sent_at, FromMillis(5));
}

TEST(SqsWire, WhatIsNoAnswerIsRefused) {
    EXPECT_FALSE(ReadMessages("<html>").has_value());
    EXPECT_FALSE(ReadMessages("[]").has_value());
    EXPECT_FALSE(ReadMessages(R"({"Messages": [1]})").has_value());
    EXPECT_FALSE(ReadMessages(R"({"Messages": [{"Body": "without a receipt"}]})").has_value());
    EXPECT_FALSE(ReadBatch("nothing", 1).has_value());
    EXPECT_FALSE(ReadAttributes("nothing").has_value());
}

TEST(SqsWire, ABatchNumbersItsEntries) {
    const std::vector<std::string> receipts{"a", "b"};
    EXPECT_EQ(
        DeleteBody("u", receipts),
        R"({"QueueUrl":"u","Entries":[{"Id":"0","ReceiptHandle":"a"},{"Id":"1","ReceiptHandle":"b"}]})"
    );
    const std::vector<VisibilityChange> changes{{.receipt = "a", .hidden = 30s}};
    EXPECT_EQ(
        VisibilityBody("u", changes),
        R"({"QueueUrl":"u","Entries":[{"Id":"0","ReceiptHandle":"a","VisibilityTimeout":30}]})"
    );
}

TEST(SqsWire, EntriesThatFailedOrAreNotToldOfWereNotDone) {
    const auto refused = ReadBatch(
        R"({"Successful": [{"Id": "0"}, {"Id": "77"}, 5],
            "Failed": [{"Id": "2", "Code": "ReceiptHandleIsInvalid", "Message": "no", "SenderFault": true}]})",
        4
    );
    ASSERT_EQ(refused.value().size(), 3U);
    EXPECT_EQ(refused->at(0).index, 1U);
    EXPECT_EQ(refused->at(0).code, "");
    EXPECT_EQ(refused->at(1).index, 2U);
    EXPECT_EQ(refused->at(1).code, "ReceiptHandleIsInvalid");
    EXPECT_EQ(refused->at(2).index, 3U);
}

TEST(SqsWire, ReadsWhetherAQueueRedrives) {
    const auto with = ReadAttributes(
        R"({"Attributes": {"RedrivePolicy": "{\"deadLetterTargetArn\":\"arn:x\",\"maxReceiveCount\":\"3\"}",
            "VisibilityTimeout": "30", "ApproximateNumberOfMessages": "12",
            "ApproximateNumberOfMessagesNotVisible": "4"}})"
    );
    EXPECT_TRUE(with.value().redrives);
    EXPECT_EQ(with->most_receives, 3);
    EXPECT_EQ(with->hidden, 30s);
    EXPECT_EQ(with->waiting, 12U);
    EXPECT_EQ(with->in_flight, 4U);
    const auto without = ReadAttributes(R"({"Attributes": {"RedrivePolicy": ""}})");
    EXPECT_FALSE(without.value().redrives);
    EXPECT_FALSE(ReadAttributes("{}").value().redrives);
}

}  // namespace
}  // namespace notify::sqs
