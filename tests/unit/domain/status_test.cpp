#include "domain/status.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify {
namespace {

using enum Status;

TEST(Status, NamesRoundTrip) {
    for (const auto status : {kPending, kProcessing, kCompleted, kFailed, kCancelled, kSkipped}) {
        EXPECT_EQ(StatusFrom(ToString(status)), status);
    }
    EXPECT_EQ(StatusFrom("pending"), std::nullopt);
}

TEST(Status, ATerminalOneNeverChanges) {
    for (const auto from : {kCompleted, kFailed, kCancelled, kSkipped}) {
        EXPECT_TRUE(IsTerminal(from));
        for (const auto to : {kPending, kProcessing, kCompleted, kFailed, kCancelled, kSkipped}) {
            EXPECT_FALSE(MayBecome(from, to)) << ToString(from) << " to " << ToString(to);
        }
    }
}

TEST(Status, PendingIsNotCompletedWithoutBeingProcessed) {
    EXPECT_FALSE(MayBecome(kPending, kCompleted));
    EXPECT_FALSE(MayBecome(kPending, kFailed));
    EXPECT_TRUE(MayBecome(kPending, kProcessing));
    EXPECT_TRUE(MayBecome(kProcessing, kPending));
}

struct Row {
    std::vector<Status> processes;
    Status item;
};

class ItemStatusTable : public ::testing::TestWithParam<Row> {};

TEST_P(ItemStatusTable, FollowsItsProcesses) {
    EXPECT_EQ(ItemStatus(GetParam().processes), GetParam().item);
}

INSTANTIATE_TEST_SUITE_P(
    AllRules,
    ItemStatusTable,
    ::testing::Values(
        Row{{}, kSkipped},
        Row{{kPending}, kPending},
        Row{{kProcessing}, kProcessing},
        Row{{kCompleted}, kCompleted},
        Row{{kFailed}, kFailed},
        Row{{kCancelled}, kCancelled},
        Row{{kSkipped}, kSkipped},
        Row{{kFailed, kProcessing, kPending}, kProcessing},
        Row{{kFailed, kPending, kCompleted}, kPending},
        Row{{kCompleted, kFailed}, kFailed},
        Row{{kCompleted, kCancelled, kSkipped}, kCompleted},
        Row{{kSkipped, kCancelled}, kCancelled},
        Row{{kSkipped, kSkipped}, kSkipped}
    )
);

TEST(BlockedBy, NamesRoundTrip) {
    for (int i = 0; i <= static_cast<int>(BlockedBy::kResolving); ++i) {
        const auto blocked = static_cast<BlockedBy>(i);
        EXPECT_EQ(BlockedByFrom(ToString(blocked)), blocked);
    }
    EXPECT_EQ(BlockedByFrom("moon"), std::nullopt);
}

}  // namespace
}  // namespace notify
