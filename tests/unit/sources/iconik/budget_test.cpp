#include "sources/iconik/budget.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "core/http_client.hpp"
#include "sources/access.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

using std::chrono::milliseconds;

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
