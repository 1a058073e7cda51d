// What is written and read of many rows at once: as of each by itself.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Groups : public Conformance {
protected:
    std::vector<Item> AddItems(const std::vector<std::string>& keys) {
        const auto bucket = AddBucket();
        std::vector<Item> items;
        for (const auto& key : keys) {
            items.push_back(AddItem(bucket, key));
        }
        return items;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Groups, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Groups, OfItemsAddThoseThatAreTheFirstOfTheirKey) {
    const auto bucket = AddBucket();
    const auto there = AddItem(bucket, "there");
    auto first = MakeItem(bucket, std::string("a\xff\0b", 4));
    first.media_type = "video/mp4";
    first.reason = "ü";
    first.size_bytes = 5'000'000'000;
    const auto twice = MakeItem(bucket, first.key, "2");
    const auto known = MakeItem(bucket, "there", "2");
    const auto other = MakeItem(bucket, "other");
    const auto added = Write([&](Transaction& transaction) {
        return transaction.items.AddFirsts({first, twice, known, other});
    });
    EXPECT_EQ(added, (std::set<ItemId>{first.id, other.id}));
    const auto stored = Stored(first.id);
    EXPECT_EQ(stored.key, first.key);
    EXPECT_EQ(stored.media_type, "video/mp4");
    EXPECT_EQ(stored.reason, "ü");
    EXPECT_EQ(stored.size_bytes, 5'000'000'000U);
    EXPECT_EQ(stored.modified_at, first.modified_at);
    EXPECT_FALSE(stored.removed_at.has_value());
    const auto all = Read([&](const Snapshot& snapshot) {
        return snapshot.items.GetAll({there.id, other.id, ItemId("itm_none"), twice.id});
    });
    EXPECT_EQ(all.size(), 2U);
}

TEST_P(Groups, OfItemsHaveTheirStatusAndHistoryWritten) {
    auto items = AddItems({"a", "b"});
    items[0].status = Status::kProcessing;
    items[0].blocked_by = BlockedBy::kResolving;
    items[0].resolving_since = Now();
    items[0].since = Now() + 1s;
    items[1].reason_code = "timeout";
    Write([&](Transaction& transaction) { return transaction.items.SetStatuses(items); });
    const auto first = Stored(items[0].id);
    const auto second = Stored(items[1].id);
    EXPECT_EQ(first.status, Status::kProcessing);
    EXPECT_EQ(first.since, items[0].since);
    EXPECT_EQ(first.resolving_since, items[0].resolving_since);
    EXPECT_EQ(first.state_version, items[0].state_version + 1);
    EXPECT_EQ(second.reason_code, "timeout");
    EXPECT_FALSE(second.resolving_since.has_value());
    EXPECT_EQ(second.state_version, items[1].state_version) << "its status is what it was";
    for (int i = 0; i < 2; ++i) {
        Write([&](Transaction& transaction) {
            return transaction.items.AddChanges(
                {{.item_id = items[0].id,
                  .change = {.at = Now(), .status = Status::kProcessing, .attempt = i}},
                 {.item_id = items[1].id, .change = {.at = Now(), .status = Status::kFailed, .reason = "b"}}}
            );
        });
    }
    const auto history = Read([&](const Snapshot& snapshot) { return snapshot.items.History(items[0].id); });
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[1].attempt, 1);
    EXPECT_EQ(history[1].status, Status::kProcessing);
}

TEST_P(Groups, OfItemsOfWhichOneIsMissingAreRefused) {
    auto items = AddItems({"a"});
    items.push_back(items[0]);
    items[1].id = ItemId("itm_none");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.items.SetStatuses(items); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Groups, OfItemsLearnWhatTheirBytesAre) {
    auto items = AddItems({"a", "b"});
    items[0].content_sha256 = "aa";
    items[0].media_type = "";
    items[1].media_type = "image/png";
    Write([&](Transaction& transaction) {
        return transaction.items.SetContent(items[0].id, "video/mp4", "");
    });
    Write([&](Transaction& transaction) { return transaction.items.NoteContents(items); });
    EXPECT_EQ(Stored(items[0].id).content_sha256, "aa");
    EXPECT_EQ(Stored(items[0].id).media_type, "video/mp4") << "what is not known changes nothing";
    EXPECT_EQ(Stored(items[1].id).media_type, "image/png");
    const auto alias = [&](const Item& item) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.items.Alias(item.bucket_id, item.key, item.version);
        });
    };
    EXPECT_EQ(alias(items[0]), "aa");
    EXPECT_EQ(alias(items[1]), std::nullopt);
}

TEST_P(Groups, OfProcessesAreAddedCountedAndRead) {
    const auto items = AddItems({"a", "b"});
    auto first = MakeProcess(items[0]);
    first.media_types = {"video/*", "image/png"};
    auto failed = MakeProcess(items[0], "probe");
    failed.status = Status::kFailed;
    failed.finished_at = Now();
    failed.failure = Failure{.code = "internal", .message = "it broke"};
    const auto other = MakeProcess(items[1]);
    Write([&](Transaction& transaction) { return transaction.processes.AddAll({first, failed, other}); });
    const auto by_item = Read([&](const Snapshot& snapshot) {
        return snapshot.processes.OfItems({items[0].id, items[1].id, ItemId("itm_none")});
    });
    ASSERT_EQ(by_item.size(), 2U);
    EXPECT_EQ(by_item.at(items[0].id).size(), 2U);
    EXPECT_EQ(by_item.at(items[1].id).at(0).id, other.id);
    const auto all = Read([&](const Snapshot& snapshot) {
        return snapshot.processes.GetAll({failed.id, ProcessId("prc_none")});
    });
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].failure->message, "it broke");
    EXPECT_EQ(Stored(first.id).media_types, first.media_types);
    std::map<std::pair<std::string, Status>, std::int64_t> counts;
    for (const auto& count : Read([](const Snapshot& snapshot) { return snapshot.processes.Count(); })) {
        counts[{count.processor, count.status}] = count.count;
    }
    EXPECT_EQ((counts[{"checksum", Status::kPending}]), 2);
    EXPECT_EQ((counts[{"probe", Status::kFailed}]), 1);
}

