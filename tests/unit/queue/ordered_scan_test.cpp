#include "queue/ordered_scan.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "queue/retry_policy.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/scan_repository.hpp"
#include "support/wrapped_storage.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::seconds;
using Types = std::vector<std::string>;

/// Counts what is written.
class CountingStorage final : public WrappedStorage {
public:
    explicit CountingStorage(Storage& inner) : WrappedStorage(inner) {}

    int writes = 0;

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        ++writes;
        return inner_.Write(function);
    }
};

class OrderedScanTest : public QueueTest {
protected:
    OrderedScanTest() : bucket_(AddBucket()) {}

    void Put(const std::string& key, const std::string& version = "1") { store_[key] = version; }

    /// Lists the store as a source that lists in order does, cut behind `cut` objects when that is given.
    int Scan(std::optional<int> cut = {}, bool failed = false) {
        OrderedScan scan(counting_, clock_, bucket_);
        EXPECT_TRUE(scan.Begin());
        auto& range = scan.Ranges().front();
        began_behind_ = range.Range().position;
        for (auto at = store_.upper_bound(began_behind_); at != store_.end(); ++at) {
            if (cut && (*cut)-- == 0) {
                EXPECT_TRUE(range.BreakOff());
                EXPECT_TRUE(scan.BreakOff(failed));
                return scan.Added();
            }
            const auto& [key, version] = *at;
            const bool counts = !key.ends_with(".small");
            EXPECT_TRUE(
                counts ? range.Found({.key = key, .version = version, .size_bytes = 7}) : range.Passed(key)
            );
        }
        if (failed) {
            EXPECT_TRUE(range.BreakOff());
            EXPECT_TRUE(scan.BreakOff(true));
        } else {
            EXPECT_TRUE(range.End());
            EXPECT_TRUE(scan.End({}));
        }
        return scan.Added();
    }

    [[nodiscard]] ScanState State() {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.scans.Get(bucket_.id); })
            .value()
            .value();
    }

    [[nodiscard]] std::vector<Item> All() {
        return storage_
            ->Read([&](const Snapshot& snapshot) {
                return snapshot.items.NewestBetween(bucket_.id, {}, 100'000);
            })
            .value();
    }

    [[nodiscard]] Item At(const std::string& key) {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket_.id, key); })
            .value()
            .value();
    }

    Bucket bucket_;
    CountingStorage counting_{*storage_};
    std::map<std::string, std::string> store_;
    std::string began_behind_;
};

