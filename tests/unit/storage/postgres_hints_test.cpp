#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "servers/postgres.hpp"
#include "storage/postgres/hints.hpp"
#include "storage/postgres/server.hpp"

namespace notify {
namespace {

constexpr std::chrono::milliseconds kLook{20};

class Hints : public ::testing::Test {
protected:
    ~Hints() override { testing::PostgresOfTests().Release("hints"); }

    /// Sends until `count` is more than it was.
    static void SendUntilTold(WorkHints& from, const std::atomic<int>& count) {
        for (const int before = count; count == before;) {
            from.Send();
            std::this_thread::sleep_for(kLook);
        }
    }

    /// Until it listens: then it says so itself.
    static void WaitFor(const std::atomic<int>& count) {
        while (count == 0) {
            std::this_thread::sleep_for(kLook);
        }
    }

    const PostgresServer server_ = testing::PostgresOfTests().DatabaseOf("hints");
    std::atomic<int> here_told_ = 0;
    std::atomic<int> there_told_ = 0;
};

TEST_F(Hints, AreHeardByTheOthersAndNotByWhoSentThem) {
    WorkHints here(server_, [&] { ++here_told_; });
    const WorkHints there(server_, [&] { ++there_told_; });
    WaitFor(here_told_);
    WaitFor(there_told_);
    SendUntilTold(here, there_told_);
    SendUntilTold(here, there_told_);
    EXPECT_EQ(here_told_, 1);
}

TEST_F(Hints, ThatComeTogetherAreSentAsOne) {
    WorkHints here(server_, [&] { ++here_told_; });
    const WorkHints there(server_, [&] { ++there_told_; });
    WaitFor(here_told_);
    WaitFor(there_told_);
    constexpr int kMany = 100'000;
    for (int i = 0; i < kMany; ++i) {
        here.Send();
    }
    SendUntilTold(here, there_told_);
    EXPECT_LT(there_told_, kMany / 100);
}

/// What the server tells a connection while it sends itself comes with the answer to that.
TEST_F(Hints, AreHeardAtOnceByWhoSendsAtTheSameTime) {
    WorkHints here(server_, [&] { ++here_told_; });
    WorkHints there(server_, [&] { ++there_told_; });
    WaitFor(here_told_);
    WaitFor(there_told_);
    constexpr std::chrono::seconds kFarLessThanAProbe{10};
    for (int round = 0; round < 50; ++round) {
        const int here_before = here_told_;
        const int there_before = there_told_;
        here.Send();
        there.Send();
        const auto until = std::chrono::steady_clock::now() + kFarLessThanAProbe;
        while (here_told_ == here_before || there_told_ == there_before) {
            ASSERT_LT(std::chrono::steady_clock::now(), until) << "not told in round " << round;
            std::this_thread::sleep_for(kLook / 20);
        }
    }
}

TEST_F(Hints, AreHeardAgainAfterTheConnectionsWereCut) {
    WorkHints here(server_, [&] { ++here_told_; });
    const WorkHints there(server_, [&] { ++there_told_; });
    WaitFor(here_told_);
    WaitFor(there_told_);
    const auto cut = testing::PostgresOfTests().Run(
        server_.database,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
        "'notifications-api' AND datname = current_database()"
    );
    ASSERT_EQ(cut, "2");
    while (here_told_ < 2 || there_told_ < 2) {
        std::this_thread::sleep_for(kLook);
    }
    SendUntilTold(here, there_told_);
}

}  // namespace
}  // namespace notify
