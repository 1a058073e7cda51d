#include <cstdint>
#include <map>
#include <string>

#include <fmt/format.h>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Processes : public Conformance {
protected:
    std::vector<Process> OfItem(const ItemId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.OfItem(id); });
    }

    std::optional<ErrorCode> Add(const Process& process) {
        return Refused([&](Transaction& transaction) { return transaction.processes.Add(process); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Processes, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Processes, KeepEverything) {
    auto process = MakeProcess(AddItem(AddBucket(), "a"));
    process.config = R"({"fps":5})";
    process.run = 2;
    process.status = Status::kProcessing;
    process.priority = -3;
    process.attempt = 2;
    process.max_attempts = 9;
    process.crashes = 1;
    process.rescues = 4;
    process.releases = 6;
    process.pauses = 6;
    process.alone = true;
    process.next_attempt_at = Now() + 7s;
    process.lease_owner = NodeId("nod_a");
    process.lease_until = Now() + 30s;
    process.fence = 12;
    process.progress = 0.25;
    process.cancel_requested = true;
    process.failure = Failure{
        .code = "unavailable",
        .stage = "read",
        .reason = "timeout",
        .message = "it took too long",
        .will_retry = true
    };
    process.started_at = Now() + 1s;
    ASSERT_EQ(Add(process), std::nullopt);
    const auto stored = Stored(process.id);
    EXPECT_EQ(stored.item_id, process.item_id);
    EXPECT_EQ(stored.bucket_id, process.bucket_id);
    EXPECT_EQ(stored.processor, "checksum");
    EXPECT_EQ(stored.config, process.config);
    EXPECT_EQ(stored.config_hash, process.config_hash);
    EXPECT_EQ(stored.run, 2);
    EXPECT_EQ(stored.status, Status::kProcessing);
    EXPECT_EQ(stored.since, process.since);
    EXPECT_EQ(stored.priority, -3);
    EXPECT_EQ(stored.attempt, 2);
    EXPECT_EQ(stored.max_attempts, 9);
    EXPECT_EQ(stored.crashes, 1);
    EXPECT_EQ(stored.rescues, 4);
    EXPECT_EQ(stored.releases, 6);
    EXPECT_EQ(stored.pauses, 6);
    EXPECT_TRUE(stored.alone);
    EXPECT_EQ(stored.next_attempt_at, Now() + 7s);
    EXPECT_EQ(stored.lease_owner, NodeId("nod_a"));
    EXPECT_EQ(stored.lease_until, Now() + 30s);
    EXPECT_EQ(stored.fence, 12);
    EXPECT_EQ(stored.progress, 0.25);
    EXPECT_TRUE(stored.cancel_requested);
    ASSERT_TRUE(stored.failure);
    EXPECT_EQ(stored.failure->code, "unavailable");
    EXPECT_EQ(stored.failure->stage, "read");
    EXPECT_EQ(stored.failure->reason, "timeout");
    EXPECT_EQ(stored.failure->message, "it took too long");
    EXPECT_TRUE(stored.failure->will_retry);
    EXPECT_TRUE(stored.result_id.IsEmpty());
    EXPECT_EQ(stored.created_at, process.created_at);
    EXPECT_EQ(stored.started_at, Now() + 1s);
    EXPECT_FALSE(stored.finished_at);
}

TEST_P(Processes, AreAddedOnceForEachRun) {
    const auto item = AddItem(AddBucket(), "a");
    auto process = AddProcess(item);
    process.id = ProcessId("prc_again");
    EXPECT_EQ(Add(process), ErrorCode::kConflict);
    process.run = 2;
    EXPECT_EQ(Add(process), std::nullopt);
    const auto all = OfItem(item.id);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].run, 1);
    EXPECT_EQ(all[1].run, 2);
}

TEST_P(Processes, BelongToAnItem) {
    const auto item = MakeItem(AddBucket(), "never added");
    EXPECT_EQ(Add(MakeProcess(item)), ErrorCode::kNotFound);
}

