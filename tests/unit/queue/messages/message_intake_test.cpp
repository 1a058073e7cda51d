// From messages to rows of the inbox and dead messages.

#include "queue/messages/message_intake.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "storage/dead_message_repository.hpp"
#include "storage/news_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MessageIntakeTest : public QueueTest {
protected:
    MessageIntake Make(std::string system = {}) {
        return {*storage_, clock_, std::move(system), [this] { ++told_; }};
    }

    static ReceivedMessage Received(std::string id, std::string body) {
        return {.source_id = SourceId("src_q"), .message_id = std::move(id), .body = std::move(body)};
    }

    std::vector<InboxNews> Waiting() {
        return storage_->Read([](const Snapshot& snapshot) { return snapshot.news.List({.limit = 200}); })
            .value()
            .rows;
    }

    std::vector<DeadMessage> Dead() {
        return storage_->Read([](const Snapshot& snapshot) { return snapshot.dead_messages.List({}, {}); })
            .value()
            .rows;
    }

    int told_ = 0;
};

TEST_F(MessageIntakeTest, CommitsABatchAndSaysWhatBecameOfEach) {
    const auto outcomes = Make().Take(
        {Received("1", Records("a.mp4")),
         Received("2", Records("a.mp4")),
         Received("3", AssetCreated()),
         Received("4", R"({"Event":"s3:TestEvent"})"),
         Received("5", Records("a.mp4", "ObjectRemoved:Delete")),
         Received("6", "hello")}
    );
    ASSERT_TRUE(outcomes);
    ASSERT_EQ(outcomes->size(), 6U);
    EXPECT_EQ(outcomes->at(0).fresh, 1);
    EXPECT_EQ(outcomes->at(1).known, 1);
    EXPECT_EQ(outcomes->at(2).fresh, 1);
    EXPECT_EQ(outcomes->at(3).ignored, "test");
    EXPECT_EQ(outcomes->at(4).ignored, "not_an_object");
    EXPECT_EQ(outcomes->at(5).dead->reason, "not_json");
    auto waiting = Waiting();
    ASSERT_EQ(waiting.size(), 2U);
    std::ranges::sort(waiting, {}, &InboxNews::kind);
    EXPECT_EQ(waiting[0].told, 2);
    EXPECT_EQ(waiting[0].source_id, SourceId("src_q"));
    EXPECT_EQ(waiting[1].system_domain_id, kSystem);
    EXPECT_EQ(told_, 1);
}

TEST_F(MessageIntakeTest, KeepsNothingOfABatchThatCannotBeCommitted) {
    storage_->refuse = 1;
    const auto outcomes = Make().Take({Received("1", Records("a.mp4")), Received("2", "hello")});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().code, ErrorCode::kStorageFull);
    EXPECT_TRUE(Waiting().empty());
    EXPECT_TRUE(Dead().empty());
    EXPECT_EQ(told_, 0);
}

TEST_F(MessageIntakeTest, TellsOfADeadMessageOnceHoweverOftenItComes) {
    auto intake = Make();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(intake.Take({Received("1", R"({"order":7,"auth_token":"s3cret"})")}));
    }
    const auto dead = Dead();
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].receives, 3);
    EXPECT_EQ(dead[0].reason, "unrecognised");
    EXPECT_THAT(dead[0].body, HasSubstr("order"));
    EXPECT_THAT(dead[0].body, Not(HasSubstr("s3cret")));
    EXPECT_EQ(Events(dead[0].id.Value()), std::vector<std::string>{"message.dead"});
}

TEST_F(MessageIntakeTest, OfOneThatWasSentHereKeepsNothingUnlessItIsUnderstood) {
    auto intake = Make();
    EXPECT_EQ(intake.TakeOne(AssetCreated())->fresh, 1);
    EXPECT_EQ(intake.TakeOne(AssetCreated())->known, 1);
    EXPECT_EQ(intake.TakeOne("hello").error().reason, "not_json");
    EXPECT_TRUE(Dead().empty());
    EXPECT_TRUE(Waiting().at(0).source_id.IsEmpty());
}

TEST_F(MessageIntakeTest, TakesNothingOfAnotherIconik) {
    auto intake = Make(std::string(kOther));
    const auto refused = intake.TakeOne(AssetCreated());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().reason, kOtherSystem);
    EXPECT_EQ(intake.Take({Received("1", AssetCreated())})->at(0).ignored, kOtherSystem);
    EXPECT_TRUE(Waiting().empty());
    EXPECT_EQ(Make(std::string(kSystem)).TakeOne(AssetCreated())->fresh, 1);
    EXPECT_EQ(intake.TakeOne(Records("a.mp4"))->fresh, 1) << "a store has no system";
}

TEST_F(MessageIntakeTest, ReplaysADeadMessageOnce) {
    auto intake = Make();
    DeadMessage message{
        .id = DeadMessageId("dead_1"),
        .source_id = SourceId("src_q"),
        .message_id = "1",
        .reason = "unrecognised",
        .sentence = "an older version did not know it",
        .body = Records("a.mp4"),
        .created_at = clock_.Now()
    };
    const auto add = [&] {
        return storage_->Write([&](Transaction& transaction) {
            return transaction.dead_messages.Add(message);
        });
    };
    ASSERT_TRUE(add());
    EXPECT_EQ(intake.Replay(message.id)->fresh, 1);
    EXPECT_EQ(Waiting().at(0).source_id, message.source_id);
    EXPECT_TRUE(Dead().at(0).replayed_at);
    EXPECT_EQ(intake.Replay(message.id).error().code, ErrorCode::kConflict);
    message.id = DeadMessageId("dead_2");
    message.message_id = "2";
    message.is_whole = false;
    ASSERT_TRUE(add());
    EXPECT_EQ(intake.Replay(message.id).error().code, ErrorCode::kConflict);
    message = {.id = DeadMessageId("dead_3"), .message_id = "3", .body = "{}", .created_at = clock_.Now()};
    ASSERT_TRUE(add());
    EXPECT_EQ(intake.Replay(message.id).error().reason, "unrecognised");
    EXPECT_FALSE(Dead().at(0).replayed_at);
    EXPECT_EQ(intake.Replay(DeadMessageId("dead_none")).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace notify::testing
