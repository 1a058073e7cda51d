#include "delivery/replay.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/delivery/fixture.hpp"
#include "unit/delivery/receiver.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Receiver;

/// Answers 410, so that a delivery fails at its first try, until `good`.
class ReplayTest : public testing::DeliveryTest {
protected:
    EventId Fail(const EndpointId& endpoint) {
        good_ = false;
        const auto event = Happen();
        Await(event, Status::kFailed);
        good_ = true;
        EXPECT_TRUE(endpoints_->Change(endpoint, {.active = true}, "k").has_value());
        return event;
    }

    std::atomic<bool> good_ = true;
    Receiver receiver_{[this](const auto&, auto) { return testing::Status(good_ ? 204 : 410); }};
};

TEST_F(ReplayTest, ResendsWithTheSameIdAsANewDelivery) {
    const auto endpoint = AddEndpoint(receiver_.Url()).id;
    Start();
    const auto event = Fail(endpoint);
    const auto failed = DeliveryOf(event);
    clock_.Advance(seconds(1));
    const auto again = replay_->Resend(failed.id, "key_1").value();
    dispatcher_->Nudge();
    EXPECT_EQ(Await(event, Status::kCompleted).id, again);
    const auto got = receiver_.WaitFor(2);
    EXPECT_EQ(got.at(0).headers.at("webhook-id"), got.at(1).headers.at("webhook-id"));
    EXPECT_THAT(AuditActions(), ::testing::Contains("key_1 delivery.resend"));
}

TEST_F(ReplayTest, ResendsWhatGotThroughToo) {
    AddEndpoint(receiver_.Url());
    Start();
    const auto event = Happen();
    const auto row = Await(event, Status::kCompleted);
    ASSERT_TRUE(replay_->Resend(row.id, "k").has_value());
    dispatcher_->Nudge();
    EXPECT_EQ(receiver_.WaitFor(2).size(), 2U);
}

TEST_F(ReplayTest, RefusesWhatIsStillOnItsWayUnknownOrHasNobodyToTell) {
    const auto endpoint = AddEndpoint(receiver_.Url()).id;
    const auto event = Happen();
    EXPECT_EQ(replay_->Resend(DeliveryOf(event).id, "k").error().code, ErrorCode::kConflict);
    EXPECT_EQ(replay_->Resend(DeliveryId("dlv_none"), "k").error().code, ErrorCode::kNotFound);
    Start();
    const auto row = Await(event, Status::kCompleted);
    ASSERT_TRUE(endpoints_->Change(endpoint, {.active = false}, "k").has_value());
    EXPECT_EQ(replay_->Resend(row.id, "k").error().code, ErrorCode::kConflict);
    EXPECT_EQ(replay_->ReplayFailed(endpoint, {}, "k").error().code, ErrorCode::kConflict);
    EXPECT_EQ(replay_->ReplayFailed(EndpointId("end_none"), {}, "k").error().code, ErrorCode::kNotFound);
}

TEST_F(ReplayTest, ReplaysWhatFailedSinceAMomentEachEventOnce) {
    const auto endpoint = AddEndpoint(receiver_.Url()).id;
    Start();
    const auto old = Fail(endpoint);
    clock_.Advance(hours(1));
    const auto since = clock_.Now();
    const auto first = Fail(endpoint);
    const auto second = Fail(endpoint);
    const auto fine = Happen();
    Await(fine, Status::kCompleted);
    clock_.Advance(seconds(1));
    EXPECT_EQ(replay_->ReplayFailed(endpoint, since, "k").value(), 2);
    dispatcher_->Nudge();
    Await(first, Status::kCompleted);
    Await(second, Status::kCompleted);
    EXPECT_EQ(DeliveryOf(old).status, Status::kFailed);
    clock_.Advance(seconds(1));
    EXPECT_EQ(replay_->ReplayFailed(endpoint, since, "k").value(), 0) << "it all got through";
}

}  // namespace
}  // namespace notify
