// What leaves the inbox, and as what.

#include "queue/messages/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/ulid.hpp"
#include "queue/messages/dead_message.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/news_row.hpp"
#include "queue/retry_policy.hpp"
#include "sources/messages/message.hpp"
#include "sources/messages/news.hpp"
#include "sources/objects/faults.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/news_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/messages/told_source.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kId = "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11";

class InboxTest : public QueueTest {
protected:
    InboxTest() {
        AddSource("s3", "s3");
        AddSource("iconik", "iconik");
    }

    void AddSource(const std::string& name, const std::string& kind) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(
                {.id = SourceId("src_" + name),
                 .kind = kind,
                 .name = name,
                 .config = "{}",
                 .created_at = clock_.Now()}
            );
        }));
    }

    /// An asset of the bucket "all", whose process waits.
    ItemId AddAssetThatWaitsForItsMedia() {
        Watch("iconik", "all", "assets");
        store_.held[kId] = {"all"};
        TellAsset();
        EXPECT_EQ(Run(), 1);
        const auto claim = Claim().at(0);
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            const auto after = AfterFailure(
                claim.processes.at(0),
                objects::Fault(ErrorCode::kThrottled, objects::kMediaNotReady, "no proxy yet"),
                CrashKind::kNone,
                clock_.Now()
            );
            return transaction.processes.UpdateHeld(after);
        }));
        return claim.item.id;
    }

    void EndFailed() {
        const auto claim = Claim().at(0);
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            const auto after = AfterFailure(
                claim.processes.at(0),
                Error{.code = ErrorCode::kNotFound, .message = "gone"},
                CrashKind::kNone,
                clock_.Now()
            );
            return transaction.processes.UpdateHeld(after);
        }));
    }

    /// An asset of a bucket that is changed so that news is taken into it no more.
    void ActOnWhatIsKnown(const std::function<void(Bucket&)>& change) {
        auto bucket = Watch("iconik", "known", "assets");
        store_.held[kId] = {"known"};
        TellAsset();
        ASSERT_EQ(Run(), 1);
        const auto item = Items().at(0).id;
        EndFailed();
        Change(bucket, change);
        store_.held.clear();
        TellAsset();
        ASSERT_EQ(Run(), 1);
        EXPECT_EQ(ProcessesOf(item).size(), 1U) << "nobody asked for that";
        TellAsset(AssetChange::kChosen);
        added_ = 0;
        ASSERT_EQ(Run(), 1);
        EXPECT_EQ(ProcessesOf(item).size(), 2U);
        EXPECT_EQ(Stored(item).status, Status::kPending);
        EXPECT_EQ(added_, 1) << "workers are told";
        store_.version = "2";
        TellAsset(AssetChange::kMedia);
        ASSERT_EQ(Run(), 1);
        EXPECT_EQ(Items().size(), 1U) << "nothing new is taken in";
        store_.gone.insert(kId);
        TellAsset();
        ASSERT_EQ(Run(), 1);
        EXPECT_TRUE(Stored(item).removed_at);
        EXPECT_EQ(Stored(item).reason_code, "removed");
        EXPECT_THAT(Waiting(), IsEmpty());
        store_.asked.clear();
        TellAsset(AssetChange::kChosen);
        ASSERT_EQ(Run(), 1);
        EXPECT_THAT(store_.asked, IsEmpty()) << "there is nothing of it any more";
    }

    Bucket Watch(
        const std::string& kind,
        const std::string& name,
        const std::string& location,
        const std::vector<std::string>& processors = {"checksum"},
        const std::string& source = {}
    ) {
        clock_.Advance(1s);
        Bucket bucket;
        bucket.id = BucketId(MakeId("bkt"));
        bucket.source_id = SourceId("src_" + (source.empty() ? kind : source));
        bucket.kind = kind;
        bucket.name = name;
        bucket.location = location;
        bucket.created_at = clock_.Now();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.buckets.Add(bucket);
        }));
        for (const auto& processor : processors) {
            AddRule(bucket, processor);
        }
        return bucket;
    }

    void Tell(const News& news) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.news.Tell(RowOf(news, clock_.Now()));
        }));
    }

    void TellObject(const std::string& key, const std::string& bucket = "media") {
        Tell(StoreNews{.bucket = bucket, .keys = {key}, .created = true, .event = ""});
    }

    void TellAsset(AssetChange change = AssetChange::kEntity) {
        Tell(AssetNews{.asset_id = kId, .change = change});
    }

    int Run() {
        return inbox_.RunOnce(InboxLane::kObjects, {}).value() +
               inbox_.RunOnce(InboxLane::kIconik, {}).value();
    }

    std::vector<InboxNews> Waiting() {
        return storage_->Read([](const Snapshot& snapshot) { return snapshot.news.List({.limit = 200}); })
            .value()
            .rows;
    }

    std::vector<std::string> ProcessorsOf(const ItemId& item) {
        std::vector<std::string> names;
        for (const auto& process : ProcessesOf(item)) {
            names.push_back(process.processor);
        }
        return names;
    }

    ToldSource store_;
    std::vector<BucketId> looked_at_;
    int added_ = 0;
    Inbox inbox_{
        *storage_,
        clock_,
        [this](std::string_view) { return Result<SourceConnection*>(&store_); },
        {.look_at = [this](const BucketId& id) { looked_at_.push_back(id); }, .added = [this] { ++added_; }}
    };
};

