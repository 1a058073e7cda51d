// Webhooks from the outbox to a real receiver: what is sent, how answers are judged, what is written.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/hash.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "unit/delivery/fixture.hpp"
#include "unit/delivery/receiver.hpp"
#include "unit/delivery/verifier.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;
using testing::Receiver;
using testing::Status;

class Webhooks : public testing::DeliveryTest {
protected:
    /// One event to one endpoint that answers so; the delivery after its first try.
    Delivery FirstTry(const Receiver& receiver, notify::Status expected) {
        AddEndpoint(receiver.Url());
        Start();
        return Await(Happen(), expected);
    }

    std::vector<std::string> EventTypes() {
        const auto events =
            storage_->Read(
                        [](const Snapshot& snapshot) { return snapshot.events.After(0, 100, ""); }
            ).value();
        std::vector<std::string> types;
        for (const auto& event : events) {
            types.push_back(event.type);
        }
        return types;
    }
};

TEST_F(Webhooks, AreSignedSoThatOwnArithmeticAndTheReferencePackageAgree) {
    const Receiver receiver;
    AddEndpoint(receiver.Url("/hook?x=1"));
    Start();
    const auto event = Happen("item.completed", R"({"item":"itm_1","name":"grün"})");
    const auto got = receiver.WaitFor(1).at(0);
    EXPECT_EQ(got.line, "POST /hook?x=1 HTTP/1.1");
    EXPECT_EQ(got.headers.at("content-type"), "application/json");
    EXPECT_EQ(got.headers.at("webhook-id"), event.Value());
    const auto key = FromBase64(secret_.substr(6)).value();
    const auto signed_text = event.Value() + "." + got.headers.at("webhook-timestamp") + "." + got.body;
    EXPECT_EQ(got.headers.at("webhook-signature"), "v1," + ToBase64(HmacSha256(key, signed_text)));
    const testing::SignedMessage message{secret_, {got.headers.begin(), got.headers.end()}, got.body};
    auto tampered = message;
    tampered.body += " ";
    EXPECT_EQ(testing::Accepted({message, tampered}), (std::vector<bool>{true, false}));
}

TEST_F(Webhooks, CarryTheMachinesTimeWhereTheServicesIsTheDatabases) {
    testing::SetClock wall;
    wall.Advance(std::chrono::hours(1));
    wall_ = &wall;
    const Receiver receiver;
    AddEndpoint(receiver.Url("/hook"));
    Start();
    const auto event = Happen("item.completed", R"({"item":"itm_1"})");
    const auto got = receiver.WaitFor(1).at(0);
    EXPECT_EQ(got.headers.at("webhook-timestamp"), std::to_string(ToMillis(wall.Now()) / 1000));
    const auto row = Await(event, notify::Status::kCompleted);
    EXPECT_EQ(Attempts(row.id).at(0).at, clock_.Now());
}

TEST_F(Webhooks, CompleteOnAny2xxAndKeepTheTryInTheLog) {
    for (const int status : {200, 201, 204, 299}) {
        const Receiver receiver([&](const auto&, auto) {
            return Status(status, status == 204 ? "" : "thanks");
        });
        const auto endpoint = AddEndpoint(receiver.Url());
        Start();
        const auto row = Await(Happen(), notify::Status::kCompleted, endpoint.id);
        const auto attempts = Attempts(row.id);
        ASSERT_EQ(attempts.size(), 1U);
        EXPECT_EQ(attempts[0].number, 1);
        EXPECT_EQ(attempts[0].http_status, status);
        EXPECT_EQ(attempts[0].error, "");
        EXPECT_EQ(attempts[0].response, status == 204 ? "" : "thanks");
        EXPECT_TRUE(row.finished_at.has_value());
        Stop();
        ASSERT_TRUE(endpoints_->Remove(endpoint.id, "tester").has_value());
    }
}

