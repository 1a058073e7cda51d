// Checkpoints of processes, and claims of what may be short.

#include <chrono>
#include <optional>
#include <string>

#include "conformance/fixture.hpp"
#include "domain/checkpoint.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kContent = "ab12";

class LongWorks : public Conformance {
protected:
    static Hold HoldOf(const Process& process) { return {.process_id = process.id, .fence = process.fence}; }

    Process Claimed(const std::string& key = "a") {
        AddProcess(AddItem(bucket_ ? *bucket_ : bucket_.emplace(AddBucket()), key));
        return Claim(1).at(0).processes.at(0);
    }

    bool Keep(const Process& process, const CheckpointStep& step) {
        return Write([&](Transaction& transaction) {
            return transaction.processes.KeepCheckpoint(HoldOf(process), step, kContent);
        });
    }

    std::optional<Checkpoint> Kept(const Process& process, std::string_view content = kContent) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.processes.CheckpointOf(process.id, content);
        });
    }

    void NoteLong(const Process& process, const LongWork& work) {
        Write([&](Transaction& transaction) {
            return transaction.processes.NoteLongWork(HoldOf(process), work);
        });
    }

    bool ShortWaits(Timestamp ready_at) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.processes.ShortWaits(NodeId("nod_a"), ready_at, Now());
        });
    }

    std::vector<ClaimedItem> ClaimShort(int most = 5) {
        return Write([&](Transaction& transaction) {
            return transaction.processes.ClaimShort(NodeId("nod_a"), most, Now(), 30s);
        });
    }

    std::optional<Bucket> bucket_;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, LongWorks, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(LongWorks, KeepTheNewestOpenStateAndAllThatEnded) {
    const auto process = Claimed();
    EXPECT_FALSE(Kept(process));
    EXPECT_TRUE(Keep(process, {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {}}));
    const std::string bytes("\0\xFF\n", 3);
    EXPECT_TRUE(Keep(process, {.position_ms = 20, .open = "two", .ended_before = 0, .ended = {bytes}}));
    EXPECT_TRUE(Keep(process, {.position_ms = 30, .open = bytes, .ended_before = 1, .ended = {"b", "c"}}));
    Reopen();
    const auto kept = Kept(process);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->position_ms, 30);
    EXPECT_EQ(kept->open, bytes);
    EXPECT_EQ(kept->ended, (std::vector<std::string>{bytes, "b", "c"}));
}

