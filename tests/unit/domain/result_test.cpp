#include "domain/result.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(LineageKey, IsTheSameForTheSameParts) {
    EXPECT_EQ(LineageKey("a", "b", "1", "m", "c"), LineageKey("a", "b", "1", "m", "c"));
    EXPECT_EQ(LineageKey("a", "b", "1", "m", "c").size(), 64U);
}

TEST(LineageKey, TellsPartsApartEvenWhenTheirTextJoinsAlike) {
    EXPECT_NE(LineageKey("ab", "c", "1", "m", "h"), LineageKey("a", "bc", "1", "m", "h"));
    EXPECT_NE(LineageKey("a", "b", "1", "m", "h"), LineageKey("a", "b", "2", "m", "h"));
    EXPECT_NE(LineageKey("a", "b", "1", "m", "h"), LineageKey("a", "b", "1", "n", "h"));
}

}  // namespace
}  // namespace notify
