#include "queue/turn_ledger.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class TurnLedgerTest : public ::testing::Test {
protected:
    static ClaimedItem Claim(std::string process, std::int64_t fence, std::chrono::microseconds charged) {
        ClaimedItem claim;
        claim.item.bucket_id = BucketId("bkt_a");
        claim.charged = charged;
        claim.processes.resize(1);
        claim.processes[0].id = ProcessId(std::move(process));
        claim.processes[0].fence = fence;
        return claim;
    }

    /// What is due of the only bucket there is.
    WorkDone Due(TurnLedger::Time now) {
        const auto due = ledger_.Take(now);
        EXPECT_EQ(due.size(), 1U);
        return due.empty() ? WorkDone{} : due[0];
    }

    const TurnLedger::Time start_{};
    TurnLedger ledger_;
};

TEST_F(TurnLedgerTest, OwesTheDifferenceOfWhatEndedToWhatWasCharged) {
    const auto longer = Claim("prc_a", 1, 1s);
    const auto shorter = Claim("prc_b", 4, 10s);
    for (const auto& claim : {longer, shorter}) {
        ledger_.Claimed(claim);
        ledger_.Begun(NameOf(claim), start_);
        ledger_.Ended(NameOf(claim), start_ + 3s);
    }
    const auto due = Due(start_ + 3s);
    EXPECT_EQ(due.bucket_id, BucketId("bkt_a"));
    EXPECT_EQ(due.beyond, 2s - 7s);
    EXPECT_EQ(due.items, 2);
    EXPECT_EQ(due.took, 6s);
    EXPECT_TRUE(ledger_.Take(start_ + 9s).empty()) << "it is taken once";
}

TEST_F(TurnLedgerTest, OwesWhatRunsBeyondItsChargeAsItRuns) {
    const auto claim = Claim("prc_a", 1, 5s);
    ledger_.Claimed(claim);
    ledger_.Begun(NameOf(claim), start_);
    EXPECT_TRUE(ledger_.Take(start_ + 5s).empty()) << "so much was charged with the claim";
    EXPECT_EQ(Due(start_ + 20s).beyond, 15s);
    const auto later = Due(start_ + 30s);
    EXPECT_EQ(later.beyond, 10s);
    EXPECT_EQ(later.items, 0);
    ledger_.Ended(NameOf(claim), start_ + 31s);
    const auto last = Due(start_ + 31s);
    EXPECT_EQ(last.beyond, 1s);
    EXPECT_EQ(last.items, 1);
    EXPECT_EQ(last.took, 31s) << "the next ones are expected to take as long as all of it";
}

TEST_F(TurnLedgerTest, GivesBackTheChargeOfWhatNobodyBegan) {
    const auto claim = Claim("prc_a", 1, 5s);
    ledger_.Claimed(claim);
    ledger_.Ended(NameOf(claim), start_ + 1s);
    const auto due = Due(start_ + 1s);
    EXPECT_EQ(due.beyond, -5s);
    EXPECT_EQ(due.items, 0) << "nothing was learned of how long items take";
}

TEST_F(TurnLedgerTest, OwesAgainWhatCouldNotBeWritten) {
    const auto claim = Claim("prc_a", 1, 1s);
    ledger_.Claimed(claim);
    ledger_.Begun(NameOf(claim), start_);
    const auto lost = ledger_.Take(start_ + 4s);
    ledger_.PutBack(lost);
    ledger_.Ended(NameOf(claim), start_ + 6s);
    EXPECT_EQ(Due(start_ + 6s).beyond, 5s);
}

TEST_F(TurnLedgerTest, KnowsALaterClaimOfAProcessByItsFence) {
    const auto first = Claim("prc_a", 1, 1s);
    const auto second = Claim("prc_a", 2, 1s);
    ledger_.Claimed(first);
    ledger_.Claimed(second);
    ledger_.Begun(NameOf(second), start_);
    ledger_.Ended(NameOf(first), start_ + 2s);
    EXPECT_EQ(Due(start_).beyond, -1s) << "nobody began the first";
    ledger_.Ended(NameOf(second), start_ + 2s);
    EXPECT_EQ(Due(start_ + 2s).beyond, 1s);
}

}  // namespace

}  // namespace notify::testing
