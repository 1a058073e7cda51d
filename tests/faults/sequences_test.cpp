// Two owners of several items with several processors: steps at random, compared with the model after each.

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "faults/fixture.hpp"
#include "faults/given.hpp"

namespace notify::testing {

namespace {

constexpr int kStepsOfARound = 50;

// more often what work consists of, so that it comes to more than chaos
constexpr std::array kActs{
    Act::kClaim,        Act::kClaim,    Act::kClaim,    Act::kClaim,     Act::kHeartbeat,    Act::kProgress,
    Act::kComplete,     Act::kComplete, Act::kComplete, Act::kFail,      Act::kFail,         Act::kRelease,
    Act::kCrash,        Act::kCrash,    Act::kDies,     Act::kRestarts,  Act::kReap,         Act::kReap,
    Act::kCrashInGroup, Act::kCancel,   Act::kRerun,    Act::kLeaseEnds, Act::kDelayEnds,    Act::kDelayEnds,
    Act::kGiveUpOther,  Act::kRerun,    Act::kReap,     Act::kComplete,  Act::kEndsCancelled
};

const Cast kCast{.items = 3, .processors = {"checksum", "facial-recognition"}};

std::vector<Step> AtRandom(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<Step> steps;
    for (int i = 0; i < kStepsOfARound; ++i) {
        steps.push_back(
            {.act = kActs.at(random() % kActs.size()),
             .owner = static_cast<int>(random() % 2),
             .item = static_cast<int>(random() % 3)}
        );
    }
    return steps;
}

/// Of steps that show a fault those that are needed for it; what was wrong after them.
std::string Shrunk(Play& play, std::vector<Step>& steps, std::string wrong) {
    std::size_t before = 0;
    do {
        before = steps.size();
        for (auto i = steps.size(); i > 0; --i) {
            auto fewer = steps;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i) - 1);
            if (auto still = play.Run(kCast, fewer)) {
                steps = std::move(fewer);
                wrong = std::move(*still);
            }
        }
    } while (steps.size() < before);
    return wrong;
}

class Sequences : public Faults {};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Sequences, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Sequences, GoAsTheModelSays) {
    const auto many = Given("NOTIFY_FAULTS_STEPS", 1000);
    const auto seed = Given("NOTIFY_FAULTS_SEED", std::random_device()());
    std::cout << many << " steps, seed " << seed << "\n";
    auto play = MakePlay();
    for (std::uint64_t round = 0; round * kStepsOfARound < many; ++round) {
        auto steps = AtRandom(seed + round);
        if (auto wrong = play.Run(kCast, steps)) {
            FAIL() << "seed " << seed + round << ": " << Shrunk(play, steps, *wrong);
        }
    }
}

class FaultySequences : public Sequences {};

INSTANTIATE_TEST_SUITE_P(OneDatabase, FaultySequences, ::testing::ValuesIn(DatabasesInFiles()), DatabaseName);

TEST_P(FaultySequences, AreShrunkToTheStepsThatShowTheFault) {
    auto play = MakePlay(Mutant::kNoFence);
    std::optional<std::string> wrong;
    std::vector<Step> steps;
    for (std::uint64_t seed = 1; !wrong; ++seed) {
        ASSERT_LT(seed, 100U);
        steps = AtRandom(seed);
        wrong = play.Run(kCast, steps);
    }
    const auto shown = Shrunk(play, steps, *wrong);
    std::cout << shown << "\n";
    EXPECT_LE(steps.size(), 7U) << "claims, a lease that ends, a reap, a claim by the other, and an outcome";
    EXPECT_GE(steps.size(), 4U);
}

}  // namespace

}  // namespace notify::testing