TEST_P(Groups, OfHeldProcessesAreWrittenWhereTheirFenceStillHolds) {
    for (const auto& item : AddItems({"a", "b", "c"})) {
        AddProcess(item);
    }
    const auto claims = Claim(9);
    ASSERT_EQ(claims.size(), 3U);
    std::vector<Process> ended;
    for (const auto& claim : claims) {
        auto process = claim.processes.at(0);
        process.status = Status::kFailed;
        process.failure = Failure{.code = "internal", .message = "it broke"};
        process.attempt = 1;
        process.lease_owner = NodeId();
        process.lease_until.reset();
        process.finished_at = Now() + 1s;
        ended.push_back(process);
    }
    --ended[1].fence;  // as of who had it before
    const auto changed =
        Write([&](Transaction& transaction) { return transaction.processes.UpdateAllHeld(ended); });
    EXPECT_EQ(changed, 2);
    EXPECT_EQ(Stored(ended[0].id).status, Status::kFailed);
    EXPECT_EQ(Stored(ended[0].id).finished_at, ended[0].finished_at);
    EXPECT_EQ(Stored(ended[0].id).attempt, 1);
    EXPECT_EQ(Stored(ended[1].id).status, Status::kProcessing) << "the fence";
    EXPECT_EQ(Write([&](Transaction& transaction) { return transaction.processes.UpdateAllHeld(ended); }), 0);
    ended[0].status = Status::kPending;
    ended[0].finished_at.reset();
    EXPECT_EQ(
        Write([&](Transaction& transaction) { return transaction.processes.UpdateAllHeld({ended[0]}); }), 0
    ) << "it has ended";
}

TEST_P(Groups, OfItemsTellWhichOfThemAreResolving) {
    const auto items = AddItems({"a", "b"});
    const auto process = AddProcess(items[1]);
    Write([&](Transaction& transaction) {
        return transaction.processes.AddResolve(items[1].id, process.id, Now());
    });
    const auto resolving = Read([&](const Snapshot& snapshot) {
        return snapshot.processes.Resolving({items[0].id, items[1].id});
    });
    EXPECT_EQ(resolving, std::set<ItemId>{items[1].id});
}

TEST_P(Groups, OfResultsAreStoredOnceForEachLineage) {
    const auto there = AddResult("there");
    auto first = MakeResult("new");
    first.artifacts = {{.name = "a", .media_type = "b", .sha256 = "cc", .size_bytes = 1}};
    const auto same = MakeResult("new");
    auto known = there;  // as it is when it was found before
    known.artifacts = first.artifacts;
    const auto ids = Write([&](Transaction& transaction) {
        return transaction.results.AddOrGetAll({known, first, same});
    });
    EXPECT_EQ(ids, (std::vector<ResultId>{there.id, first.id, first.id}));
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.results.Get(first.id); });
    EXPECT_EQ(stored.artifacts.size(), 1U);
    const auto before = Read([&](const Snapshot& snapshot) { return snapshot.results.Get(there.id); });
    EXPECT_TRUE(before.artifacts.empty()) << "what is there is left as it is";
}

TEST_P(Groups, OfEventsAreToldInOrderAndOnceForEachDedupKey) {
    const auto endpoint = AddEndpoint("https://items", {"item.*"});
    const auto first = MakeEvent("item.failed", "one");
    const auto again = MakeEvent("item.failed", "one");
    const auto other = MakeEvent("process.failed", "two");
    const auto last = MakeEvent("item.completed");
    Write([&](Transaction& transaction) {
        return transaction.events.AppendAll({first, again, other, last});
    });
    const auto told = Read([](const Snapshot& snapshot) { return snapshot.events.After(0, 10, {}); });
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(told[0].id, first.id);
    EXPECT_EQ(told[1].id, other.id);
    EXPECT_EQ(told[2].id, last.id);
    EXPECT_EQ(told[2].dedup_key, "");
    const auto due = Write([&](Transaction& transaction) {
        return transaction.deliveries.Claim(NodeId("nod_a"), 9, 9, Now(), 30s);
    });
    std::set<EventId> delivered;
    for (const auto& delivery : due) {
        EXPECT_EQ(delivery.endpoint_id, endpoint.id);
        delivered.insert(delivery.event_id);
    }
    EXPECT_EQ(delivered, (std::set<EventId>{first.id, last.id}));
}

TEST_P(Groups, OfNothingChangeNothing) {
    const auto changed = Write([](Transaction& transaction) {
        return transaction.processes.AddAll({})
            .and_then([&] { return transaction.events.AppendAll({}); })
            .and_then([&] { return transaction.items.SetStatuses({}); })
            .and_then([&] { return transaction.results.AddOrGetAll({}); })
            .and_then([&](const auto&) { return transaction.processes.UpdateAllHeld({}); });
    });
    EXPECT_EQ(changed, 0);
}

}  // namespace

}  // namespace notify::testing