TEST_F(OrderedScanTest, TakesInEveryKeyOnce) {
    for (int i = 0; i < 4500; ++i) {
        Put(fmt::format("{:05}", i * 7919 % 100'000));
    }
    EXPECT_EQ(Scan(), 4500);
    EXPECT_EQ(All().size(), 4500U);
    EXPECT_EQ(State().seen, 4500U);
    EXPECT_TRUE(State().finished_at);
    EXPECT_EQ(Scan(), 0);
    EXPECT_EQ(State().number, 2);
    Put("00000x");
    Put("99999x");
    EXPECT_EQ(Scan(), 2);
}

TEST_F(OrderedScanTest, WritesNearlyNothingWhenNothingIsNew) {
    for (int i = 0; i < 5000; ++i) {
        Put(fmt::format("{:05}", i));
    }
    Scan();
    counting_.writes = 0;
    Scan();
    EXPECT_LE(counting_.writes, 2);
}

TEST_F(OrderedScanTest, GoesOnBehindTheLastKeyTakenInWhenItWasCut) {
    for (int i = 0; i < 3000; ++i) {
        Put(fmt::format("{:05}", i));
    }
    EXPECT_EQ(Scan(1700), 1700);
    EXPECT_EQ(State().position, "01699");
    EXPECT_FALSE(State().finished_at);
    EXPECT_EQ(Scan(), 1300);
    EXPECT_EQ(began_behind_, "01699");
    EXPECT_EQ(State().number, 1);
    EXPECT_EQ(State().seen, 3000U);
    EXPECT_EQ(All().size(), 3000U);
    Scan();
    EXPECT_EQ(began_behind_, "");
}

TEST_F(OrderedScanTest, KeepsItsPositionWithWhatItTookInWhenItIsKilled) {
    for (int i = 0; i < 2500; ++i) {
        Put(fmt::format("{:05}", i));
    }
    {
        OrderedScan killed(*storage_, clock_, bucket_);
        ASSERT_TRUE(killed.Begin());
        for (const auto& [key, version] : store_) {
            ASSERT_TRUE(killed.Ranges().front().Found({.key = key, .version = version}));
        }
    }
    EXPECT_EQ(State().position, "01999");
    EXPECT_EQ(All().size(), 2000U);
    EXPECT_EQ(Scan(), 500);
}

TEST_F(OrderedScanTest, NotesItsPositionEveryFewSecondsWhileNothingIsNew) {
    for (int i = 0; i < 3000; ++i) {
        Put(fmt::format("{:05}", i));
    }
    Scan();
    OrderedScan scan(*storage_, clock_, bucket_);
    ASSERT_TRUE(scan.Begin());
    for (const auto& [key, version] : store_) {
        ASSERT_TRUE(scan.Ranges().front().Found({.key = key, .version = version}));
        if (key == "01500") {
            clock_.Advance(seconds(6));
        }
    }
    EXPECT_EQ(State().number, 2);
    EXPECT_EQ(State().position, "01999");
}

TEST_F(OrderedScanTest, BeginsAnewWhenOtherObjectsCount) {
    for (int i = 0; i < 10; ++i) {
        Put(std::to_string(i));
    }
    Scan(5);
    Change(bucket_, [](Bucket& bucket) { bucket.exclude = {"9"}; });
    Scan();
    EXPECT_EQ(began_behind_, "");
    EXPECT_EQ(State().number, 2);
}

TEST_F(OrderedScanTest, BeginsAnewWhenItCameNoFurtherAndFailed) {
    for (int i = 0; i < 10; ++i) {
        Put(std::to_string(i));
    }
    Scan(5, true);
    Scan(0, true);
    EXPECT_EQ(began_behind_, "4");
    Scan();
    EXPECT_EQ(began_behind_, "");
    EXPECT_EQ(All().size(), 10U);
}

TEST_F(OrderedScanTest, TakesANewVersionAndLeavesOutWhatWeWrote) {
    Put("a");
    Put("a.notifications.json");
    Put("b");
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.buckets.NoteOwnObject(bucket_.id, "a.notifications.json", clock_.Now());
    }));
    EXPECT_EQ(Scan(), 2);
    Put("b", "2");
    EXPECT_EQ(Scan(), 1);
    EXPECT_EQ(Count("item.skipped"), 1);
    EXPECT_EQ(At("b").version, "2");
}

TEST_F(OrderedScanTest, TakesInWhatComesBehindALaterKey) {
    OrderedScan scan(*storage_, clock_, bucket_);
    ASSERT_TRUE(scan.Begin());
    for (const auto* key : {"b", "d", "c", "e"}) {
        ASSERT_TRUE(scan.Ranges().front().Found({.key = key, .version = "1"}));
    }
    ASSERT_TRUE(scan.Ranges().front().End());
    ASSERT_TRUE(scan.End({}));
    EXPECT_EQ(scan.Added(), 4);
    EXPECT_EQ(scan.State().seen, 4U);
}