TEST_P(LongWorks, BeginAnewWhereAStepSaysSoAndRefuseOneThatMissesParts) {
    const auto process = Claimed();
    Keep(process, {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a", "b"}});
    const auto refused = Refused([&](Transaction& transaction) {
        return transaction.processes
            .KeepCheckpoint(HoldOf(process), {.position_ms = 20, .open = "two", .ended_before = 3}, kContent)
            .map([](bool) {});
    });
    EXPECT_EQ(refused, ErrorCode::kConflict);
    EXPECT_EQ(Kept(process)->open, "one");
    Keep(process, {.position_ms = 5, .open = "again", .ended_before = 0, .ended = {"c"}});
    EXPECT_EQ(Kept(process)->ended, std::vector<std::string>{"c"});
}

TEST_P(LongWorks, RefuseTheCheckpointOfOneWhoLostTheProcess) {
    const auto late = Claimed();
    ASSERT_TRUE(Keep(late, {.position_ms = 10, .open = "old"}));
    ASSERT_TRUE(Finish(late, Status::kPending));
    EXPECT_FALSE(Keep(late, {.position_ms = 20, .open = "late"})) << "nobody has it";
    const auto now = Claim(1).at(0).processes.at(0);
    ASSERT_EQ(now.id, late.id);
    EXPECT_FALSE(Keep(late, {.position_ms = 20, .open = "late"})) << "somebody else has it";
    EXPECT_EQ(Kept(now)->open, "old");
    EXPECT_TRUE(Keep(now, {.position_ms = 20, .open = "new"}));
}

TEST_P(LongWorks, GiveACheckpointToTheSameBytesOnly) {
    const auto process = Claimed();
    Keep(process, {.position_ms = 10, .open = "one"});
    EXPECT_TRUE(Kept(process));
    EXPECT_FALSE(Kept(process, "cd34"));
}

TEST_P(LongWorks, GiveNoCheckpointThatTheChildDiedOnTwice) {
    auto process = Claimed();
    Keep(process, {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a"}});
    for (const int crashes : {1, 2}) {
        EXPECT_TRUE(Kept(process)) << crashes - 1;
        process.crashes = crashes;
        ASSERT_TRUE(Finish(process, Status::kPending));
        process = Claim(1).at(0).processes.at(0);
    }
    EXPECT_FALSE(Kept(process));
    Keep(process, {.position_ms = 5, .open = "two"});
    EXPECT_TRUE(Kept(process)) << "one that was made since";
}

TEST_P(LongWorks, ForgetTheCheckpointWhenTheProcessEndsInWhateverWay) {
    for (const auto status :
         {Status::kCompleted, Status::kFailed, Status::kCancelled, Status::kSkipped, Status::kPending}) {
        auto process = Claimed(std::string(ToString(status)));
        Keep(process, {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a"}});
        ASSERT_TRUE(Finish(process, status));
        EXPECT_EQ(Kept(process).has_value(), status == Status::kPending) << ToString(status);
    }
    auto waits = Claim(1).at(0).processes.at(0);
    ASSERT_TRUE(Finish(waits, Status::kPending));
    waits = Stored(waits.id);
    waits.status = Status::kCancelled;
    waits.finished_at = Now();
    Write([&](Transaction& transaction) { return transaction.processes.UpdatePending(waits); });
    EXPECT_FALSE(Kept(waits)) << "it was cancelled while it waited";
}

TEST_P(LongWorks, RememberHowTheyWent) {
    const auto process = Claimed();
    NoteLong(process, {.media_ms = 600'000, .resumed_at_ms = 0, .gave_way = 0});
    NoteLong(process, {.media_ms = 600'000, .resumed_at_ms = 0, .gave_way = 1});
    NoteLong(process, {.media_ms = 600'000, .resumed_at_ms = 300'000, .gave_way = 1});
    ASSERT_TRUE(Finish(process, Status::kFailed));
    const auto noted =
        Read([&](const Snapshot& snapshot) { return snapshot.processes.LongWorkOf(process.item_id); });
    ASSERT_EQ(noted.size(), 1U);
    EXPECT_EQ(noted.at(process.id).media_ms, 600'000);
    EXPECT_EQ(noted.at(process.id).resumed_at_ms, 300'000);
    EXPECT_EQ(noted.at(process.id).gave_way, 2);
}

TEST_P(LongWorks, AreLeftAsideByAClaimOfWhatMayBeShort) {
    const auto known = Claimed("long");
    NoteLong(known, {.media_ms = kLongMediaMs});
    ASSERT_TRUE(Finish(known, Status::kPending));
    EXPECT_TRUE(ClaimShort().empty());
    EXPECT_FALSE(ShortWaits(Now()));
    clock_.Advance(1s);
    const auto unknown = AddProcess(AddItem(*bucket_, "unknown"));
    EXPECT_TRUE(ShortWaits(Now()));
    EXPECT_FALSE(ShortWaits(Now() - 500ms)) << "it has not waited so long";
    const auto claims = ClaimShort();
    ASSERT_EQ(claims.size(), 1U);
    EXPECT_EQ(claims[0].processes[0].id, unknown.id);
    EXPECT_FALSE(ShortWaits(Now()));
    EXPECT_EQ(Claim(5).size(), 1U) << "any claim takes the long one";
}

TEST_P(LongWorks, DoNotWaitInABucketThatIsHeldBack) {
    AddProcess(AddItem(bucket_.emplace(AddBucket()), "a"));
    EXPECT_TRUE(ShortWaits(Now()));
    Write([&](Transaction& transaction) {
        auto bucket = *bucket_;
        bucket.active = false;
        return transaction.buckets.Update(bucket);
    });
    EXPECT_FALSE(ShortWaits(Now()));
    EXPECT_TRUE(ClaimShort().empty());
}

}  // namespace

}  // namespace notify::testing
