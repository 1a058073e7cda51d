#include "core/percent.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Percent, DecodesAPlusAsASpaceInFormsOnly) {
    EXPECT_EQ(PercentDecoded("a+b%2Fc"), "a+b/c");
    EXPECT_EQ(PercentDecoded("a+b%2fc", true), "a b/c");
}

TEST(Percent, IsNothingWhenAnEscapeIsBrokenOrAZeroByte) {
    for (const auto* const text : {"%", "a%4", "%zz", "%00"}) {
        EXPECT_EQ(PercentDecoded(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace notify
