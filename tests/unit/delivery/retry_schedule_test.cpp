#include "delivery/retry_schedule.hpp"

#include <gtest/gtest.h>

#include "delivery/webhooks/breaker.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow = FromMillis(1'000'000);

Delivery Held(int attempt) {
    Delivery delivery;
    delivery.status = Status::kProcessing;
    delivery.attempt = attempt;
    delivery.lease_owner = NodeId("nod_1");
    delivery.lease_until = kNow;
    return delivery;
}

TEST(RetrySchedule, FollowsTheListWithinAFifth) {
    const milliseconds list[] = {
        seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)
    };
    for (int attempt = 1; attempt <= 9; ++attempt) {
        const auto wanted = list[attempt - 1];
        for (int i = 0; i < 100; ++i) {
            const auto delay = RetryDelay(attempt).value();
            EXPECT_GE(delay, wanted * 8 / 10 - milliseconds(1));
            EXPECT_LE(delay, wanted * 12 / 10);
        }
    }
    EXPECT_FALSE(RetryDelay(10).has_value());
    EXPECT_FALSE(RetryDelay(0).has_value());
}

TEST(RetrySchedule, JittersSoThatTriesDoNotComeTogether) {
    EXPECT_NE(RetryDelay(9).value(), RetryDelay(9).value());
}

TEST(RetrySchedule, FailsAfterTheTenthTry) {
    const auto row = AfterFailure(Held(10), "the receiver answered 500", kNow, {});
    EXPECT_EQ(row.status, Status::kFailed);
    EXPECT_EQ(row.finished_at, kNow);
    EXPECT_EQ(row.last_error, "the receiver answered 500");
    EXPECT_TRUE(row.lease_owner.IsEmpty());
}

TEST(RetrySchedule, HonoursRetryAfterUpToADay) {
    EXPECT_EQ(AfterFailure(Held(1), "x", kNow, hours(3)).next_attempt_at, kNow + hours(3));
    EXPECT_EQ(AfterFailure(Held(1), "x", kNow, hours(300)).next_attempt_at, kNow + hours(24));
    EXPECT_GE(AfterFailure(Held(3), "x", kNow, seconds(1)).next_attempt_at, kNow + minutes(24))
        << "never earlier";
}

TEST(RetrySchedule, GivesBackWithoutBurningATry) {
    const auto row = Released(Held(3), "the service stopped", kNow + seconds(1));
    EXPECT_EQ(row.status, Status::kPending);
    EXPECT_EQ(row.attempt, 2);
    EXPECT_EQ(row.next_attempt_at, kNow + seconds(1));
    EXPECT_FALSE(row.lease_until.has_value());
}

TEST(RetrySchedule, DecidesByTheErrorsCode) {
    const auto after = [](ErrorCode code) { return AfterError(Held(2), Fail(code, "x").value(), kNow); };
    for (const auto code :
         {ErrorCode::kInvalidArgument, ErrorCode::kNotFound, ErrorCode::kTooLarge, ErrorCode::kUnsupported}) {
        EXPECT_EQ(after(code).status, Status::kFailed);
    }
    for (const auto code :
         {ErrorCode::kForbidden, ErrorCode::kUnavailable, ErrorCode::kConflict, ErrorCode::kInternal}) {
        EXPECT_EQ(after(code).status, Status::kPending);
        EXPECT_EQ(after(code).attempt, 2);
    }
    for (const auto code :
         {ErrorCode::kStopped, ErrorCode::kStorageFull, ErrorCode::kThrottled, ErrorCode::kUnauthenticated}) {
        EXPECT_EQ(after(code).status, Status::kPending);
        EXPECT_EQ(after(code).attempt, 1);
    }
    EXPECT_EQ(after(ErrorCode::kCancelled).status, Status::kCancelled);
}

Endpoint Failing(int failures) {
    Endpoint endpoint;
    endpoint.id = EndpointId("end_1");
    endpoint.consecutive_failures = failures;
    endpoint.failing_since = kNow - seconds(30);
    return endpoint;
}

TEST(Breaker, LetsEverythingThroughUntilTenFailuresInARow) {
    Breaker breaker;
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(breaker.HeldOffBy(Failing(9), kNow).has_value());
    }
}

TEST(Breaker, LetsOneProbeAMinuteThroughAfterThem) {
    Breaker breaker;
    EXPECT_FALSE(breaker.HeldOffBy(Failing(10), kNow).has_value());
    EXPECT_EQ(breaker.HeldOffBy(Failing(10), kNow).value().until, kNow + minutes(1));
    EXPECT_EQ(breaker.HeldOffBy(Failing(10), kNow + seconds(59)).value().until, kNow + minutes(1));
    EXPECT_FALSE(breaker.HeldOffBy(Failing(11), kNow + minutes(1)).has_value());
    EXPECT_TRUE(breaker.HeldOffBy(Failing(11), kNow + minutes(1)).has_value());
}

TEST(Breaker, TakesABurstThatFailedForOneFailure) {
    Breaker breaker;
    auto endpoint = Failing(100);
    endpoint.failing_since = kNow - seconds(29);
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(breaker.HeldOffBy(endpoint, kNow).has_value());
    }
    EXPECT_FALSE(breaker.HeldOffBy(endpoint, kNow + seconds(1)).has_value()) << "the probe";
    EXPECT_TRUE(breaker.HeldOffBy(endpoint, kNow + seconds(1)).has_value());
}

TEST(Breaker, OpensAgainWhenAProbeSucceeded) {
    Breaker breaker;
    EXPECT_FALSE(breaker.HeldOffBy(Failing(10), kNow).has_value());
    EXPECT_FALSE(breaker.HeldOffBy(Failing(0), kNow + seconds(1)).has_value());
}

TEST(Breaker, HoldsOffWhileTheReceiverAskedForIt) {
    Breaker breaker;
    breaker.HoldOff(EndpointId("end_1"), kNow + hours(1));
    breaker.HoldOff(EndpointId("end_1"), kNow + minutes(1));
    EXPECT_EQ(breaker.HeldOffBy(Failing(0), kNow + minutes(59)).value().until, kNow + hours(1));
    EXPECT_FALSE(breaker.HeldOffBy(Failing(0), kNow + hours(1)).has_value());
}

}  // namespace
}  // namespace notify
