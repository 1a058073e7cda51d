#include "sources/registry.hpp"

#include <gtest/gtest.h>

#include "support/set_clock.hpp"

namespace notify::testing {
namespace {

TEST(SourceRegistry, KnowsTheLocalSourceAndNamesItForWhoAsksForAnother) {
    const SetClock clock;
    const SourceRegistry registry({.data_dir = "/nonexistent", .access = nullptr}, clock);
    EXPECT_TRUE(registry.Find("local").has_value());
    const auto unknown = registry.Find("ftp");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(unknown.error().message.find("local"), std::string::npos);
}

}  // namespace
}  // namespace notify::testing
