#include "core/failpoint.hpp"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

namespace notify {
namespace {

#ifdef NOTIFY_FAILPOINTS

class FailPoints : public ::testing::Test {
protected:
    // the wish is read once in a process: each of these dies in one of its own
    FailPoints() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(FailPoints, KillTheProcessAtTheNamedPlace) {
    EXPECT_EXIT(
        {
            ::setenv("NOTIFICATIONS_FAILPOINT", "claimed", 1);
            FailPoint("opened");
            FailPoint("claimed");
            std::_Exit(0);
        },
        ::testing::KilledBySignal(SIGKILL),
        ""
    );
}

TEST_F(FailPoints, CountToTheTimeThatIsMeant) {
    EXPECT_EXIT(
        {
            ::setenv("NOTIFICATIONS_FAILPOINT", "claimed:3", 1);
            FailPoint("claimed");
            FailPoint("claimed");
            std::_Exit(7);
        },
        ::testing::ExitedWithCode(7),
        ""
    );
    EXPECT_EXIT(
        {
            ::setenv("NOTIFICATIONS_FAILPOINT", "claimed:2", 1);
            FailPoint("claimed");
            FailPoint("claimed");
            std::_Exit(7);
        },
        ::testing::KilledBySignal(SIGKILL),
        ""
    );
}

TEST_F(FailPoints, DoNothingWhenNobodyAsked) {
    EXPECT_EXIT(
        {
            ::unsetenv("NOTIFICATIONS_FAILPOINT");
            FailPoint("claimed");
            FailPoint("");
            std::_Exit(7);
        },
        ::testing::ExitedWithCode(7),
        ""
    );
}

#else

TEST(FailPoints, AreNotInThisBuild) {
    ::setenv("NOTIFICATIONS_FAILPOINT", "claimed", 1);
    FailPoint("claimed");
    SUCCEED();
}

#endif

}  // namespace
}  // namespace notify