TEST_P(Processes, AreNeverStoredInAStateThatCannotBe) {
    const auto item = AddItem(AddBucket(), "a");
    auto unfinished = MakeProcess(item, "a");
    unfinished.status = Status::kFailed;
    EXPECT_EQ(Add(unfinished), ErrorCode::kInternal) << "Failed without finished_at";
    auto finished = MakeProcess(item, "b");
    finished.finished_at = Now();
    EXPECT_EQ(Add(finished), ErrorCode::kInternal) << "Pending with finished_at";
    auto owned = MakeProcess(item, "c");
    owned.lease_owner = NodeId("nod_a");
    EXPECT_EQ(Add(owned), ErrorCode::kInternal) << "Pending with an owner";
    auto unowned = MakeProcess(item, "d");
    unowned.status = Status::kProcessing;
    EXPECT_EQ(Add(unowned), ErrorCode::kInternal) << "Processing without an owner";
    EXPECT_TRUE(OfItem(item.id).empty());
}

TEST_P(Processes, SayThatOneIsMissing) {
    const auto found = storage_->Read([](const Snapshot& snapshot) {
        return snapshot.processes.Get(ProcessId("prc_none"));
    });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
}

TEST_P(Processes, AreWrittenByWhoHoldsThem) {
    AddProcess(AddItem(AddBucket(), "a"));
    auto held = Claim(1).at(0).processes.at(0);
    held.status = Status::kPending;
    held.since = Now() + 1s;
    held.priority = 8;
    held.attempt = 1;
    held.max_attempts = 3;
    held.crashes = 2;
    held.rescues = 3;
    held.pauses = 2;
    held.alone = true;
    held.next_attempt_at = Now() + 5s;
    held.lease_owner = NodeId();
    held.lease_until.reset();
    held.progress = 0.5;
    held.failure = Failure{.code = "internal", .stage = "decode", .message = "odd bytes", .will_retry = true};
    EXPECT_TRUE(Write([&](Transaction& transaction) { return transaction.processes.UpdateHeld(held); }));
    const auto stored = Stored(held.id);
    EXPECT_EQ(stored.status, Status::kPending);
    EXPECT_EQ(stored.since, held.since);
    EXPECT_EQ(stored.priority, 8);
    EXPECT_EQ(stored.attempt, 1);
    EXPECT_EQ(stored.max_attempts, 3);
    EXPECT_EQ(stored.crashes, 2);
    EXPECT_EQ(stored.rescues, 3);
    EXPECT_EQ(stored.pauses, 2);
    EXPECT_TRUE(stored.alone);
    EXPECT_EQ(stored.next_attempt_at, held.next_attempt_at);
    EXPECT_TRUE(stored.lease_owner.IsEmpty());
    EXPECT_FALSE(stored.lease_until);
    EXPECT_EQ(stored.progress, 0.5);
    ASSERT_TRUE(stored.failure);
    EXPECT_EQ(stored.failure->message, "odd bytes");
    EXPECT_EQ(stored.fence, held.fence);
}

TEST_P(Processes, EndOnce) {
    const auto item = AddItem(AddBucket(), "a");
    AddProcess(item);
    const auto held = Claim(1).at(0).processes.at(0);
    EXPECT_TRUE(Finish(held, Status::kCompleted));
    EXPECT_FALSE(Finish(held, Status::kFailed));
    EXPECT_EQ(Stored(held.id).status, Status::kCompleted);
    EXPECT_FALSE(Stored(held.id).result_id.IsEmpty());
}

// A claims, its lease ends, it is reaped, B claims, A comes back: nothing of A is written.
TEST_P(Processes, RefuseAnOwnerWhoseLeaseWasLost) {
    AddProcess(AddItem(AddBucket(), "a"));
    const auto of_a = Claim(1, NodeId("nod_a")).at(0).processes.at(0);
    clock_.Advance(31s);
    auto expired = Read([&](const Snapshot& snapshot) { return snapshot.processes.Expired(Now()); });
    ASSERT_EQ(expired.size(), 1U);
    ++expired[0].rescues;
    EXPECT_TRUE(Finish(expired[0], Status::kPending));
    const auto of_b = Claim(1, NodeId("nod_b")).at(0).processes.at(0);
    EXPECT_EQ(of_b.id, of_a.id);
    EXPECT_GT(of_b.fence, of_a.fence);
    EXPECT_FALSE(Finish(of_a, Status::kFailed));
    const auto stored = Stored(of_a.id);
    EXPECT_EQ(stored.status, Status::kProcessing);
    EXPECT_EQ(stored.lease_owner, NodeId("nod_b"));
    EXPECT_EQ(stored.rescues, 1);
    EXPECT_TRUE(Finish(of_b, Status::kCompleted));
}