TEST_F(InboxTest, TakesAnObjectIntoEachBucketAtItsPlaceAndRemovesTheRow) {
    Watch("s3", "all", "media");
    Watch("s3", "films", "media/films/");
    Watch("s3", "other", "media/other/");
    store_.held["films/a.mp4"] = {"all", "films"};
    TellObject("films/a.mp4");
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 2U);
    EXPECT_THAT(Waiting(), IsEmpty());
    EXPECT_EQ(added_, 1);
    TellObject("films/a.mp4");
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 2U) << "the same version";
    EXPECT_EQ(added_, 1);
}

TEST_F(InboxTest, EndsNewsOfWhatIsGoneOrInNoBucket) {
    Watch("s3", "all", "media");
    TellObject("gone.mp4");
    TellObject("a.mp4", "unknown");
    EXPECT_EQ(Run(), 2);
    EXPECT_THAT(Waiting(), IsEmpty());
    EXPECT_THAT(Items(), IsEmpty());
}

TEST_F(InboxTest, DelaysWhatItsStoreCannotAnswerAndLosesNothing) {
    Watch("s3", "all", "media");
    Watch("s3", "well", "fine");
    store_.held["a.mp4"] = {"all"};
    store_.held["b.mp4"] = {"all"};
    store_.fault = Error{.code = ErrorCode::kUnavailable, .reason = "refused", .message = "it is down"};
    TellObject("a.mp4");
    TellObject("b.mp4");
    EXPECT_EQ(Run(), 2);
    EXPECT_EQ(store_.asked.size(), 1U) << "a store that is down is asked once in a round";
    for (const auto& row : Waiting()) {
        EXPECT_EQ(row.reason, "refused");
        EXPECT_EQ(row.sentence, "it is down");
        EXPECT_EQ(row.tries, 1);
        EXPECT_GT(row.due_at, clock_.Now());
        EXPECT_LE(row.due_at, clock_.Now() + 5s);
    }
    EXPECT_EQ(Run(), 0) << "it is not due";
    for (int i = 0; i < 12; ++i) {
        clock_.Advance(15min);
        EXPECT_EQ(Run(), 2);
    }
    EXPECT_LE(Waiting().at(0).due_at, clock_.Now() + 15min);
    store_.fault.reset();
    clock_.Advance(15min);
    EXPECT_EQ(Run(), 2);
    EXPECT_EQ(Items().size(), 2U);
    EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(InboxTest, HasWhatWaitsForARestoredObjectLookedAtAlsoWhileItsStoreDoesNotAnswer) {
    Watch("s3", "all", "media");
    store_.held["a.mp4"] = {"all"};
    TellObject("a.mp4");
    EXPECT_EQ(Run(), 1);
    const auto item = Items().at(0).id;
    const auto claim = Claim().at(0);
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
        const auto after = AfterFailure(
            claim.processes.at(0), objects::ArchivedFault({.key = "a.mp4"}), CrashKind::kNone, clock_.Now()
        );
        return transaction.processes.UpdateHeld(after);
    }));
    EXPECT_GT(OnlyProcess(item).next_attempt_at, clock_.Now());
    store_.fault = Error{.code = ErrorCode::kUnavailable, .reason = "refused", .message = "it is down"};
    Tell(StoreNews{.bucket = "media", .keys = {"a.mp4"}, .created = true, .restored = true, .event = ""});
    Run();
    EXPECT_EQ(OnlyProcess(item).next_attempt_at, clock_.Now());
    EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(InboxTest, WaitsAsLongAsTheStoreSays) {
    Watch("s3", "all", "media");
    store_.fault = Error{.code = ErrorCode::kThrottled, .retry_after = 10min, .message = "slow down"};
    TellObject("a.mp4");
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Waiting().at(0).due_at, clock_.Now() + 10min);
    EXPECT_EQ(Waiting().at(0).reason, "throttled");
}

