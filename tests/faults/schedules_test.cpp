// Two owners of one process: every pair of their steps, with what may happen between, in every order.

#include <array>
#include <cstddef>
#include <deque>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "faults/fixture.hpp"
#include "faults/given.hpp"

namespace notify::testing {

namespace {

using Rows = std::vector<std::vector<Step>>;

constexpr std::array kOfAnOwner{
    Act::kComplete,
    Act::kProgress,
    Act::kFail,
    Act::kRelease,
    Act::kCrash,
    Act::kEndsCancelled,
    Act::kHeartbeat
};
constexpr Step kLeaseEnds{.act = Act::kLeaseEnds};
constexpr Step kCancel{.act = Act::kCancel};
constexpr Step kReapsA{.act = Act::kReap};
constexpr Step kReapsB{.act = Act::kReap, .owner = 1};
constexpr Step kGivesUpA{.act = Act::kGiveUpOther, .owner = 1};

const Rows kLeasesEnd{{kLeaseEnds, kReapsB, kLeaseEnds}};
const Rows kGivenUp{{kGivesUpA, kReapsB}};

/// The schedule without the steps of who claimed in vain and has nothing to end.
std::vector<Step> WithoutIdle(const std::vector<Step>& steps) {
    Model model(1, {"checksum"}, Timestamp());
    Timestamp now;
    std::array<std::deque<ExpectedHold>, 2> held;
    std::vector<Step> rest;
    for (const auto& step : steps) {
        auto& mine = held.at(static_cast<std::size_t>(step.owner));
        const bool ends = step.act >= Act::kProgress && step.act <= Act::kEndsCancelled;
        if ((ends || step.act == Act::kHeartbeat) && mine.empty()) {
            continue;
        }
        rest.push_back(step);
        if (step.act == Act::kClaim) {
            const auto claimed = model.Claim(step.owner, now);
            mine.insert(mine.end(), claimed.begin(), claimed.end());
        } else if (step.act == Act::kHeartbeat) {
            model.Heartbeat(step.owner, {mine.begin(), mine.end()}, now);
        } else if (step.act > Act::kProgress && ends) {
            model.End(mine.front(), step.act, "", now);
            mine.pop_front();
        } else if (step.act == Act::kReap) {
            model.Reap(now);
        } else if (step.act == Act::kCancel) {
            model.Cancel(0);
        } else if (step.act == Act::kGiveUpOther) {
            model.GiveUp(1 - step.owner);
        } else if (step.act == Act::kLeaseEnds) {
            now += Model::kLease + std::chrono::seconds(1);
        }
    }
    return rest;
}

/// A claims first: nothing that could come before makes a difference. Then A's step, those of B, and what
/// happens beside.
std::vector<std::vector<Step>> Schedules(const Rows& happens) {
    std::vector<std::vector<Step>> all;
    std::set<std::string> seen;
    for (const auto of_a : kOfAnOwner) {
        for (const auto of_b : kOfAnOwner) {
            Rows rows{{{.act = of_a}}, {{.act = Act::kClaim, .owner = 1}, {.act = of_b, .owner = 1}}};
            rows.insert(rows.end(), happens.begin(), happens.end());
            for (auto& order : EveryOrder(rows)) {
                order.insert(order.begin(), {.act = Act::kClaim});
                if (auto steps = WithoutIdle(order); seen.insert(ToString(steps)).second) {
                    all.push_back(std::move(steps));
                }
            }
        }
    }
    return all;
}

class TwoOwners : public Faults {
protected:
    void PlayAll(const std::vector<std::vector<Step>>& schedules) {
        auto play = MakePlay();
        for (const auto& steps : schedules) {
            const auto wrong = play.Run({}, steps);
            ASSERT_FALSE(wrong) << *wrong;
        }
        std::cout << schedules.size() << " schedules\n";
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, TwoOwners, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(TwoOwners, AndALeaseThatEnds) {
    PlayAll(Schedules({{kLeaseEnds, kReapsB}}));
}

TEST_P(TwoOwners, AndLeasesThatEndOneAfterTheOther) {
    if (Given("NOTIFY_FAULTS_ALL", 0) == 0) {
        GTEST_SKIP() << "they are many: script/faults --form orders";
    }
    PlayAll(Schedules(kLeasesEnd));
}

TEST_P(TwoOwners, AndACancellation) {
    const bool all = Given("NOTIFY_FAULTS_ALL", 0) != 0;
    PlayAll(Schedules(all ? Rows{{kLeaseEnds}, {kReapsA}, {kReapsB}, {kCancel}} : Rows{{kCancel}}));
}

class TwoNodes : public TwoOwners {};

INSTANTIATE_TEST_SUITE_P(EachDatabase, TwoNodes, ::testing::ValuesIn(DatabasesOfServers()), DatabaseName);

TEST_P(TwoNodes, OfWhichOneGivesTheOtherUp) {
    PlayAll(Schedules(kGivenUp));
}

/// The storage of both owners at fault, and any schedule that shows it.
class Mutants : public Faults {
protected:
    static std::vector<Rows> ThatMayShow(Mutant mutant) {
        return mutant == Mutant::kBeatWithoutFence ? std::vector<Rows>{kLeasesEnd}
               : mutant == Mutant::kNoMembership   ? std::vector<Rows>{kGivenUp}
                                                   : std::vector<Rows>{{{kLeaseEnds, kReapsB}}, {{kCancel}}};
    }

    [[nodiscard]] std::string FirstFound(Mutant mutant) {
        auto play = MakePlay(mutant);
        for (const auto& happens : ThatMayShow(mutant)) {
            for (const auto& steps : Schedules(happens)) {
                if (auto wrong = play.Run({}, steps)) {
                    return *wrong;
                }
            }
        }
        return {};
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Mutants, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Mutants, AreAllNoticed) {
    for (std::size_t i = 1; i < kMutantWords.size(); ++i) {
        const auto mutant = static_cast<Mutant>(i);
        if (mutant == Mutant::kNoMembership && storage_->IsSingleNode()) {
            continue;  // nobody is given up here
        }
        const auto found = FirstFound(mutant);
        EXPECT_FALSE(found.empty()) << kMutantWords.at(i);
        std::cout << kMutantWords.at(i) << ": " << found << "\n";
    }
}

}  // namespace

}  // namespace notify::testing
