// ProcessRepository::Claim: what is taken, by whom, in which order.

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "conformance/fixture.hpp"
#include "storage/source_repository.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Claims : public Conformance {
protected:
    Bucket AddWeighted(std::string name, int weight, int items) {
        auto bucket = AddBucket(std::move(name));
        bucket.weight = weight;
        Write([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
        for (int i = 0; i < items; ++i) {
            AddProcess(AddItem(bucket, "item " + std::to_string(i)));
        }
        return bucket;
    }

    /// How many items of each bucket the next claims take, one item each.
    std::map<BucketId, int> ClaimOneByOne(int count) {
        std::map<BucketId, int> served;
        for (int i = 0; i < count; ++i) {
            for (const auto& claimed : Claim(1)) {
                ++served[claimed.item.bucket_id];
            }
        }
        return served;
    }

    std::vector<std::string> ClaimedKeys(int max_items) {
        std::vector<std::string> keys;
        for (const auto& claimed : Claim(max_items)) {
            keys.push_back(claimed.item.key);
        }
        return keys;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Claims, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Claims, GiveALeaseAndAFence) {
    const auto process = AddProcess(AddItem(AddBucket(), "a"));
    clock_.Advance(3s);
    const auto claimed = Claim(5, NodeId("nod_a"));
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].item.key, "a");
    ASSERT_EQ(claimed[0].processes.size(), 1U);
    const auto& held = claimed[0].processes[0];
    EXPECT_EQ(held.id, process.id);
    EXPECT_EQ(held.status, Status::kProcessing);
    EXPECT_EQ(held.since, Now());
    EXPECT_EQ(held.lease_owner, NodeId("nod_a"));
    EXPECT_EQ(held.lease_until, Now() + 30s);
    EXPECT_EQ(held.started_at, Now());
    EXPECT_EQ(held.fence, process.fence + 1);
    EXPECT_EQ(held.attempt, 0) << "a claim burns no attempt";
    EXPECT_EQ(claimed[0].charged, 1s) << "of a bucket of which nothing is known yet";
    EXPECT_EQ(Stored(process.id).fence, held.fence);
    EXPECT_EQ(Stored(claimed[0].item.id).status, Status::kPending) << "the item's row is left to the caller";
}

TEST_P(Claims, TakeNothingTwice) {
    AddProcess(AddItem(AddBucket(), "a"));
    EXPECT_EQ(Claim(5).size(), 1U);
    EXPECT_TRUE(Claim(5).empty());
}

TEST_P(Claims, TakeAnItemWithAllItsReadyProcesses) {
    const auto item = AddItem(AddBucket(), "a");
    AddProcess(item, "one");
    AddProcess(item, "two");
    auto later = MakeProcess(item, "later");
    later.next_attempt_at = Now() + 1s;
    Write([&](Transaction& transaction) { return transaction.processes.Add(later); });
    const auto claimed = Claim(5);
    ASSERT_EQ(claimed.size(), 1U);
    ASSERT_EQ(claimed[0].processes.size(), 2U);
    std::set<std::string> taken{claimed[0].processes[0].processor, claimed[0].processes[1].processor};
    EXPECT_EQ(taken, (std::set<std::string>{"one", "two"}));
    clock_.Advance(1s);
    EXPECT_EQ(Claim(5).at(0).processes.at(0).processor, "later");
}

TEST_P(Claims, TakeAProcessThatRunsAloneByItself) {
    const auto item = AddItem(AddBucket(), "a");
    AddProcess(item, "one");
    AddProcess(item, "two");
    for (const auto* processor : {"lonely", "lonelier"}) {
        auto alone = MakeProcess(item, processor);
        alone.alone = true;
        Write([&](Transaction& transaction) { return transaction.processes.Add(alone); });
    }
    const auto claimed = Claim(9);
    std::multiset<std::size_t> sizes;
    for (const auto& job : claimed) {
        sizes.insert(job.processes.size());
        EXPECT_EQ(job.processes[0].alone, job.processes.size() == 1);
    }
    EXPECT_EQ(sizes, (std::multiset<std::size_t>{1, 1, 2}));
}

TEST_P(Claims, TakeAtMostWhatWasAskedFor) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 5; ++i) {
        AddProcess(AddItem(bucket, std::to_string(i)));
    }
    EXPECT_TRUE(Claim(0).empty());
    EXPECT_EQ(Claim(3).size(), 3U);
    EXPECT_EQ(Claim(9).size(), 2U);
}

