#include "storage/fair_turns.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify {

namespace {

using namespace std::chrono_literals;

BucketTurn Turn(std::string id, int weight, std::size_t waiting) {
    return {.id = BucketId(std::move(id)), .weight = weight, .start = 0, .finish = 0, .waiting = waiting};
}

TEST(FairTurns, AlternateBetweenEquals) {
    std::vector<BucketTurn> buckets{Turn("b", 1, 9), Turn("a", 1, 9)};
    EXPECT_EQ(TakeTurns(buckets, 0, 5), (std::vector<std::size_t>{1, 0, 1, 0, 1}));
    EXPECT_EQ(buckets[0].waiting, 7U);
    EXPECT_EQ(buckets[1].waiting, 6U);
}

TEST(FairTurns, FollowTheWeights) {
    std::vector<BucketTurn> buckets{Turn("a", 4, 100), Turn("b", 1, 100)};
    std::map<std::size_t, int> served;
    for (const auto index : TakeTurns(buckets, 0, 50)) {
        ++served[index];
    }
    EXPECT_EQ(served[0], 40);
    EXPECT_EQ(served[1], 10);
}

TEST(FairTurns, EndWhenNothingIsLeft) {
    std::vector<BucketTurn> buckets{Turn("a", 1, 2), Turn("b", 1, 0)};
    EXPECT_EQ(TakeTurns(buckets, 0, 9), (std::vector<std::size_t>{0, 0}));
    EXPECT_TRUE(TakeTurns(buckets, 0, 9).empty());
}

TEST(FairTurns, StartALateComerAtThePresent) {
    auto late = Turn("late", 1, 100);
    auto busy = Turn("busy", 1, 100);
    busy.start = 70'000'000;
    busy.finish = 71'000'000;
    std::vector<BucketTurn> buckets{late, busy};
    std::map<std::size_t, int> served;
    for (const auto index : TakeTurns(buckets, busy.start, 20)) {
        ++served[index];
    }
    EXPECT_EQ(served[0], 10);
    EXPECT_EQ(served[1], 10);
}

TEST(FairTurns, GoOnWhereTheBatchBeforeEnded) {
    std::vector<BucketTurn> at_once{Turn("a", 3, 30), Turn("b", 2, 30), Turn("c", 1, 30)};
    auto in_parts = at_once;
    const auto whole = TakeTurns(at_once, 0, 24);
    std::vector<std::size_t> parts;
    std::int64_t now = 0;
    for (int i = 0; i < 24; ++i) {
        for (const auto index : TakeTurns(in_parts, now, 1)) {
            parts.push_back(index);
            now = std::max(now, in_parts[index].start);
        }
    }
    EXPECT_EQ(parts, whole);
}

TEST(FairTurns, GiveEqualTimeWhateverItemsTake) {
    std::vector<BucketTurn> buckets{Turn("long", 1, 1000), Turn("short", 1, 1000)};
    buckets[0].cost = 90s;
    buckets[1].cost = 10s;
    std::map<std::size_t, int> served;
    for (const auto index : TakeTurns(buckets, 0, 100)) {
        ++served[index];
    }
    EXPECT_EQ(served[0], 10);
    EXPECT_EQ(served[1], 90);
}

TEST(FairTurns, LeaveOutASourceThatHasNoRoom) {
    std::vector<BucketTurn> buckets{Turn("a", 1, 9), Turn("b", 1, 9), Turn("c", 1, 9)};
    buckets[2].source = 1;
    std::vector<std::size_t> room{3, 2};
    EXPECT_EQ(TakeTurns(buckets, 0, 20, room), (std::vector<std::size_t>{0, 1, 2, 0, 2}));
    EXPECT_EQ(room, (std::vector<std::size_t>{0, 0}));
}

TEST(FairTurns, ChargeWorkBeyondWhatWasExpected) {
    std::vector<BucketTurn> buckets{Turn("a", 1, 50), Turn("b", 1, 50)};
    EXPECT_EQ(TakeTurns(buckets, 0, 2), (std::vector<std::size_t>{0, 1}));
    ChargeTurns(buckets, 0, {{.bucket = 0, .beyond = 10s}});
    const auto turns = TakeTurns(buckets, 0, 12);
    EXPECT_EQ(std::ranges::count(turns, std::size_t{1}), 11) << "b has had 1 s, a 11";
}

TEST(FairTurns, GiveBackWhatWasNotUsed) {
    std::vector<BucketTurn> buckets{Turn("a", 1, 50), Turn("b", 1, 50)};
    const auto first = TakeTurns(buckets, 0, 20);
    ASSERT_EQ(std::ranges::count(first, std::size_t{0}), 10);
    ChargeTurns(buckets, buckets[1].start, {{.bucket = 0, .beyond = -9'900ms, .items = 10, .took = 100ms}});
    EXPECT_LT(buckets[0].cost, 300ms) << "ten of 10 ms count more than the guess";
    const auto turns = TakeTurns(buckets, buckets[1].start, 6);
    EXPECT_EQ(std::ranges::count(turns, std::size_t{0}), 5) << "of about a quarter of a second each";
}

TEST(FairTurns, ChargeByWeight) {
    std::vector<BucketTurn> buckets{Turn("a", 10, 50), Turn("b", 1, 50)};
    ChargeTurns(buckets, 0, {{.bucket = 0, .beyond = 20s}, {.bucket = 1, .beyond = 2s}});
    EXPECT_EQ(buckets[0].finish, buckets[1].finish);
}

TEST(FairTurns, ExpectWhatTheLatestItemsTook) {
    std::vector<BucketTurn> buckets{Turn("a", 1, 1)};
    for (int i = 0; i < 30; ++i) {
        ChargeTurns(buckets, 0, {{.bucket = 0, .items = 1, .took = 60s}});
    }
    EXPECT_GT(buckets[0].cost, 59s);
    EXPECT_LE(buckets[0].cost, 60s);
    ChargeTurns(buckets, 0, {{.bucket = 0, .items = 1, .took = 0s}});
    EXPECT_GT(buckets[0].cost, 40s) << "one that is empty does not make all of them short";
    ChargeTurns(buckets, 0, {{.bucket = 0, .items = 1'000'000, .took = 0s}});
    EXPECT_EQ(buckets[0].cost, 1ms) << "nothing is free";
}

TEST(FairTurns, GiveNoCreditForTheTimeThatAnotherWorkedAlone) {
    std::vector<BucketTurn> buckets{Turn("busy", 1, 0)};
    ChargeTurns(buckets, 0, {{.bucket = 0, .beyond = 1h}});
    EXPECT_EQ(buckets[0].start, buckets[0].finish);
    buckets[0].waiting = 100;
    buckets.push_back(Turn("late", 1, 100));
    const auto turns = TakeTurns(buckets, buckets[0].start, 20);
    EXPECT_EQ(std::ranges::count(turns, std::size_t{1}), 10);
}

TEST(FairTurns, KeepTheCreditOfWhoWaitedMeanwhile) {
    std::vector<BucketTurn> buckets{Turn("busy", 1, 100), Turn("waits", 1, 100)};
    ChargeTurns(buckets, 0, {{.bucket = 0, .beyond = 10s}});
    EXPECT_EQ(buckets[0].start, 0) << "time stands still for whoever waits";
    const auto turns = TakeTurns(buckets, 0, 10);
    EXPECT_EQ(std::ranges::count(turns, std::size_t{1}), 10);
}

TEST(FairTurns, GiveAHugeWeightNoMonopoly) {
    std::vector<BucketTurn> buckets{Turn("a", 2'000'000'000, 3'000'000), Turn("b", 1, 5)};
    const auto turns = TakeTurns(buckets, 0, 1'000'003);
    EXPECT_GE(std::ranges::count(turns, std::size_t{1}), 2);
}

}  // namespace

}  // namespace notify