TEST_F(InboxTest, AFaultOfOneStoreDoesNotHoldUpAnother) {
    Watch("s3", "all", "media");
    Watch("s3", "well", "fine");
    TellObject("a.mp4");
    TellObject("b.mp4", "fine");
    store_.held["b.mp4"] = {"well"};
    store_.fault = Error{.code = ErrorCode::kUnavailable, .message = "it is down"};
    store_.while_asked = [&] {
        if (store_.asked.back().starts_with("well")) {
            store_.fault.reset();
        }
    };
    EXPECT_EQ(Run(), 2);
    EXPECT_EQ(Items().size(), 1U);
    EXPECT_EQ(Waiting().size(), 1U);
}

TEST_F(InboxTest, AnIconikThatRefusesUsHoldsUpNewsOfNoOther) {
    AddSource("second", "iconik");
    Watch("iconik", "refused", "collections/1");
    Watch("iconik", "well", "collections/2", {"checksum"}, "second");
    const std::string other = "5b7d1c0e-0d7f-11f1-9a51-0a580a3c5b11";
    store_.held[kId] = {"well"};
    store_.held[other] = {"well"};
    store_.while_asked = [&] {
        const bool is_refused = store_.asked.back().starts_with("refused");
        store_.fault = is_refused ? std::optional(Error{.code = ErrorCode::kUnauthenticated, .message = "no"})
                                  : std::nullopt;
    };
    TellAsset();
    Tell(AssetNews{.asset_id = other, .change = AssetChange::kEntity});
    EXPECT_EQ(Run(), 2);
    EXPECT_EQ(Items().size(), 2U);
    EXPECT_TRUE(Waiting().empty()) << "what the refused one may hold its scan finds";
    EXPECT_EQ(std::ranges::count(store_.asked, "refused:" + std::string(kId)), 1);
    EXPECT_EQ(std::ranges::count(store_.asked, "refused:" + other), 0) << "not asked again in one round";
    Tell(AssetNews{.asset_id = "6c8d1c0e-0d7f-11f1-9a51-0a580a3c5b11", .change = AssetChange::kMedia});
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Waiting().size(), 1U) << "nobody who answers holds it, and it is no item of anybody";
}

TEST_F(InboxTest, LooksAgainAtWhatIsToldWhileItIsWorked) {
    Watch("s3", "all", "media");
    store_.held["a.mp4"] = {"all"};
    store_.while_asked = [&] {
        store_.while_asked = nullptr;
        TellObject("a.mp4");
    };
    TellObject("a.mp4");
    EXPECT_EQ(Run(), 1);
    ASSERT_EQ(Waiting().size(), 1U);
    store_.version = "2";
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 2U);
    EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(InboxTest, LeavesItsRowsWhenTheDatabaseRefuses) {
    Watch("s3", "all", "media");
    TellObject("a.mp4");
    storage_->refuse = 1;
    EXPECT_FALSE(inbox_.RunOnce(InboxLane::kObjects, {}));
    EXPECT_EQ(Waiting().size(), 1U);
    EXPECT_EQ(Run(), 1);
}