TEST_F(Webhooks, AreTriedAgainAfterAnyOtherAnswer) {
    for (const int status : {301, 302, 400, 401, 404, 500, 503}) {
        const Receiver receiver([&](const auto&, auto) {
            return Status(status, "no", "Location: http://127.0.0.1:1/\r\n");
        });
        const auto endpoint = AddEndpoint(receiver.Url());
        Start();
        const auto row = Await(Happen(), notify::Status::kPending, endpoint.id);
        EXPECT_EQ(row.attempt, 1);
        EXPECT_GE(row.next_attempt_at - clock_.Now(), milliseconds(4'000));
        EXPECT_LE(row.next_attempt_at - clock_.Now(), milliseconds(6'000));
        EXPECT_NE(row.last_error.find(std::to_string(status)), std::string::npos) << row.last_error;
        EXPECT_EQ(Attempts(row.id).at(0).http_status, status);
        EXPECT_EQ(receiver.Received().size(), 1U);
        EXPECT_EQ(Reload(endpoint.id).consecutive_failures, 1);
        Stop();
        ASSERT_TRUE(endpoints_->Remove(endpoint.id, "tester").has_value());
    }
}

TEST_F(Webhooks, FollowTheScheduleForTenTriesWithOneIdThenFail) {
    const Receiver receiver([](const auto&, auto) { return Status(500); });
    AddEndpoint(receiver.Url());
    Start();
    const auto event = Happen();
    const milliseconds list[] = {
        seconds(5),
        std::chrono::minutes(5),
        std::chrono::minutes(30),
        hours(2),
        hours(5),
        hours(10),
        hours(14),
        hours(20),
        hours(24)
    };
    for (int attempt = 1; attempt <= 9; ++attempt) {
        ASSERT_TRUE(Eventually([&] {
            const auto row = DeliveryOf(event);
            return row.attempt == attempt && row.status == notify::Status::kPending;
        })) << attempt;
        const auto wait = DeliveryOf(event).next_attempt_at - clock_.Now();
        EXPECT_GE(wait, list[attempt - 1] * 79 / 100);
        EXPECT_LE(wait, list[attempt - 1] * 121 / 100);
        clock_.Advance(wait);
        dispatcher_->Nudge();
    }
    const auto row = Await(event, notify::Status::kFailed);
    EXPECT_EQ(row.attempt, 10);
    EXPECT_EQ(Attempts(row.id).size(), 10U);
    for (const auto& got : receiver.Received()) {
        EXPECT_EQ(got.headers.at("webhook-id"), event.Value());
    }
    EXPECT_NE(
        receiver.Received().front().headers.at("webhook-timestamp"),
        receiver.Received().back().headers.at("webhook-timestamp")
    );
}

TEST_F(Webhooks, HonourRetryAfterForEverythingThatWaitsForTheEndpoint) {
    const Receiver receiver([](const auto&, auto) { return Status(429, {}, "Retry-After: 3600\r\n"); });
    const auto first = FirstTry(receiver, notify::Status::kPending);
    EXPECT_EQ(first.next_attempt_at, clock_.Now() + hours(1));
    const auto second = Await(Happen(), notify::Status::kPending);
    EXPECT_EQ(second.attempt, 0) << "not sent, and no try burned";
    EXPECT_EQ(second.next_attempt_at, clock_.Now() + hours(1));
    EXPECT_EQ(receiver.Received().size(), 1U);
}

TEST_F(Webhooks, EndWith410WhichDisablesTheEndpointAndTellsOthers) {
    const Receiver gone([](const auto&, auto) { return Status(410); });
    const Receiver other;
    const auto endpoint = AddEndpoint(gone.Url(), {"item.*"});
    const auto witness = AddEndpoint(other.Url(), {"endpoint.*"});
    Start();
    const auto row = Await(Happen(), notify::Status::kFailed, endpoint.id);
    EXPECT_NE(row.last_error.find("410"), std::string::npos);
    EXPECT_FALSE(Reload(endpoint.id).active);
    EXPECT_NE(Reload(endpoint.id).disabled_reason, "");
    const auto told = other.WaitFor(1).at(0);
    EXPECT_NE(told.body.find(R"("type":"endpoint.disabled")"), std::string::npos);
    EXPECT_NE(told.body.find(endpoint.id.Value()), std::string::npos);
    Happen();
    EXPECT_EQ(gone.Received().size(), 1U) << "nothing is made for a disabled endpoint";
}

TEST_F(Webhooks, DisableAnEndpointAfterFiveDaysOfOnlyFailures) {
    const Receiver receiver([](const auto&, auto) { return Status(500); });
    const auto endpoint = AddEndpoint(receiver.Url(), {"item.*"});
    Start();
    Await(Happen(), notify::Status::kPending);
    clock_.Advance(hours(120) - seconds(1));
    ASSERT_TRUE(Eventually([&] { return receiver.Received().size() == 2; }));
    ASSERT_TRUE(Eventually([&] { return Reload(endpoint.id).consecutive_failures == 2; }));
    EXPECT_TRUE(Reload(endpoint.id).active);
    const auto late = Happen();
    clock_.Advance(hours(1));
    ASSERT_TRUE(Eventually([&] { return !Reload(endpoint.id).active; }));
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(hours(1));  // a try of it may be under way yet
        return DeliveryOf(late).status == notify::Status::kCancelled;
    }));
    EXPECT_EQ(Await(late, notify::Status::kCancelled).last_error.find("the endpoint was disabled"), 0U);
    EXPECT_EQ(EventTypes().back(), "endpoint.disabled");
}

TEST_F(Webhooks, AfterTenFailuresInARowGoOutOnceAMinute) {
    const Receiver receiver([](const auto&, auto) { return Status(500); });
    const auto endpoint = AddEndpoint(receiver.Url());
    Start(1);
    const auto settled = [&] {
        const auto rows = Deliveries();
        return rows.size() == 15 && std::ranges::all_of(rows, [&](const Delivery& row) {
                   return row.status == notify::Status::kPending && row.next_attempt_at > clock_.Now();
               });
    };
    for (int i = 0; i < 15; ++i) {
        Happen();
    }
    ASSERT_TRUE(Eventually(settled));
    EXPECT_EQ(receiver.Received().size(), 15U) << "a burst is tried as a whole";
    clock_.Advance(std::chrono::seconds(31));
    ASSERT_TRUE(Eventually([&] { return receiver.Received().size() == 16; })) << "the first probe";
    ASSERT_TRUE(Eventually(settled));
    for (const auto& row : Deliveries()) {
        EXPECT_NE(row.last_error.find("the receiver answered 500"), std::string::npos) << row.last_error;
    }
    EXPECT_EQ(Reload(endpoint.id).consecutive_failures, 16);
    clock_.Advance(std::chrono::minutes(1));
    ASSERT_TRUE(Eventually(settled));
    EXPECT_EQ(receiver.Received().size(), 17U);
}

TEST_F(Webhooks, ThatWaitSayWhatTheReceiverAnsweredWhateverTheyWaitedForMeanwhile) {
    const Receiver receiver([](const auto&, auto) { return Status(503, "", "Retry-After: 600\r\n"); });
    auto endpoint = AddEndpoint(receiver.Url());
    Start(1);
    const auto first = Happen();
    Await(first, notify::Status::kPending);
    dispatcher_.reset();  // from here on it is asked as the dispatcher would
    const auto asked_again = [&] {
        auto row = DeliveryOf(first);
        row.last_error = "the service stopped";
        const auto outcome = sender_->Deliver(row, {});
        EXPECT_FALSE(outcome.attempt);
        return storage_->Write([&](Transaction& transaction) { return outcome.settle(transaction); }).value();
    };
    EXPECT_EQ(
        asked_again().last_error,
        "waits because the receiver asked for a pause; last time: the receiver answered 503"
    );
    endpoint = Reload(endpoint.id);
    endpoint.active = false;
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.deliveries.UpdateEndpoint(endpoint);
    }));
    EXPECT_EQ(asked_again().last_error, "the endpoint is paused")
        << "it was paused when it was claimed already";
    EXPECT_EQ(Attempts(DeliveryOf(first).id).size(), 1U);
}