TEST_P(Claims, LeaveInactiveBucketsAlone) {
    auto bucket = AddBucket();
    AddProcess(AddItem(bucket, "a"));
    bucket.active = false;
    Write([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
    EXPECT_TRUE(Claim(5).empty());
    bucket.active = true;
    Write([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
    EXPECT_EQ(Claim(5).size(), 1U);
}

TEST_P(Claims, LeaveABucketAloneThatIsHeld) {
    const auto held = AddWeighted("held", 1, 3);
    const auto other = AddWeighted("other", 1, 1);
    Write([&](Transaction& transaction) {
        return transaction.buckets.Hold(
            held.id, {.until = Now() + 60s, .reason = "no_bucket", .sentence = "s"}
        );
    });
    const auto claimed = Claim(10);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].item.bucket_id, other.id);
}

TEST_P(Claims, TryOneItemOfABucketWhoseHoldIsOver) {
    const auto held = AddWeighted("held", 1, 4);
    ASSERT_EQ(Claim(1).size(), 1U) << "one that runs since before the hold";
    clock_.Advance(1s);
    Write([&](Transaction& transaction) {
        return transaction.buckets.Hold(
            held.id, {.until = Now() + 60s, .reason = "no_bucket", .sentence = "s"}
        );
    });
    clock_.Advance(60s);
    auto trial = Claim(10);
    ASSERT_EQ(trial.size(), 1U);
    EXPECT_TRUE(Claim(10).empty()) << "while it is tried";
    ASSERT_TRUE(Finish(trial[0].processes[0], Status::kFailed));
    ASSERT_EQ(Claim(10).size(), 1U);
    Write([&](Transaction& transaction) { return transaction.buckets.Release(held.id, Now()); });
    EXPECT_EQ(Claim(10).size(), 1U) << "all the others";
}

TEST_P(Claims, GoByPriorityThenByAge) {
    const auto bucket = AddBucket();
    const auto add = [&](const std::string& key, int priority) {
        auto process = MakeProcess(AddItem(bucket, key));
        process.priority = priority;
        Write([&](Transaction& transaction) { return transaction.processes.Add(process); });
        clock_.Advance(1ms);
    };
    add("old", 0);
    add("young", 0);
    add("urgent", 5);
    add("idle", -1);
    EXPECT_EQ(ClaimedKeys(2), (std::vector<std::string>{"urgent", "old"}));
    EXPECT_EQ(ClaimedKeys(9), (std::vector<std::string>{"young", "idle"}));
}

TEST_P(Claims, StepOverWhatWaitsForItsRetry) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 50; ++i) {
        auto waiting = MakeProcess(AddItem(bucket, "waiting " + std::to_string(i)));
        waiting.priority = 9;
        waiting.next_attempt_at = Now() + 1h;
        Write([&](Transaction& transaction) { return transaction.processes.Add(waiting); });
    }
    AddProcess(AddItem(bucket, "ready"));
    EXPECT_EQ(ClaimedKeys(5), std::vector<std::string>{"ready"});
}

TEST_P(Claims, ShareABatchBetweenBuckets) {
    const auto busy = AddWeighted("busy", 1, 40);
    const auto quiet = AddWeighted("quiet", 1, 2);
    std::map<BucketId, int> served;
    for (const auto& claimed : Claim(10)) {
        ++served[claimed.item.bucket_id];
    }
    EXPECT_EQ(served[quiet.id], 2);
    EXPECT_EQ(served[busy.id], 8);
}

TEST_P(Claims, ServeBucketsByWeight) {
    const auto heavy = AddWeighted("heavy", 3, 40);
    const auto light = AddWeighted("light", 1, 40);
    auto served = ClaimOneByOne(24);
    EXPECT_EQ(served[heavy.id], 18);
    EXPECT_EQ(served[light.id], 6);
}

TEST_P(Claims, GiveABucketThatWaitedNoCredit) {
    const auto first = AddWeighted("first", 1, 60);
    const auto idle_a = AddWeighted("idle a", 1, 0);
    const auto idle_b = AddWeighted("idle b", 1, 0);
    ClaimOneByOne(30);
    for (int i = 0; i < 20; ++i) {
        AddProcess(AddItem(idle_a, std::to_string(i)));
        AddProcess(AddItem(idle_b, std::to_string(i)));
    }
    auto served = ClaimOneByOne(12);
    EXPECT_EQ(served[first.id], 4);
    EXPECT_EQ(served[idle_a.id], 4);
    EXPECT_EQ(served[idle_b.id], 4);
}

TEST_P(Claims, RememberWhoseTurnItIsAfterARestart) {
    const auto first = AddWeighted("first", 1, 10);
    const auto second = AddWeighted("second", 1, 10);
    auto served = ClaimOneByOne(3);
    Reopen();
    for (const auto& [bucket, count] : ClaimOneByOne(3)) {
        served[bucket] += count;
    }
    EXPECT_EQ(served[first.id], 3);
    EXPECT_EQ(served[second.id], 3);
}