TEST_F(InboxTest, NewsOfAnAssetWaitsForABucketOfIconik) {
    Watch("s3", "assets", "assets");
    TellAsset();
    EXPECT_EQ(Run(), 1);
    const auto waiting = Waiting();
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].reason, "no_iconik_bucket");
    EXPECT_THAT(waiting[0].sentence, HasSubstr("no bucket of an Iconik source is here"));
    Watch("iconik", "rest", "assets");
    store_.held[kId] = {"rest"};
    clock_.Advance(15min);
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 1U);
}

TEST_F(InboxTest, AnAssetInTwoBucketsIsOneItemOfWhatTheRulesOfBothChoose) {
    const auto first = Watch("iconik", "b", "collections/1", {"checksum"});
    Watch("iconik", "a", "collections/2", {"checksum", "facial-recognition"});
    Watch("iconik", "rest", "assets", {"other"});
    store_.held[kId] = {"b", "a", "rest"};
    TellAsset();
    EXPECT_EQ(Run(), 1);
    ASSERT_EQ(Items().size(), 1U);
    const auto item = Items().at(0);
    EXPECT_EQ(item.bucket_id, first.id) << "the bucket that was added first";
    EXPECT_THAT(ProcessorsOf(item.id), UnorderedElementsAre("checksum", "facial-recognition"));
    TellAsset();
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(ProcessesOf(item.id).size(), 2U);
}

TEST_F(InboxTest, AnAssetThatIsPutIntoOneMoreBucketStaysOneItem) {
    const auto rest = Watch("iconik", "rest", "assets", {"checksum"});
    store_.held[kId] = {"rest"};
    TellAsset();
    EXPECT_EQ(Run(), 1);
    const auto later = Watch("iconik", "later", "collections/1", {"facial-recognition"});
    store_.held[kId].insert("later");
    TellAsset();
    EXPECT_EQ(Run(), 1);
    ASSERT_EQ(Items().size(), 1U);
    EXPECT_EQ(Items().at(0).bucket_id, rest.id);
    EXPECT_EQ(ProcessesOf(Items().at(0).id).size(), 2U);
    EXPECT_EQ(intake_->Take(later, {{.key = kId, .version = "1"}}).value(), 0) << "nor by a scan";
    store_.version = "2";
    TellAsset();
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 2U) << "a new version is a new item";
}

TEST_F(InboxTest, WhatASavedSearchFindsNoMessageTells) {
    Watch("iconik", "search", "searches/" + std::string(kId));
    store_.held[kId] = {"search"};
    TellAsset();
    EXPECT_EQ(Run(), 1);
    EXPECT_THAT(store_.asked, IsEmpty());
    EXPECT_THAT(Items(), IsEmpty());
}

TEST_F(InboxTest, OnlyNewsOfAnAssetsMediaWakesWhatWaitsForIt) {
    const auto item = AddAssetThatWaitsForItsMedia();
    const auto later = OnlyProcess(item).next_attempt_at;
    EXPECT_GT(later, clock_.Now());
    TellAsset();
    Run();
    EXPECT_EQ(OnlyProcess(item).next_attempt_at, later) << "it may be what we wrote ourselves";
    TellAsset(AssetChange::kMedia);
    Run();
    EXPECT_EQ(OnlyProcess(item).next_attempt_at, clock_.Now());
}

TEST_F(InboxTest, NewsOfMediaWakesWhatIsAtHomeInAnotherBucket) {
    const auto item = AddAssetThatWaitsForItsMedia();
    Watch("iconik", "dailies", "collections/1");
    store_.held[kId] = {"dailies"};  // it was put into a collection that is watched
    TellAsset(AssetChange::kMedia);
    Run();
    EXPECT_EQ(OnlyProcess(item).next_attempt_at, clock_.Now());
}

