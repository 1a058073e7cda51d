#include "sources/objects/key_order.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify::objects {
namespace {

struct Named {
    std::string key;
};

TEST(KeyOrder, LeavesOutWhatWasToldBefore) {
    std::vector<Named> page{{"a"}, {"b"}, {"c"}};
    EXPECT_TRUE(KeepBehind(page, "b").has_value());
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].key, "c");
}

TEST(KeyOrder, KeysAreComparedAsBytes) {
    std::vector<Named> page{{"Z"}, {"a"}, {"\xc3\xa9"}};
    EXPECT_TRUE(KeepBehind(page, "").has_value());
    std::vector<Named> by_letters{{"a"}, {"Z"}};
    EXPECT_EQ(KeepBehind(by_letters, "").error().reason, kUnsorted);
}

TEST(KeyOrder, AKeyThatComesTwiceInAPageIsDisorder) {
    std::vector<Named> page{{"a"}, {"a"}};
    EXPECT_EQ(KeepBehind(page, "").error().reason, kUnsorted);
}

}  // namespace
}  // namespace notify::objects
