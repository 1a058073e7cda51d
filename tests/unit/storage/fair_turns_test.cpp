#include "storage/fair_turns.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify {

namespace {

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

TEST(FairTurns, GiveAHugeWeightNoMonopoly) {
    std::vector<BucketTurn> buckets{Turn("a", 2'000'000'000, 3'000'000), Turn("b", 1, 5)};
    const auto turns = TakeTurns(buckets, 0, 1'000'003);
    EXPECT_GE(std::ranges::count(turns, std::size_t{1}), 2);
}

}  // namespace

}  // namespace notify