TEST_F(InboxTest, AnAssetThatGlobsLeaveOutIsNoItem) {
    auto bucket = Watch("iconik", "all", "assets");
    Change(bucket, [](Bucket& changed) { changed.exclude = {std::string(kId)}; });
    store_.held[kId] = {"all"};
    TellAsset();
    EXPECT_EQ(Run(), 1);
    EXPECT_TRUE(Items().empty());
}

TEST_F(InboxTest, ACollectionThatIsGoneDoesNotHoldUpTheOthers) {
    Watch("iconik", "gone", "collections/1");
    const auto other = Watch("iconik", "other", "collections/2");
    store_.held[kId] = {"other"};
    store_.while_asked = [&] {
        store_.fault.reset();
        if (store_.asked.back().starts_with("gone")) {
            store_.fault =
                Error{.code = ErrorCode::kUnavailable, .reason = "no_bucket", .message = "there is none"};
        }
    };
    TellAsset();
    EXPECT_EQ(Run(), 1);
    ASSERT_EQ(Items().size(), 1U);
    EXPECT_EQ(Items().at(0).bucket_id, other.id);
    EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(InboxTest, NewsOfACollectionHasItsBucketScanned) {
    const auto bucket = Watch("iconik", "films", std::string("collections/") + kId);
    const auto search = Watch("iconik", "found", std::string("searches/") + kId);
    Tell(CollectionNews{.collection_id = kId});
    Tell(SearchNews{.search_id = kId});
    Tell(CollectionNews{.collection_id = "another"});
    EXPECT_EQ(Run(), 3);
    EXPECT_THAT(looked_at_, UnorderedElementsAre(bucket.id, search.id));
    EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(InboxTest, WhatAPersonChoseRunsAgainOnceForEachTimeThatItIsTold) {
    Watch("iconik", "b", "collections/1");
    Watch("iconik", "rest", "assets");
    store_.held[kId] = {"b", "rest"};
    TellAsset();
    Run();
    const auto item = Items().at(0).id;
    TellAsset(AssetChange::kChosen);
    Run();
    EXPECT_EQ(ProcessesOf(item).size(), 1U) << "what waits is left alone";
    EndFailed();
    added_ = 0;
    TellAsset();
    TellAsset(AssetChange::kMedia);
    Run();
    EXPECT_EQ(ProcessesOf(item).size(), 1U) << "nobody asked for that";
    TellAsset(AssetChange::kChosen);
    TellAsset(AssetChange::kChosen);
    Run();
    EXPECT_EQ(ProcessesOf(item).size(), 2U);
    EXPECT_EQ(Stored(item).status, Status::kPending);
    EXPECT_EQ(added_, 1) << "workers are told";
    EXPECT_EQ(Run(), 0);
    EndFailed();
    TellAsset(AssetChange::kChosen);
    Run();
    EXPECT_EQ(ProcessesOf(item).size(), 3U);
}

TEST_F(InboxTest, WhatAPersonChoseOfAPausedBucketRunsAgainAndWhatIsGoneOfItIsRemoved) {
    ActOnWhatIsKnown([](Bucket& bucket) { bucket.active = false; });
}

TEST_F(InboxTest, WhatAPersonChoseOfASavedSearchRunsAgainAndWhatIsGoneOfItIsRemoved) {
    ActOnWhatIsKnown([](Bucket& bucket) { bucket.location = "searches/1"; });
}

TEST_F(InboxTest, NewsOfMediaWakesWhatWaitsForItInAPausedBucketToo) {
    const auto item = AddAssetThatWaitsForItsMedia();
    const auto home = Stored(item).bucket_id;
    auto bucket = storage_->Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(home); });
    ASSERT_TRUE(bucket.has_value());
    Change(*bucket, [](Bucket& changed) { changed.active = false; });
    TellAsset(AssetChange::kMedia);
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(OnlyProcess(item).next_attempt_at, clock_.Now());
}

