#include "domain/node.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

TEST(Roles, AreReadInAnyOrderAndWrittenInTheirs) {
    const auto roles = Roles::Parse(" delivery ,api");
    ASSERT_TRUE(roles.has_value());
    EXPECT_EQ(roles->Text(), "api,delivery");
    EXPECT_TRUE(roles->Has(Role::kDelivery));
    EXPECT_FALSE(roles->Has(Role::kWorker));
    EXPECT_EQ(Roles::Parse(Roles::All().Text()).value(), Roles::All());
    EXPECT_EQ(Roles().Text(), "");
}

TEST(Roles, NameTheWordThatIsNone) {
    for (const auto* const text : {"cook", "api,cook", "cook,api"}) {
        const auto roles = Roles::Parse(text);
        ASSERT_FALSE(roles.has_value());
        EXPECT_EQ(roles.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(roles.error().message, HasSubstr("'cook' is no role"));
    }
    EXPECT_THAT(Roles::Parse("api,,worker").error().message, HasSubstr("'' is no role"));
    EXPECT_THAT(Roles::Parse("").error().message, HasSubstr("needs a role"));
}

}  // namespace
}  // namespace notify