TEST_F(Webhooks, CountFailuresAnewAfterASuccess) {
    const Receiver receiver([](const auto&, std::size_t number) { return Status(number == 1 ? 500 : 204); });
    const auto endpoint = AddEndpoint(receiver.Url());
    Start();
    const auto event = Happen();
    Await(event, notify::Status::kPending);
    EXPECT_TRUE(Reload(endpoint.id).failing_since.has_value());
    clock_.Advance(seconds(6));
    Await(event, notify::Status::kCompleted);
    EXPECT_EQ(Reload(endpoint.id).consecutive_failures, 0);
    EXPECT_FALSE(Reload(endpoint.id).failing_since.has_value());
}

TEST_F(Webhooks, GiveUpOnAReceiverThatDripsItsHeaders) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "HTTP/1.1 200 x\r\nX: ", .after = Answer::After::kDrip};
    });
    AddEndpoint(receiver.Url());
    Start(4, milliseconds(150));
    const auto row = Await(Happen(), notify::Status::kPending);
    const auto attempt = Attempts(row.id).at(0);
    EXPECT_EQ(attempt.http_status, 0);
    EXPECT_NE(attempt.error, "");
    EXPECT_GE(attempt.duration, milliseconds(100));
}

TEST_F(Webhooks, TakeLittleOfAnEndlessAnswer) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "HTTP/1.1 200 x\r\n\r\n", .after = Answer::After::kEndless};
    });
    const auto row = FirstTry(receiver, notify::Status::kCompleted);
    EXPECT_EQ(Attempts(row.id).at(0).response.size(), 4096U);
}