TEST_F(InboxTest, NewsOfAnAssetThatMayNotBeSeenIsKeptForADayAndThenADeadMessageThatCanBeReplayed) {
    Watch("iconik", "all", "assets");
    store_.held[kId] = {"all"};
    store_.fault = Error{
        .code = ErrorCode::kForbidden,
        .reason = std::string(objects::kAccessDenied),
        .message = "Iconik does not let this application read the asset"
    };
    Tell(AssetNews{.asset_id = kId, .change = AssetChange::kChosen});
    const auto began = clock_.Now();
    std::vector<std::chrono::milliseconds> delays;
    while (!Waiting().empty()) {
        ASSERT_EQ(Run(), 1);
        for (const auto& row : Waiting()) {
            EXPECT_EQ(row.reason, objects::kAccessDenied);
            delays.emplace_back(row.due_at - clock_.Now());
            clock_.Advance(delays.back());
        }
        ASSERT_LT(delays.size(), 60U);
    }
    EXPECT_GE(delays.at(0), 150s);
    EXPECT_LE(delays.at(0), 300s);
    EXPECT_LE(*std::ranges::max_element(delays), 1h);
    EXPECT_GE(clock_.Now() - began, 24h);
    EXPECT_LE(clock_.Now() - began, 25h);
    EXPECT_EQ(Count("message.dead"), 1);
    const auto dead = storage_->Read([](const Snapshot& snapshot) {
        return snapshot.dead_messages.List({}, {.limit = 9});
    });
    ASSERT_EQ(dead.value().rows.size(), 1U);
    EXPECT_EQ(dead->rows.at(0).reason, objects::kAccessDenied);
    EXPECT_THAT(dead->rows.at(0).sentence, HasSubstr("does not let this application read"));
    EXPECT_THAT(dead->rows.at(0).body, HasSubstr(kId));

    store_.fault.reset();
    MessageIntake intake(*storage_, clock_, "", [] {});
    ASSERT_TRUE(intake.Replay(dead->rows.at(0).id).has_value());
    ASSERT_EQ(Waiting().size(), 1U);
    EXPECT_EQ(Waiting().at(0).kind, NewsKind::kChosenAsset) << "as it was told";
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Items().size(), 1U);
}

TEST_F(InboxTest, ADeadMessageTellsOfTheSameAsTheNewsThatItWas) {
    for (const auto change : {AssetChange::kEntity, AssetChange::kMedia, AssetChange::kChosen}) {
        const AssetNews news{.asset_id = kId, .change = change};
        auto row = RowOf(news, clock_.Now());
        row.system_domain_id = "5f0c6d4e-0000-11ee-b962-0242ac120002";
        const auto dead = DeadOf(row, Error{.code = ErrorCode::kForbidden, .message = "no"}, clock_.Now());
        const auto message = ParseMessage(dead.body);
        ASSERT_TRUE(message.has_value()) << dead.body;
        EXPECT_EQ(message->news, std::vector<News>{news});
        EXPECT_EQ(message->system_domain_id, row.system_domain_id);
    }
}

TEST_F(InboxTest, AnAssetThatMayNotBeSeenHoldsUpNewsOfNoOther) {
    Watch("iconik", "all", "assets");
    constexpr const char* kOther = "4f2c8a52-0d7f-11f1-9a51-0a580a3c5b12";
    store_.held[kOther] = {"all"};
    store_.while_asked = [&] {
        store_.fault.reset();
        if (store_.asked.back().ends_with(kId)) {
            store_.fault = Error{
                .code = ErrorCode::kForbidden,
                .reason = std::string(objects::kAccessDenied),
                .message = "no right"
            };
        }
    };
    TellAsset();
    Tell(AssetNews{.asset_id = kOther, .change = AssetChange::kEntity});
    EXPECT_EQ(Run(), 2);
    EXPECT_EQ(Items().size(), 1U);
    ASSERT_EQ(Waiting().size(), 1U);
    EXPECT_EQ(Waiting().at(0).address, kId);
}