TEST_P(Processes, ThatNobodyHoldsAreWrittenByAnyone) {
    auto process = AddProcess(AddItem(AddBucket(), "a"));
    process.status = Status::kCancelled;
    process.finished_at = Now();
    const auto update = [&] {
        return Refused([&](Transaction& transaction) {
            return transaction.processes.UpdatePending(process);
        });
    };
    EXPECT_EQ(update(), std::nullopt);
    EXPECT_EQ(Stored(process.id).status, Status::kCancelled);
    EXPECT_EQ(update(), ErrorCode::kConflict) << "a terminal status never changes";
}

TEST_P(Processes, AreCountedByProcessorAndStatus) {
    const auto counts = [&] {
        std::map<std::string, std::int64_t> counted;
        for (const auto& each : Read([](const Snapshot& snapshot) { return snapshot.processes.Count(); })) {
            if (each.count > 0) {
                counted[fmt::format("{} {}", each.processor, ToString(each.status))] = each.count;
            }
            EXPECT_EQ(each.ended, IsTerminal(each.status) ? each.count : 0) << "nothing was removed";
        }
        return counted;
    };
    EXPECT_TRUE(counts().empty());
    const auto bucket = AddBucket();
    AddProcess(AddItem(bucket, "a"));
    AddProcess(AddItem(bucket, "b"));
    auto other = MakeProcess(AddItem(bucket, "c"));
    other.processor = "facial-recognition";
    ASSERT_EQ(Add(other), std::nullopt);
    EXPECT_EQ(
        counts(),
        (std::map<std::string, std::int64_t>{{"checksum Pending", 2}, {"facial-recognition Pending", 1}})
    );
    EXPECT_NE(Add(other), std::nullopt) << "what is refused is not counted";
    const auto held = Claim(1).at(0).processes.at(0);
    EXPECT_TRUE(Finish(held, Status::kPending));
    const auto again = Claim(1).at(0).processes.at(0);
    EXPECT_TRUE(Finish(again, Status::kCompleted));
    EXPECT_EQ(
        counts(),
        (std::map<std::string, std::int64_t>{
            {"checksum Completed", 1}, {"checksum Pending", 1}, {"facial-recognition Pending", 1}
        })
    );
}

TEST_P(Processes, AreNotCompletedWithoutBeingProcessed) {
    auto process = AddProcess(AddItem(AddBucket(), "a"));
    process.status = Status::kCompleted;
    process.finished_at = Now();
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.processes.UpdatePending(process); }),
        ErrorCode::kInternal
    );
    EXPECT_EQ(Stored(process.id).status, Status::kPending);
}

TEST_P(Processes, ThatAreHeldAreNotWrittenByOthers) {
    auto process = AddProcess(AddItem(AddBucket(), "a"));
    Claim(1);
    process.status = Status::kCancelled;
    process.finished_at = Now();
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.processes.UpdatePending(process); }),
        ErrorCode::kConflict
    );
}

