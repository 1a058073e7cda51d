#include "queue/retention.hpp"

#include <chrono>
#include <string>

#include "core/ulid.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/removal.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/event_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

using std::chrono::days;

class RetentionTest : public QueueTest {
protected:
    void Tell(int count) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            Result<void> told;
            for (int i = 0; i < count; ++i) {
                told = told.and_then([&] {
                    return transaction.events
                        .Append({.id = EventId(MakeId("msg")), .type = "item.completed", .at = clock_.Now()})
                        .map([](bool) {});
                });
            }
            return told;
        }));
    }
};

TEST_F(RetentionTest, RemovesWhatIsOlderThanIsKeptAndNothingElse) {
    Tell(2500);
    clock_.Advance(days(20));
    Tell(3);
    clock_.Advance(days(11));
    Retention retention(*storage_, clock_, {});
    const auto removed = retention.RunOnce({});
    ASSERT_TRUE(removed.has_value());
    EXPECT_EQ(removed->events, 2500);
    EXPECT_EQ(Count("item.completed"), 3);
}

TEST_F(RetentionTest, RemovesOldDeadMessages) {
    const auto add = [&](const std::string& id) {
        return storage_->Write([&](Transaction& transaction) {
            return transaction.dead_messages.Add(
                {.id = DeadMessageId(id), .message_id = id, .created_at = clock_.Now()}
            );
        });
    };
    ASSERT_TRUE(add("dead_1"));
    clock_.Advance(days(31));
    ASSERT_TRUE(add("dead_2"));
    EXPECT_EQ(Retention(*storage_, clock_, {}).RunOnce({})->dead_messages, 1);
    EXPECT_EQ(All(*Retention(*storage_, clock_, {}).RunOnce({})), 0);
}

TEST_F(RetentionTest, SaysWhatItWouldRemoveAndRemovesThat) {
    const auto item = Discover(AddBucket(), "a");
    StartWorkers();
    ASSERT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    WritePublications();
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return RemoveItems(transaction, {item.id}, clock_.Now());
    }));
    clock_.Advance(days(31));
    Retention retention(*storage_, clock_, {});
    const auto due = retention.Due({});
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(due->items, 1);
    EXPECT_EQ(due->processes, 1);
    EXPECT_GT(due->events, 0);
    EXPECT_EQ(retention.Due({})->items, 1) << "it only counts";
    EXPECT_EQ(All(retention.Total()), 0);
    const auto removed = retention.RunOnce({});
    ASSERT_TRUE(removed.has_value());
    EXPECT_EQ(All(*removed), All(*due) + removed->results);
    EXPECT_EQ(removed->results, 1);
    EXPECT_EQ(All(retention.Total()), All(*removed));
    EXPECT_EQ(All(*retention.Due({})), 0);
}

TEST_F(RetentionTest, LeavesItemsThatNotTwoWholeScansHaveMissed) {
    const auto bucket = AddBucket();
    ListedSource source;
    BucketScan scan(*storage_, clock_);
    const auto run = [&] {
        clock_.Advance(days(40));
        return scan.Run(bucket, source, [](const ScanState&) {}, {}).ended.has_value();
    };
    for (const auto* key : {"a", "b"}) {
        source.objects[key] = {.key = key, .version = "1", .size_bytes = 7};
    }
    ASSERT_TRUE(run());
    source.objects.erase("b");
    source.fails_behind = 0;
    for (int scans = 0; scans < 3; ++scans) {
        EXPECT_FALSE(run());
    }
    Retention retention(*storage_, clock_, {});
    EXPECT_EQ(retention.RunOnce({})->items, 0) << "the store did not answer";
    source.fails_behind.reset();
    ASSERT_TRUE(run());
    clock_.Advance(days(40));
    EXPECT_EQ(retention.RunOnce({})->items, 0) << "only one scan has missed it";
    ASSERT_TRUE(run());
    clock_.Advance(days(8));
    EXPECT_EQ(retention.RunOnce({})->items, 1);
    EXPECT_EQ(Items().size(), 1U);
}

TEST_F(RetentionTest, KeepsItemsAndWhatIsKnownOfThem) {
    const auto item = Discover(AddBucket(), "a.mp4");
    StartWorkers();
    ASSERT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    clock_.Advance(days(400));
    Retention retention(*storage_, clock_, {});
    ASSERT_TRUE(retention.RunOnce({}));
    EXPECT_TRUE(Events().empty());
    EXPECT_EQ(Stored(item.id).status, Status::kCompleted);
    EXPECT_FALSE(OnlyProcess(item.id).result_id.IsEmpty());
    EXPECT_EQ(Publications(), 1) << "it has not been delivered";
}

TEST_F(RetentionTest, WorksOnItsOwnThreadUnlessEverythingIsKept) {
    Tell(3);
    clock_.Advance(days(31));
    const days never(0);
    Retention all(*storage_, clock_, {.told = never, .done = never, .failed = never, .history = never});
    all.Start();
    all.Stop();
    EXPECT_EQ(Count("item.completed"), 3);
    Retention retention(*storage_, clock_, {});
    retention.Start();
    retention.Start();
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 0; }));
    retention.Stop();
    retention.Stop();
}

}  // namespace
}  // namespace notify::testing