TEST_F(Webhooks, UnpackNoCompressedAnswer) {
    const std::string bomb = "\x1f\x8b\x08" + std::string(500, '\x01');
    const Receiver receiver([&](const auto&, auto) {
        return Status(200, bomb, "Content-Encoding: gzip\r\n");
    });
    const auto row = FirstTry(receiver, notify::Status::kCompleted);
    EXPECT_LT(Attempts(row.id).at(0).response.size(), 520U);
}

TEST_F(Webhooks, AreTriedAgainWhenTheReceiverClosesWithoutAnAnswer) {
    const Receiver receiver([](const auto&, auto) { return Answer{}; });
    const auto row = FirstTry(receiver, notify::Status::kPending);
    EXPECT_EQ(Attempts(row.id).at(0).http_status, 0);
    EXPECT_NE(row.last_error.find("without an answer"), std::string::npos);
}

TEST_F(Webhooks, GoNowhereWhenTheAddressWasClosedSinceTheEndpointWasAdded) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    guard_ = AddressGuard();
    Start();
    const auto row = Await(Happen(), notify::Status::kPending);
    EXPECT_NE(row.last_error.find("WEBHOOK_ALLOW_CIDRS"), std::string::npos) << row.last_error;
    EXPECT_EQ(receiver.Connections(), 0U);
}

TEST_F(Webhooks, LeaveNoSecretInTheLogOrTheDatabase) {
    const Receiver receiver([this](const auto&, auto) { return Status(400, "is it " + secret_ + "?"); });
    const auto row = FirstTry(receiver, notify::Status::kPending);
    EXPECT_EQ(Attempts(row.id).at(0).response, "is it [redacted]?");
    Stop();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
        std::stringstream bytes;
        bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        EXPECT_EQ(bytes.str().find(secret_.substr(6)), std::string::npos) << entry.path();
    }
}

TEST_F(Webhooks, AreThinAboveTheLimit) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    Start();
    const auto event = Happen("item.completed", R"({"a":")" + std::string(30'000, 'x') + "\"}");
    const auto body = receiver.WaitFor(1).at(0).body;
    EXPECT_LT(body.size(), 500U);
    EXPECT_NE(body.find("/v1/events/" + event.Value()), std::string::npos) << body;
}

}  // namespace
}  // namespace notify