TEST_P(Processes, HaveTheirLeasesExtendedByAHeartbeat) {
    const auto item = AddItem(AddBucket(), "a");
    AddProcess(item, "mine");
    const auto mine = Claim(1, NodeId("nod_a")).at(0).processes.at(0);
    AddProcess(item, "theirs");
    const auto theirs = Claim(1, NodeId("nod_b")).at(0).processes.at(0);
    AddProcess(item, "forgotten");
    const auto forgotten = Claim(1, NodeId("nod_a")).at(0).processes.at(0);
    AddProcess(item, "claimed anew");
    const auto anew = Claim(1, NodeId("nod_a")).at(0).processes.at(0);
    clock_.Advance(10s);
    const std::vector<Hold> held{
        {.process_id = mine.id, .fence = mine.fence},
        {.process_id = theirs.id, .fence = theirs.fence},
        {.process_id = anew.id, .fence = anew.fence - 1},
    };
    const auto cancelled = Write([&](Transaction& transaction) {
        return transaction.processes.Heartbeat(NodeId("nod_a"), held, Now() + 30s);
    });
    EXPECT_TRUE(cancelled.empty());
    EXPECT_EQ(Stored(mine.id).lease_until, Now() + 30s);
    EXPECT_EQ(Stored(theirs.id).lease_until, Now() + 20s);
    EXPECT_EQ(Stored(forgotten.id).lease_until, Now() + 20s) << "nobody works on it";
    EXPECT_EQ(Stored(anew.id).lease_until, Now() + 20s) << "an earlier claim holds nothing";
}

TEST_P(Processes, AreCancelledThroughTheirHolder) {
    const auto item = AddItem(AddBucket(), "a");
    const auto process = AddProcess(item);
    const auto request = [&] {
        return Write([&](Transaction& transaction) {
            return transaction.processes.RequestCancel(process.id);
        });
    };
    EXPECT_FALSE(request()) << "nobody holds it yet";
    const auto held = Claim(1, NodeId("nod_a")).at(0).processes.at(0);
    EXPECT_FALSE(held.cancel_requested);
    EXPECT_TRUE(request());
    const auto holds = Write([&](Transaction& transaction) {
        return transaction.processes.Heartbeat(NodeId("nod_a"), {}, Now() + 30s);
    });
    ASSERT_EQ(holds.size(), 1U);
    EXPECT_EQ(holds[0].process_id, process.id);
    EXPECT_EQ(holds[0].fence, held.fence);
}

TEST_P(Processes, StayCancelledWhenTheirHolderDidNotKnow) {
    const auto process = AddProcess(AddItem(AddBucket(), "a"));
    const auto held = Claim(1).at(0).processes.at(0);
    Write([&](Transaction& transaction) { return transaction.processes.RequestCancel(process.id); });
    EXPECT_TRUE(Finish(held, Status::kPending)) << "released with what was true at the claim";
    EXPECT_TRUE(Claim(1).at(0).processes.at(0).cancel_requested);
}

TEST_P(Processes, ShowProgressWhileHeld) {
    AddProcess(AddItem(AddBucket(), "a"));
    const auto held = Claim(1).at(0).processes.at(0);
    const auto set = [&](std::int64_t fence, double progress) {
        Write([&](Transaction& transaction) {
            return transaction.processes.SetProgress({.process_id = held.id, .fence = fence}, progress);
        });
        return Stored(held.id).progress;
    };
    EXPECT_EQ(set(held.fence, 0.5), 0.5);
    EXPECT_EQ(set(held.fence - 1, 0.9), 0.5) << "an older claim";
    EXPECT_TRUE(Finish(held, Status::kFailed));
    EXPECT_NE(set(held.fence, 0.7), 0.7) << "no longer held";
}

TEST_P(Processes, AreExpiredOnlyAfterTheirLease) {
    AddProcess(AddItem(AddBucket(), "a"));
    Claim(1);
    const auto expired = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.Expired(Now()); }).size();
    };
    clock_.Advance(30s);
    EXPECT_EQ(expired(), 0U);
    clock_.Advance(1ms);
    EXPECT_EQ(expired(), 1U);
}

TEST_P(Processes, ThatAreProcessingAreAllFoundAtStart) {
    const auto bucket = AddBucket();
    for (const auto* key : {"a", "b", "c"}) {
        AddProcess(AddItem(bucket, key));
    }
    Claim(2);
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.processes.AllProcessing(); }).size(), 2U);
}

