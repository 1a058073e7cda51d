#include <gtest/gtest.h>

#include "storage/event_repository.hpp"

namespace notify {

namespace {

TEST(EventTypes, AreAllWantedByAnEmptyList) {
    EXPECT_TRUE(WantsType({}, "item.completed"));
}

TEST(EventTypes, AreWantedByNameOrByPrefix) {
    EXPECT_TRUE(WantsType({"item.completed"}, "item.completed"));
    EXPECT_FALSE(WantsType({"item.completed"}, "item.completed.twice"));
    EXPECT_FALSE(WantsType({"item.completed"}, "item.failed"));
    EXPECT_TRUE(WantsType({"process.failed", "item.*"}, "item.failed"));
    EXPECT_FALSE(WantsType({"item.*"}, "items.failed"));
    EXPECT_FALSE(WantsType({"item.*"}, "item"));
    EXPECT_TRUE(WantsType({"*"}, "endpoint.disabled"));
}

}  // namespace

}  // namespace notify
