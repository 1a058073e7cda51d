// The client against a queue that answers what it is told to.

#include "sources/sqs/client.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "fakes/fake_store.hpp"
#include "sources/objects/faults.hpp"
#include "sources/sqs/faults.hpp"
#include "unit/sources/sqs/fixture.hpp"

namespace notify::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class SqsClientTest : public ::testing::Test {
protected:
    /// What ReceiveMessage fails with when the queue answers that.
    Error Refusal(int status, std::string_view body, std::string_view headers = "{}") {
        std::string answers;
        for (int i = 0; i < 6; ++i) {
            answers += fmt::format(
                R"({}{{"status": {}, "body": {}, "headers": {}}})",
                i == 0 ? "" : ",",
                status,
                boost::json::serialize(boost::json::value(body)),
                headers
            );
        }
        fake_.Set(fmt::format(R"({{"answers": [{}]}})", answers));
        return client_.Receive({.wait = 0s}, {}).error();
    }

    Error Coded(int status, std::string_view code, std::string_view message = "no") {
        return Refusal(
            status, fmt::format(R"({{"__type": "com.amazonaws.sqs#{}", "message": "{}"}})", code, message)
        );
    }

    notify::testing::FakeQueue fake_;
    SystemClock clock_;
    Client client_{SettingsOf(fake_.Url() + "/1/events"), Always(kGood), clock_};
};

TEST_F(SqsClientTest, BothSpellingsOfAQueueThatDoesNotExistAreUnderstoodInBodyAndHeader) {
    EXPECT_EQ(Coded(400, "QueueDoesNotExist").reason, kNoQueue);
    const auto old = Coded(400, "AWS.SimpleQueueService.NonExistentQueue");
    EXPECT_EQ(old.reason, kNoQueue);
    EXPECT_EQ(old.code, ErrorCode::kUnavailable);
    EXPECT_THAT(old.message, HasSubstr("there is no queue 'events' at 127.0.0.1:"));
    EXPECT_EQ(
        Refusal(400, "", R"({"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"})")
            .reason,
        kNoQueue
    );
    EXPECT_EQ(Refusal(400, R"({"Message": "x", "code": "QueueDoesNotExist"})").reason, kNoQueue);
}

TEST_F(SqsClientTest, RefusedCredentialsSayWhatIsWrongWithThem) {
    for (const auto* code :
         {"UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationToken"}) {
        const auto error = Coded(403, code);
        EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(error.reason, objects::kCredentialsRefused) << code;
        EXPECT_THAT(error.message, HasSubstr("does not know the access key"));
    }
    EXPECT_THAT(Coded(403, "InvalidSignatureException").message, HasSubstr("the secret key is wrong"));
    EXPECT_EQ(Coded(403, "ExpiredTokenException").reason, objects::kCredentialsExpired);
    EXPECT_EQ(Coded(403, "AccessDeniedException").reason, objects::kAccessDenied);
    EXPECT_EQ(Coded(403, "AccessDeniedException").code, ErrorCode::kUnauthenticated);
    EXPECT_THAT(
        Coded(403, "AccessDeniedException").message, HasSubstr("the right sqs:ReceiveMessage is missing")
    );
    EXPECT_EQ(Coded(400, "RequestExpired").reason, objects::kClockOff);
    EXPECT_EQ(Refusal(401, "").reason, objects::kAccessDenied);
}

TEST_F(SqsClientTest, ASignatureOfAnotherRegionNamesTheRegion) {
    const auto error = Coded(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
    EXPECT_EQ(error.reason, objects::kWrongRegion);
    EXPECT_THAT(error.message, HasSubstr("is not in region eu-west-1"));
}

TEST_F(SqsClientTest, WhatIsMomentaryIsTriedAgain) {
    fake_.Set(R"({"answers": [{"status": 500}, {"status": 403, "body": {"__type": "RequestThrottled"}},
                              {"body": {"Messages": [{"ReceiptHandle": "r", "Body": "b"}]}}]})");
    EXPECT_EQ(client_.Receive({.wait = 0s}, {}).value().size(), 1U);
    EXPECT_EQ(fake_.Seen().at("requests").as_array().size(), 3U);
}