TEST_F(InboxTest, NewsThatWaitedForItsStoreForADayIsNotGivenUpAtTheFirstRefusal) {
    Watch("iconik", "all", "assets");
    store_.fault = Error{.code = ErrorCode::kUnavailable, .reason = "store_fault", .message = "down"};
    TellAsset();
    EXPECT_EQ(Run(), 1);
    clock_.Advance(30h);
    store_.fault = Error{
        .code = ErrorCode::kForbidden, .reason = std::string(objects::kAccessDenied), .message = "no right"
    };
    EXPECT_EQ(Run(), 1);
    EXPECT_EQ(Waiting().size(), 1U);
    EXPECT_EQ(Count("message.dead"), 0);
}

TEST_F(InboxTest, WhatAPersonChoseAndNoBucketHoldsEndsWithoutAnItem) {
    Watch("iconik", "b", "collections/1");
    TellAsset(AssetChange::kChosen);
    EXPECT_EQ(Run(), 1);
    EXPECT_THAT(Waiting(), IsEmpty());
    EXPECT_THAT(Items(), IsEmpty());
}

TEST_F(InboxTest, AnAssetThatIsGoneIsRemovedAndWhatWaitsOfItEndsWithAReason) {
    Watch("iconik", "b", "collections/1");
    const auto rest = Watch("iconik", "rest", "assets");
    store_.held[kId] = {"b"};
    TellAsset();
    Run();
    const auto item = Items().at(0).id;
    store_.held.clear();
    store_.gone.insert(kId);
    TellAsset();
    EXPECT_EQ(Run(), 1);
    EXPECT_THAT(Waiting(), IsEmpty());
    EXPECT_TRUE(Stored(item).removed_at);
    EXPECT_EQ(Stored(item).status, Status::kSkipped);
    EXPECT_EQ(Stored(item).reason_code, "removed");
    EXPECT_EQ(Count("item.removed"), 1);
    TellAsset(AssetChange::kChosen);
    EXPECT_EQ(Run(), 1);
    FoundObject gone{.key = kId};
    gone.gone = true;
    EXPECT_EQ(intake_->Take(rest, {gone}).value(), 0) << "nor does a scan that tells the same";
    EXPECT_EQ(Count("item.removed"), 1);
    EXPECT_EQ(Items().size(), 1U);
    store_.gone.clear();
    store_.held[kId] = {"b"};
    TellAsset();
    Run();
    EXPECT_EQ(Items().size(), 2U) << "brought back it is new";
}

TEST_F(InboxTest, AStoreThatHangsHoldsUpNoOtherLaneAndNoStop) {
    Watch("s3", "all", "media");
    Watch("iconik", "rest", "assets");
    store_.held["a.mp4"] = {"all"};
    store_.hangs_at = "rest";
    inbox_.Start();
    TellAsset();
    inbox_.Nudge();
    EXPECT_TRUE(Eventually([&] { return store_.hanging.load(); }));
    TellObject("a.mp4");
    inbox_.Nudge();
    EXPECT_TRUE(Eventually([&] { return Items().size() == 1 && Waiting().size() == 1; }));
    EXPECT_TRUE(store_.hanging);
    const auto before = std::chrono::steady_clock::now();
    inbox_.Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
    ASSERT_EQ(Waiting().size(), 1U) << "looked at after the next start";
    EXPECT_EQ(Waiting().at(0).tries, 0);
}

TEST_F(InboxTest, WorksOnItsOwnThread) {
    Watch("s3", "all", "media");
    store_.held["a.mp4"] = {"all"};
    inbox_.Start();
    inbox_.Start();
    TellObject("a.mp4");
    inbox_.Nudge();
    EXPECT_TRUE(Eventually([&] { return Items().size() == 1; }));
    EXPECT_TRUE(Eventually([&] { return Waiting().empty(); }));
    inbox_.Stop();
    inbox_.Stop();
}

}  // namespace
}  // namespace notify::testing
