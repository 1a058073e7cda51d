#include "queue/retention.hpp"

#include <chrono>
#include <string>

#include "core/ulid.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/event_repository.hpp"
#include "unit/queue/fixture.hpp"

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
    Retention retention(*storage_, clock_, days(30));
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
    EXPECT_EQ(Retention(*storage_, clock_, days(30)).RunOnce({})->dead_messages, 1);
    EXPECT_EQ(Retention(*storage_, clock_, days(30)).RunOnce({})->All(), 0);
}

TEST_F(RetentionTest, KeepsItemsAndWhatIsKnownOfThem) {
    const auto item = Discover(AddBucket(), "a.mp4");
    StartWorkers();
    ASSERT_TRUE(Becomes(item.id, Status::kCompleted));
    StopWorkers();
    clock_.Advance(days(400));
    Retention retention(*storage_, clock_, days(30));
    ASSERT_TRUE(retention.RunOnce({}));
    EXPECT_TRUE(Events().empty());
    EXPECT_EQ(Stored(item.id).status, Status::kCompleted);
    EXPECT_FALSE(OnlyProcess(item.id).result_id.IsEmpty());
    EXPECT_EQ(Publications(), 1) << "it has not been delivered";
}

TEST_F(RetentionTest, WorksOnItsOwnThreadUnlessEverythingIsKept) {
    Tell(3);
    clock_.Advance(days(31));
    Retention all(*storage_, clock_, days(0));
    all.Start();
    all.Stop();
    EXPECT_EQ(Count("item.completed"), 3);
    Retention retention(*storage_, clock_, days(30));
    retention.Start();
    retention.Start();
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 0; }));
    retention.Stop();
    retention.Stop();
}

}  // namespace
}  // namespace notify::testing