TEST_F(SqsClientTest, ThrottlingIsToldWhenItLasts) {
    EXPECT_EQ(Coded(400, "OverLimit").code, ErrorCode::kThrottled);
    EXPECT_EQ(Coded(400, "ThrottlingException").reason, objects::kSlowDown);
    EXPECT_EQ(Refusal(429, "").code, ErrorCode::kThrottled);
    EXPECT_EQ(Refusal(500, "").reason, objects::kStoreFault);
}

TEST_F(SqsClientTest, WhatIsNoQueueServiceIsSaidInOneSentence) {
    const auto page = Refusal(403, "<!DOCTYPE html><html><body>Welcome</body></html>");
    EXPECT_EQ(page.reason, objects::kNotAStore);
    EXPECT_THAT(page.message, HasSubstr("answered with a web page (status 403)"));
    const auto xml = Refusal(
        400,
        R"(<?xml version="1.0"?><ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>)"
    );
    EXPECT_EQ(xml.reason, objects::kNotAStore);
    EXPECT_THAT(xml.message, HasSubstr("XML, as queues did before they spoke JSON"));
    EXPECT_EQ(Refusal(301, "", R"({"location": "https://elsewhere/"})").reason, objects::kNotAStore);
    EXPECT_EQ(Refusal(200, "<html></html>").reason, objects::kWrongAnswer);
}

TEST_F(SqsClientTest, AnUnknownRefusalIsPassedOnWithoutControlCharacters) {
    const auto error = Coded(400, "InvalidParameterValue", "bad\\nvalue");
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message, HasSubstr("InvalidParameterValue bad value (status 400)"));
}

TEST_F(SqsClientTest, ADigestThatDoesNotFitIsSeen) {
    fake_.Set(R"({"answers": [{"body": {"Messages": [
        {"ReceiptHandle": "r", "Body": "hello", "MD5OfBody": "00000000000000000000000000000000"}]}}]})");
    EXPECT_FALSE(client_.Receive({.wait = 0s}, {}).value().at(0).intact);
}

TEST_F(SqsClientTest, EachEntryOfABatchIsChecked) {
    fake_.Set(R"({"answers": [{"body": {"Successful": [{"Id": "0"}],
        "Failed": [{"Id": "1", "Code": "ReceiptHandleIsInvalid", "SenderFault": true}]}}]})");
    const std::vector<std::string> receipts{"a", "b", "c"};
    const auto faults = client_.Delete(receipts, {}).value();
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].index, 1U);
    EXPECT_EQ(faults[0].error.reason, kStaleReceipt);
    EXPECT_EQ(faults[0].error.code, ErrorCode::kConflict);
    EXPECT_EQ(faults[1].index, 2U);
    EXPECT_EQ(faults[1].error.reason, kNotAnswered);
}

TEST_F(SqsClientTest, ACredentialThatIsRefusedGivesWayToTheOneBeforeIt) {
    const s3::Credentials other{.access_key = "AKOTHER", .secret_key = "s"};
    Client client(
        SettingsOf(fake_.Url() + "/1/events"),
        [&](const s3::Credentials* refused) { return refused == nullptr ? kGood : other; },
        clock_
    );
    fake_.Set(R"({"answers": [{"status": 403, "body": {"__type": "UnrecognizedClientException"}}, {}]})");
    EXPECT_TRUE(client.Receive({.wait = 0s}, {}).value().empty());
    EXPECT_THAT(
        std::string(fake_.Seen().at("authorizations").as_array().at(1).as_string()), HasSubstr("AKOTHER")
    );
}

TEST_F(SqsClientTest, AStopEndsALongPollSoon) {
    fake_.Set(R"({"answers": [{"hang": 20}]})");
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(client_.Receive({.wait = 20s}, stop.get_token()).error().code, ErrorCode::kStopped);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(SqsClientTest, NoErrorHoldsTheSecretOrTheBody) {
    const auto error = Coded(403, "InvalidSignatureException", "SecretForTests");
    EXPECT_EQ(error.message.find("SecretForTests"), std::string::npos);
}

TEST_F(SqsClientTest, AHostThatIsNotThereIsNamed) {
    Client client(SettingsOf("http://127.0.0.1:1/1/events"), Always(kGood), clock_);
    const auto error = client.Attributes({}).error();
    EXPECT_EQ(error.reason, objects::kUnreachable);
    EXPECT_THAT(error.message, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace notify::sqs
