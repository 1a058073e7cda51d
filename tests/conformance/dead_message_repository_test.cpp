#include "storage/dead_message_repository.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "conformance/fixture.hpp"
#include "core/ulid.hpp"
#include "domain/news.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeadMessages : public Conformance {
protected:
    [[nodiscard]] DeadMessage MakeMessage(std::string message_id, std::string source = "src_q") const {
        return {
            .id = DeadMessageId(MakeId("dead")),
            .source_id = SourceId(std::move(source)),
            .message_id = std::move(message_id),
            .reason = "not_json",
            .sentence = "it is no JSON",
            .body = "hellö",
            .size_bytes = 6,
            .created_at = Now()
        };
    }

    bool Add(const DeadMessage& message) {
        return Write([&](Transaction& transaction) { return transaction.dead_messages.Add(message); });
    }

    DeadMessage Get(const DeadMessageId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.dead_messages.Get(id); });
    }

    std::vector<std::string> List(const DeadMessageFilter& filter) {
        std::vector<std::string> ids;
        const auto page =
            Read([&](const Snapshot& snapshot) { return snapshot.dead_messages.List(filter, {}); });
        for (const auto& message : page.rows) {
            ids.push_back(message.message_id);
        }
        return ids;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, DeadMessages, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(DeadMessages, AreKeptWithTheirReason) {
    auto message = MakeMessage("m-1");
    message.is_whole = false;
    EXPECT_TRUE(Add(message));
    Reopen();
    const auto stored = Get(message.id);
    EXPECT_EQ(stored.source_id, message.source_id);
    EXPECT_EQ(stored.message_id, "m-1");
    EXPECT_EQ(stored.reason, "not_json");
    EXPECT_EQ(stored.sentence, "it is no JSON");
    EXPECT_EQ(stored.body, "hellö");
    EXPECT_EQ(stored.size_bytes, 6U);
    EXPECT_FALSE(stored.is_whole);
    EXPECT_EQ(stored.receives, 1);
    EXPECT_EQ(stored.created_at, Now());
    EXPECT_EQ(stored.replayed_at, std::nullopt);
}

TEST_P(DeadMessages, ThatComeAgainAreCountedAndNotAdded) {
    const auto message = MakeMessage("m-1");
    EXPECT_TRUE(Add(message));
    EXPECT_FALSE(Add(MakeMessage("m-1")));
    EXPECT_EQ(Get(message.id).receives, 2);
    EXPECT_TRUE(Add(MakeMessage("m-1", "src_other")));
}

TEST_P(DeadMessages, AreListedNewestFirst) {
    const auto first = MakeMessage("1");
    Add(first);
    Add(MakeMessage("2"));
    Add(MakeMessage("3", "src_other"));
    EXPECT_THAT(List({}), ElementsAre("3", "2", "1"));
    EXPECT_THAT(List({.source_id = SourceId("src_q")}), ElementsAre("2", "1"));
    Write([&](Transaction& transaction) { return transaction.dead_messages.MarkReplayed(first.id, Now()); });
    EXPECT_EQ(Get(first.id).replayed_at, Now());
    EXPECT_THAT(List({.replayed = true}), ElementsAre("1"));
    EXPECT_THAT(List({.replayed = false}), ElementsAre("3", "2"));
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.dead_messages.CountOpen(); }), 2);
    const auto page =
        Read([](const Snapshot& snapshot) { return snapshot.dead_messages.List({}, {.limit = 2}); });
    const auto rest = Read([&](const Snapshot& snapshot) {
        return snapshot.dead_messages.List({}, {.after = page.next, .limit = 2});
    });
    ASSERT_EQ(rest.rows.size(), 1U);
    EXPECT_EQ(rest.rows[0].message_id, "1");
    EXPECT_EQ(rest.next, "");
}

TEST_P(DeadMessages, AreRemovedByHandAndByAge) {
    const auto message = MakeMessage("1");
    Add(message);
    Write([&](Transaction& transaction) { return transaction.dead_messages.Remove(message.id); });
    EXPECT_THAT(List({}), IsEmpty());
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.dead_messages.Remove(message.id); }),
        ErrorCode::kNotFound
    );
    EXPECT_EQ(
        Refused([&](Transaction& transaction) {
            return transaction.dead_messages.MarkReplayed(message.id, Now());
        }),
        ErrorCode::kNotFound
    );
    Add(MakeMessage("2"));
    clock_.Advance(1h);
    Add(MakeMessage("3"));
    const auto removed =
        Write([&](Transaction& transaction) { return transaction.dead_messages.RemoveOld(Now(), 10); });
    EXPECT_EQ(removed, 1);
    EXPECT_THAT(List({}), ElementsAre("3"));
}

}  // namespace

}  // namespace notify::testing
