#include "core/parts.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using Rows = std::vector<int>;

TEST(Parts, AreAllRowsInTheirOrderAndNoneTwice) {
    std::vector<Rows> parts;
    const auto take = [&](const Rows& part) -> Result<void> {
        parts.push_back(part);
        return {};
    };
    ASSERT_TRUE(ForEachPart(Rows{1, 2, 3, 4, 5}, 2, take));
    EXPECT_THAT(parts, ElementsAre(Rows{1, 2}, Rows{3, 4}, Rows{5}));
    parts.clear();
    ASSERT_TRUE(ForEachPart(Rows{1, 2}, 2, take));
    EXPECT_THAT(parts, ElementsAre(Rows{1, 2}));
    parts.clear();
    ASSERT_TRUE(ForEachPart(Rows{}, 2, take));
    EXPECT_TRUE(parts.empty());
}

TEST(Parts, EndWithTheFirstError) {
    int taken = 0;
    const auto ended = ForEachPart(Rows{1, 2, 3}, 1, [&](const Rows& part) -> Result<void> {
        ++taken;
        return part.front() < 2 ? Result<void>{} : Fail(ErrorCode::kStopped, "stopped");
    });
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kStopped);
    EXPECT_EQ(taken, 2);
}

}  // namespace
}  // namespace notify