TEST_F(OrderedScanTest, RemovesAnItemThatTwoScansInARowDidNotSee) {
    Put("a");
    Put("b");
    Put("c");
    Scan();
    const auto id = At("b").id;
    store_.erase("b");
    Scan();
    EXPECT_FALSE(At("b").removed_at);
    EXPECT_EQ(At("b").status, Status::kPending);
    clock_.Advance(seconds(1));
    Scan();
    const auto item = Stored(id);
    EXPECT_EQ(item.removed_at, clock_.Now());
    EXPECT_EQ(item.status, Status::kSkipped);
    EXPECT_EQ(item.reason_code, "removed");
    EXPECT_EQ(OnlyProcess(id).status, Status::kSkipped);
    EXPECT_EQ(OnlyProcess(id).failure->message, kRemovedSentence);
    EXPECT_EQ(
        Events(id.Value()), (Types{"item.discovered", "process.skipped", "item.skipped", "item.removed"})
    );
    Scan();
    Scan();
    EXPECT_EQ(Count("item.removed"), 1);
}

TEST_F(OrderedScanTest, RemovesNothingThatWasSeenBetweenTwoMisses) {
    for (const bool there : {true, false, true, false}) {
        if (there) {
            Put("b");
        } else {
            store_.erase("b");
        }
        Scan();
    }
    EXPECT_FALSE(At("b").removed_at);
    EXPECT_EQ(All().size(), 1U);
}

TEST_F(OrderedScanTest, RemovesNothingBeforeTheSecondScanCameToItsEnd) {
    Put("a");
    Put("b");
    Put("c");
    Scan();
    store_.erase("a");
    Scan();
    Scan(1, true);
    EXPECT_FALSE(At("a").removed_at);
    Scan(0, true);  // came no further: the next begins anew, and counts anew
    Scan();
    EXPECT_FALSE(At("a").removed_at);
    Scan(1);
    Scan();
    EXPECT_TRUE(At("a").removed_at);
}

TEST_F(OrderedScanTest, RemovesEverythingOfABucketThatBecameEmptyRangeByRange) {
    for (int i = 0; i < 4321; ++i) {
        Put(fmt::format("{:05}", i));
    }
    Scan();
    store_.clear();
    Scan();
    Scan();
    EXPECT_EQ(
        std::ranges::count_if(All(), [](const Item& item) { return item.removed_at.has_value(); }), 4321
    );
}

TEST_F(OrderedScanTest, TakesWhatWasRemovedAndIsThereAgainForNew) {
    Put("a");
    Scan();
    const auto first = At("a").id;
    store_.clear();
    Scan();
    Scan();
    EXPECT_TRUE(Stored(first).removed_at);
    Put("a");
    EXPECT_EQ(Scan(), 1);
    EXPECT_NE(At("a").id, first);
    EXPECT_EQ(At("a").status, Status::kPending);
    EXPECT_EQ(Scan(), 0);
}

TEST_F(OrderedScanTest, MissesNothingThatDoesNotCountAnyMore) {
    Put("a.mp4");
    Put("b.small");
    Put("c.mov");
    ASSERT_TRUE(intake_->Take(bucket_, {{.key = "b.small", .version = "1"}}));
    Scan();
    store_.erase("c.mov");
    Change(bucket_, [](Bucket& bucket) { bucket.exclude = {"*.mov"}; });
    for (int i = 0; i < 3; ++i) {
        Scan();
    }
    for (const auto& item : All()) {
        EXPECT_FALSE(item.removed_at) << item.key;
    }
    EXPECT_EQ(All().size(), 3U);
}

TEST_F(OrderedScanTest, GivesAnItemWithoutARuleWhatANewRuleChooses) {
    const auto bare = AddBucket({}, "bare");
    bucket_ = bare;
    Put("a.mp4");
    EXPECT_EQ(Scan(), 1);
    EXPECT_EQ(At("a.mp4").reason_code, "no_rule");
    EXPECT_EQ(Scan(), 0);
    clock_.Advance(seconds(1));
    AddRule(bare, "checksum");
    EXPECT_EQ(Scan(), 1);
    EXPECT_EQ(At("a.mp4").status, Status::kPending);
}

}  // namespace
}  // namespace notify::testing