TEST_P(Claims, NeverGiveOneProcessToTwo) {
    constexpr int kItems = 120;
    AddWeighted("a", 1, kItems / 2);
    AddWeighted("b", 2, kItems / 2);
    std::mutex mutex;
    std::multiset<std::string> taken;
    std::vector<std::jthread> claimers;
    for (int i = 0; i < 4; ++i) {
        claimers.emplace_back([&, node = NodeId("nod_" + std::to_string(i))] {
            while (true) {
                const auto claimed = Claim(7, node);
                if (claimed.empty()) {
                    return;
                }
                const std::scoped_lock lock(mutex);
                for (const auto& job : claimed) {
                    EXPECT_EQ(job.processes.at(0).lease_owner, node);
                    taken.insert(job.processes.at(0).id.Value());
                }
            }
        });
    }
    claimers.clear();
    EXPECT_EQ(taken.size(), static_cast<std::size_t>(kItems));
    EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), static_cast<std::size_t>(kItems));
}

TEST_P(Claims, AreFairByTheTimeThatItemsTake) {
    const auto slow = AddWeighted("slow", 1, 100);
    const auto quick = AddWeighted("quick", 1, 100);
    std::map<BucketId, int> served;
    for (int i = 0; i < 60; ++i) {
        for (const auto& claimed : Claim(1)) {
            const auto& bucket = claimed.item.bucket_id;
            const std::chrono::microseconds took = bucket == slow.id ? 9s : 1s;
            ++served[bucket];
            Write([&](Transaction& transaction) {
                return transaction.processes.Charge(
                    NodeId("nod_a"),
                    {{.bucket_id = bucket, .beyond = took - claimed.charged, .items = 1, .took = took}},
                    Now()
                );
            });
        }
    }
    EXPECT_EQ(served[slow.id] + served[quick.id], 60);
    EXPECT_GE(served[quick.id], 51) << "nine for each slow one, but for the first";
    EXPECT_GE(served[slow.id], 5);
}

TEST_P(Claims, ChargeNothingToABucketThatIsGone) {
    const auto bucket = AddWeighted("there", 1, 3);
    Write([&](Transaction& transaction) {
        return transaction.processes.Charge(
            NodeId("nod_a"), {{.bucket_id = BucketId("bkt_gone"), .beyond = 9s}}, Now()
        );
    });
    EXPECT_EQ(Claim(9).size(), 3U);
}

TEST_P(Claims, TakeNoMoreOfABucketThanMayBeProcessing) {
    auto bucket = AddWeighted("narrow", 1, 5);
    bucket.max_in_flight = 2;
    Write([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
    AddWeighted("wide", 1, 5);
    const auto first = Claim(9, NodeId("nod_a"));
    EXPECT_EQ(first.size(), 7U);
    EXPECT_TRUE(Claim(9, NodeId("nod_b")).empty()) << "whoever asks";
    const auto mine =
        std::ranges::find(first, bucket.id, [](const auto& claim) { return claim.item.bucket_id; });
    Write([&](Transaction& transaction) {
        auto process = mine->processes[0];
        process.status = Status::kCancelled;
        process.lease_owner = NodeId();
        process.lease_until.reset();
        process.finished_at = Now();
        return transaction.processes.UpdateHeld(process).map([](bool) {});
    });
    EXPECT_EQ(Claim(9).size(), 1U) << "one ended, one may begin";
}

TEST_P(Claims, TakeNoMoreOfASourceThanMayBeProcessing) {
    const auto one = AddWeighted("one", 1, 5);
    const auto other = AddWeighted("other", 1, 5);
    const auto elsewhere = MakeBucket(AddSource("another disk"), "elsewhere");
    Write([&](Transaction& transaction) { return transaction.buckets.Add(elsewhere); });
    for (int i = 0; i < 2; ++i) {
        AddProcess(AddItem(elsewhere, std::to_string(i)));
    }
    Write([&](Transaction& transaction) {
        return transaction.sources.Get(one.source_id).and_then([&](Source source) {
            source.max_in_flight = 3;
            return transaction.sources.Update(source);
        });
    });
    std::map<BucketId, int> served;
    for (const auto& claimed : Claim(20)) {
        ++served[claimed.item.bucket_id];
    }
    EXPECT_EQ(served[one.id] + served[other.id], 3);
    EXPECT_GE(served[one.id], 1);
    EXPECT_GE(served[other.id], 1);
    EXPECT_EQ(served[elsewhere.id], 2) << "others are not held back by it";
    EXPECT_TRUE(Claim(20).empty());
}

}  // namespace

}  // namespace notify::testing
