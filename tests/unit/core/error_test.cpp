#include "core/error.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/result.hpp"

namespace notify {

namespace {

TEST(ErrorCode, HasANameOfItsOwnThatIsReadBack) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
        const auto name = ToString(static_cast<ErrorCode>(code));
        EXPECT_EQ(ErrorCodeFrom(name), static_cast<ErrorCode>(code)) << name;
        names.insert(name);
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
    EXPECT_EQ(ToString(ErrorCode::kStorageFull), "storage_full");
    EXPECT_FALSE(ErrorCodeFrom("nothing of the kind"));
    EXPECT_FALSE(ErrorCodeFrom(""));
}

TEST(Error, KeepsEverythingWithinAContext) {
    const Error error{
        .code = ErrorCode::kThrottled,
        .stage = "list",
        .reason = "slow_down",
        .retry_after = std::chrono::seconds(3),
        .message = "slow down"
    };
    const auto within = error.Within("while listing");
    EXPECT_EQ(within.code, ErrorCode::kThrottled);
    EXPECT_EQ(within.stage, "list");
    EXPECT_EQ(within.reason, "slow_down");
    EXPECT_EQ(within.retry_after, std::chrono::seconds(3));
    EXPECT_EQ(within.message.find("while listing"), 0U);
    EXPECT_NE(within.message.find("slow down"), std::string::npos);
}

TEST(Result, FailsWithCodeAndSentence) {
    const Result<int> failed = Fail(ErrorCode::kNotFound, "no item itm_7");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(failed.error().message, "no item itm_7");
}

}  // namespace

}  // namespace notify
