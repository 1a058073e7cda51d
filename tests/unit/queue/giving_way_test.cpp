#include "queue/giving_way.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "domain/checkpoint.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kHours = 10LL * 3600 * 1000;

using Place = GivingWay::Place;

class Ways : public ::testing::Test {
protected:
    static GivingWay::Claim Job(const std::string& id, std::int64_t fence = 1) {
        return {ProcessId(id), fence};
    }

    /// A job that is long, as its child tells at once.
    void Begin(const GivingWay::Claim& job) {
        ways_.Begun(job, false, now_);
        EXPECT_FALSE(ways_.Plays(job, kHours, now_));
    }

    GivingWay ways_;
    GivingWay::Time now_;
};

TEST_F(Ways, AreGivenByTheOneThatWorkedLongest) {
    Begin(Job("prc_b"));
    now_ += 10s;
    Begin(Job("prc_a"));
    EXPECT_EQ(ways_.Next(now_), Job("prc_b"));
}

TEST_F(Ways, AreNotGivenByWhatIsShortOrNobodyKnows) {
    ways_.Begun(Job("prc_a"), false, now_);
    ways_.Begun(Job("prc_b"), false, now_);
    EXPECT_FALSE(ways_.Plays(Job("prc_b"), kLongMediaMs - 1, now_));
    now_ += 1h;
    EXPECT_FALSE(ways_.Next(now_));
    EXPECT_FALSE(ways_.Plays(Job("prc_a"), kLongMediaMs, now_)) << "nobody asked it for its place";
    EXPECT_EQ(ways_.Next(now_), Job("prc_a"));
}

TEST_F(Ways, AreGivenByOneAtATimeUntilItHadTimeToLeave) {
    Begin(Job("prc_a"));
    Begin(Job("prc_b"));
    ways_.Asked(Job("prc_a"), now_);
    now_ += 14s;
    EXPECT_FALSE(ways_.Next(now_));
    now_ += 1s;
    EXPECT_EQ(ways_.Next(now_), Job("prc_b")) << "the other has no place to leave";
    EXPECT_EQ(ways_.Ended(Job("prc_a"), now_), Place::kOfWhatIsShort);
    EXPECT_EQ(ways_.Ended(Job("prc_b"), now_), Place::kAnybodys) << "it was not asked";
    EXPECT_FALSE(ways_.Next(now_));
}

TEST_F(Ways, AreNotGivenAgainBeforeATurnWasWorked) {
    Begin(Job("prc_a", 2));
    now_ += 44s;
    EXPECT_FALSE(ways_.Next(now_));
    now_ += 1s;
    EXPECT_EQ(ways_.Next(now_), Job("prc_a", 2));
}

TEST_F(Ways, AreGivenOnAtOnceByWhatTurnsOutToBeLong) {
    now_ += 1h;
    ways_.Begun(Job("prc_a"), true, now_);
    EXPECT_TRUE(ways_.Plays(Job("prc_a"), kHours, now_));
    EXPECT_EQ(ways_.Ended(Job("prc_a"), now_), Place::kOfWhatIsShort)
        << "the place is for the next that may be short";
}

TEST_F(Ways, AreForWhatIsShortAsLongAsATurn) {
    Begin(Job("prc_a"));
    ways_.Asked(Job("prc_a"), now_);
    now_ += 1s;
    EXPECT_EQ(ways_.Ended(Job("prc_a"), now_), Place::kOfWhatIsShort);
    const auto short_one = [&](const std::string& id) {
        ways_.Begun(Job(id), true, now_);
        EXPECT_FALSE(ways_.Plays(Job(id), 1000, now_));
    };
    short_one("prc_b");
    now_ += 44s;
    EXPECT_EQ(ways_.Ended(Job("prc_b"), now_), Place::kOfWhatIsShort) << "one more";
    short_one("prc_c");
    now_ += 1s;
    EXPECT_EQ(ways_.Ended(Job("prc_c"), now_), Place::kOfWhatIsShortAndWaited)
        << "what waited for it does not wait for a long one's turn as well";
    short_one("prc_e");
    now_ += 4min - 1s;
    EXPECT_EQ(ways_.Ended(Job("prc_e"), now_), Place::kOfWhatIsShortAndWaited);
    short_one("prc_f");
    now_ += 1s;
    EXPECT_EQ(ways_.Ended(Job("prc_f"), now_), Place::kAnybodys) << "what is long gets on";
    ways_.Begun(Job("prc_d"), false, now_);
    EXPECT_EQ(ways_.Ended(Job("prc_d"), now_), Place::kAnybodys) << "it was in no such place";
}

TEST_F(Ways, KnowTheClaimsOfAProcessApart) {
    Begin(Job("prc_a", 1));
    ways_.Asked(Job("prc_a", 1), now_);
    Begin(Job("prc_a", 2));
    EXPECT_EQ(ways_.Ended(Job("prc_a", 1), now_), Place::kOfWhatIsShort);
    EXPECT_EQ(ways_.Ended(Job("prc_a", 2), now_), Place::kAnybodys);
    EXPECT_FALSE(ways_.Plays(Job("prc_a", 3), kHours, now_)) << "nobody began it";
}

}  // namespace
}  // namespace notify
