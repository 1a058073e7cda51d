#include "sources/iconik/budget.hpp"

#include <chrono>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/access.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

using std::chrono::milliseconds;

TEST(IconikBudget, IsSharedAmongNodes) {
    RateBudget budget;
    const auto begin = std::chrono::steady_clock::now();
    for (int turn = 0; turn < 5; ++turn) {
        ASSERT_TRUE(budget.Await(4, {}).has_value());
    }
    // of 40 a second each of four has 10: four pauses of 100 ms
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(400));
}

TEST(IconikBudget, PausesGrowAsIconiksCountRunsLow) {
    EXPECT_EQ(PauseAt(1000), milliseconds(0));
    EXPECT_EQ(PauseAt(200), milliseconds(0));
    EXPECT_EQ(PauseAt(199), milliseconds(25));
    EXPECT_EQ(PauseAt(50), milliseconds(100));
    EXPECT_EQ(PauseAt(0), milliseconds(500));
    EXPECT_EQ(PauseAt(-5), milliseconds(500));
}

TEST(IconikBudget, RequestsAreHeldApartWhenTheCountIsLow) {
    RateBudget budget;
    budget.Note({.status = 200, .headers = {{"ratelimit-remaining", "50"}}});
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(budget.Await(1, {}).has_value());
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200));
}

TEST(IconikBudget, AnAnswerWithoutTheHeaderChangesNothing) {
    RateBudget budget;
    budget.Note({.status = 200, .headers = {{"ratelimit-remaining", "many"}}});
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(budget.Await(1, {}).has_value());
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(100));
}

TEST(IconikBudget, NoMoreRequestsThanFortyBeginInASecond) {
    RateBudget budget;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 9; ++i) {
        ASSERT_TRUE(budget.Await(1, {}).has_value());
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200));
}

TEST(IconikBudget, WhatCanWaitTakesAQuarterOfItAtMostAndHoldsUpNothingElse) {
    RateBudget budget;
    const auto begin = std::chrono::steady_clock::now();
    const std::jthread waits([&](const std::stop_token& stop) {
        while (budget.AwaitAside(1, stop)) {
        }
    });
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(budget.Await(1, {}).has_value());
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(900))
        << "20 turns of 25 ms and a third more";
    RateBudget other;
    const auto alone = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(other.AwaitAside(1, {}).has_value());
    }
    EXPECT_GE(std::chrono::steady_clock::now() - alone, milliseconds(400));
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(other.AwaitAside(1, stopped.get_token()).error().code, ErrorCode::kStopped);
}

TEST(IconikBudget, IsOneForEachIconikAndAppId) {
    RateBudgets budgets;
    auto& one = budgets.Of("https://app.iconik.io", "app");
    EXPECT_EQ(&one, &budgets.Of("https://app.iconik.io", "app"));
    EXPECT_NE(&one, &budgets.Of("https://eu.iconik.io", "app"));
    EXPECT_NE(&one, &budgets.Of("https://app.iconik.io", "other"));
}

TEST(IconikBudget, RefusedCredentialsAreTriedOnceAMinute) {
    notify::testing::SetClock clock;
    RefusedCredentials refused(clock);
    EXPECT_TRUE(refused.MayTry(SecretOfTests()));
    refused.Refuse(SecretOfTests());
    EXPECT_FALSE(refused.MayTry(SecretOfTests()));
    EXPECT_TRUE(refused.MayTry(SecretOfTests("another")));
    clock.Advance(std::chrono::seconds(61));
    EXPECT_TRUE(refused.MayTry(SecretOfTests()));
    EXPECT_FALSE(refused.MayTry(SecretOfTests())) << "the probe of this minute is under way";
}

}  // namespace
}  // namespace notify::iconik
