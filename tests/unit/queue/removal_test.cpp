#include "queue/removal.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using Types = std::vector<std::string>;

class RemovalTest : public QueueTest {
protected:
    void Remove(const ItemId& id) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return RemoveItems(transaction, {id}, clock_.Now());
        }));
    }

    std::vector<ItemChange> History(const ItemId& id) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.History(id); }).value();
    }
};

TEST_F(RemovalTest, KeepsResultsAndHistoryOfWhatHadEnded) {
    const auto item = Discover(AddBucket(), "a.mp4");
    StartWorkers();
    ASSERT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    const auto before = Stored(item.id);
    const auto events = Events(item.id.Value());
    Remove(item.id);
    const auto removed = Stored(item.id);
    EXPECT_TRUE(removed.removed_at);
    EXPECT_EQ(removed.status, Status::kCompleted);
    EXPECT_EQ(removed.state_version, before.state_version);
    EXPECT_FALSE(OnlyProcess(item.id).result_id.IsEmpty());
    EXPECT_EQ(History(item.id).back().reason_code, "removed");
    EXPECT_EQ(History(item.id).back().status, Status::kCompleted);
    EXPECT_EQ(Events(item.id.Value()).size(), events.size() + 1);
    EXPECT_EQ(Events(item.id.Value()).back(), "item.removed");
}

TEST_F(RemovalTest, LeavesWhatRunsToItsEnd) {
    const auto item = Discover(AddBucket({"checksum", "facial-recognition"}), "a.mp4");
    const auto claimed = Claim().at(0);
    Remove(item.id);
    for (const auto& process : ProcessesOf(item.id)) {
        EXPECT_EQ(process.status, Status::kProcessing);
        EXPECT_FALSE(process.cancel_requested);
    }
    EXPECT_TRUE(Stored(item.id).removed_at);
}

TEST_F(RemovalTest, EndsWhatWaitedForTheBudgetOfItsBucket) {
    auto bucket = AddBucket();
    Change(bucket, [&](Bucket& changed) {
        changed.options.backlog = {.policy = BacklogPolicy::kBudget, .items_per_day = 1};
    });
    ASSERT_TRUE(intake_->Take(bucket, {{.key = "a.mp4", .version = "1"}}));
    const auto id = Items().at(0).id;
    ASSERT_EQ(Stored(id).blocked_by, BlockedBy::kBudget);
    Remove(id);
    EXPECT_EQ(Stored(id).status, Status::kSkipped);
    EXPECT_EQ(Stored(id).reason_code, "removed");
    EXPECT_EQ(Events(id.Value()).back(), "item.removed");
}

TEST_F(RemovalTest, TellsItOnce) {
    const auto item = Discover(AddBucket(), "a.mp4");
    Remove(item.id);
    const auto at = Stored(item.id).removed_at;
    clock_.Advance(std::chrono::seconds(1));
    Remove(item.id);
    EXPECT_EQ(Stored(item.id).removed_at, at);
    EXPECT_EQ(Count("item.removed"), 1);
}

TEST_F(RemovalTest, LeavesAVersionThatWasReplacedAsItIs) {
    const auto bucket = AddBucket();
    ASSERT_TRUE(intake_->Take(bucket, {{.key = "a.mp4", .version = "1"}}));
    const auto old = Items().at(0).id;
    ASSERT_TRUE(intake_->Take(bucket, {{.key = "a.mp4", .version = "2"}}));
    Remove(old);
    EXPECT_FALSE(Stored(old).removed_at);
    EXPECT_EQ(Stored(old).reason_code, "superseded");
}

}  // namespace
}  // namespace notify::testing