TEST_P(Processes, KnowWhichRenditionWasReadForThem) {
    const auto item = AddItem(AddBucket(), "a");
    const auto process = AddProcess(item);
    AddProcess(AddItem(AddBucket("other"), "b"));
    const auto set = [&](const ProcessId& id, const LookedAt& looked_at) {
        return storage_->Write([&](Transaction& transaction) {
            return transaction.processes.SetLookedAt(id, looked_at);
        });
    };
    const auto known = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.LookedAtOf(item.id); });
    };
    EXPECT_TRUE(known().empty());
    EXPECT_TRUE(set(process.id, {.rendition = "proxy", .id = "p", .lines = 720, .warning = ""}).has_value());
    const LookedAt original{.rendition = "original", .id = "f", .lines = 0, .warning = "no proxy"};
    EXPECT_TRUE(set(process.id, original).has_value());
    EXPECT_EQ(known(), (std::map<ProcessId, LookedAt>{{process.id, original}}));
    EXPECT_EQ(set(ProcessId("prc_none"), original).error().code, ErrorCode::kNotFound);
}

TEST_P(Processes, ThatWaitAreKnownOfTheirBucket) {
    const auto bucket = AddBucket();
    const auto other = AddBucket("other");
    const auto waits = [&](const Bucket& of) {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.WaitsIn(of.id); });
    };
    EXPECT_FALSE(waits(bucket));
    AddProcess(AddItem(bucket, "a"));
    EXPECT_TRUE(waits(bucket));
    EXPECT_FALSE(waits(other));
    Claim(1);
    EXPECT_FALSE(waits(bucket)) << "it runs";
}

TEST_P(Processes, KnowWhenTheNextBecomesReady) {
    const auto item = AddItem(AddBucket(), "a");
    const auto next = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.NextReadyAt(Now()); });
    };
    EXPECT_EQ(next(), std::nullopt);
    AddProcess(item, "ready already");
    EXPECT_EQ(next(), std::nullopt);
    for (const auto delay : {9s, 4s}) {
        auto later = MakeProcess(item, "later " + std::to_string(delay.count()));
        later.next_attempt_at = Now() + delay;
        ASSERT_EQ(Add(later), std::nullopt);
    }
    EXPECT_EQ(next(), Now() + 4s);
}

TEST_P(Processes, WaitToBeResolvedInOrder) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = AddProcess(item, "first");
    const auto second = AddProcess(item, "second");
    const auto add = [&](const Process& process, Timestamp at) {
        Write([&](Transaction& transaction) {
            return transaction.processes.AddResolve(item.id, process.id, at);
        });
    };
    const auto pending = [&](int limit) {
        const auto rows = Read([&](const Snapshot& snapshot) {
            return snapshot.processes.PendingResolves(Now() + 2s, limit);
        });
        std::vector<ProcessId> ids;
        for (const auto& row : rows) {
            ids.push_back(row.process_id);
        }
        return ids;
    };
    const auto resolving = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.IsResolving(item.id); });
    };
    EXPECT_FALSE(resolving());
    add(second, Now() + 1s);
    add(first, Now());
    add(first, Now() + 9s);
    EXPECT_TRUE(resolving());
    EXPECT_EQ(pending(9), (std::vector{first.id, second.id}));
    EXPECT_EQ(pending(1), std::vector{first.id});
    Write([&](Transaction& transaction) { return transaction.processes.RemoveResolve(first.id); });
    EXPECT_EQ(pending(9), std::vector{second.id});
    Write([&](Transaction& transaction) { return transaction.processes.RemoveResolve(second.id); });
    EXPECT_FALSE(resolving());
}

TEST_P(Processes, ThatCouldNotBeResolvedStepBackAndCountIt) {
    const auto item = AddItem(AddBucket(), "a");
    const auto process = AddProcess(item);
    Write([&](Transaction& transaction) {
        return transaction.processes.AddResolve(item.id, process.id, Now());
    });
    Write([&](Transaction& transaction) {
        return transaction.processes.DelayResolve(process.id, Now() + 5s);
    });
    const auto due = [&](Timestamp at) {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.PendingResolves(at, 9); });
    };
    EXPECT_TRUE(due(Now() + 4s).empty());
    ASSERT_EQ(due(Now() + 5s).size(), 1U);
    EXPECT_EQ(due(Now() + 5s)[0].process_id, process.id);
    EXPECT_EQ(due(Now() + 5s)[0].attempt, 1);
}

}  // namespace

}  // namespace notify::testing
