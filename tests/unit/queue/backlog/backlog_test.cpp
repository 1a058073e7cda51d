// What was in a bucket before it was ours: ignored, or let go by a budget.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "domain/bucket_options.hpp"
#include "domain/done_mark.hpp"
#include "queue/backlog/budget.hpp"
#include "queue/backlog/done.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/item_control.hpp"
#include "queue/process_end.hpp"
#include "queue/retry_policy.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/result_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BacklogTest : public QueueTest {
protected:
    Bucket AddOldBucket(
        const BucketBacklog& backlog, const std::vector<std::string>& processors = {"checksum"}
    ) {
        auto bucket = AddBucket(processors);
        Change(bucket, [&](Bucket& changed) { changed.options.backlog = backlog; });
        return bucket;
    }

    /// The same in a store that is not asked for anything.
    Bucket AddStoreBucket(const BucketBacklog& backlog) {
        const SourceId store("src_store");
        Bucket bucket;
        bucket.id = BucketId("bkt_store");
        bucket.source_id = store;
        bucket.kind = "s3";
        bucket.name = "media";
        bucket.location = "media";
        bucket.created_at = clock_.Now();
        bucket.options.backlog = backlog;
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources
                .Add({.id = store, .kind = "s3", .name = "store", .config = "{}", .created_at = clock_.Now()})
                .and_then([&] { return transaction.buckets.Add(bucket); });
        }));
        AddRule(bucket, "checksum");
        return bucket;
    }

    void NoteScan(const Bucket& bucket, std::string_view note, bool whole) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.buckets.SetScanned(bucket.id, clock_.Now(), note, whole);
        }));
    }

    int Take(const Bucket& bucket, const std::string& key, milliseconds older, std::string version = "1") {
        return intake_
            ->Take(
                bucket,
                {{.key = key,
                  .version = std::move(version),
                  .size_bytes = 7,
                  .modified_at = bucket.created_at - older}}
            )
            .value();
    }

    Item Of(const std::string& key) {
        for (const auto& item : Items()) {
            if (item.key == key) {
                return item;
            }
        }
        ADD_FAILURE() << "no item " << key;
        return {};
    }

    int Go() { return budget_.RunOnce({}).value(); }

    /// Ends the item's only process, whose media plays so long.
    void Complete(const ItemId& id, milliseconds media) {
        const auto claims = Claim();
        for (const auto& claim : claims) {
            if (claim.item.id == id) {
                Complete(claim, media);
                return;
            }
        }
        ADD_FAILURE() << "not claimed";
    }

    void Complete(const ClaimedItem& claim, milliseconds media) {
        const auto& id = claim.item.id;
        const auto& process = claim.processes.front();
        StoredResult result;
        result.id = ResultId("res_" + id.Value());
        result.lineage_key = id.Value();
        result.document = R"({"media":{"duration_ms":)" + std::to_string(media.count()) + "}}";
        result.created_at = clock_.Now();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.results.AddOrGet(result)
                .and_then([&](const ResultId& stored) {
                    return transaction.processes.UpdateHeld(Completed(process, stored, clock_.Now()));
                })
                .and_then([&](bool) { return FinishItem(transaction, id, clock_.Now()); });
        }));
    }

    /// What is claimed waits a day because its media is archived; how many.
    int ClaimArchived() {
        return ClaimFailing(
            {.code = ErrorCode::kThrottled,
             .stage = "store",
             .reason = "archived",
             .retry_after = hours(24),
             .message = "it is archived"}
        );
    }

    /// What is claimed waits because of the error; how many.
    int ClaimFailing(const Error& error) {
        const auto claims = Claim(100);
        for (const auto& claim : claims) {
            const auto& process = claim.processes.front();
            EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
                return transaction.processes
                    .UpdateHeld(AfterFailure(process, error, CrashKind::kNone, clock_.Now()))
                    .and_then([&](bool) { return FinishItem(transaction, claim.item.id, clock_.Now()); });
            }));
        }
        return static_cast<int>(claims.size());
    }

    int given_ = 0;
    BacklogBudget budget_{*storage_, clock_, [this] { ++given_; }};
    ItemControl control_{*storage_, clock_, [](const ProcessId&) {}};
};

TEST_F(BacklogTest, ThatIsIgnoredIsSkippedWithoutNewsAndWhatLandsDuringTheScanIsNot) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kIgnore});
    EXPECT_EQ(Take(bucket, "old.mp4", hours(1)), 1);
    EXPECT_EQ(Take(bucket, "new.mp4", -seconds(1)), 1);
    EXPECT_EQ(Take(bucket, "same second.mp4", milliseconds(0)), 1);
    const auto old = Of("old.mp4");
    EXPECT_EQ(old.status, Status::kSkipped);
    EXPECT_EQ(old.reason_code, kBeforeBaseline);
    EXPECT_THAT(old.reason, HasSubstr("before bucket 'in' was added"));
    EXPECT_THAT(ProcessesOf(old.id), IsEmpty());
    EXPECT_THAT(Events(old.id.Value()), IsEmpty());
    EXPECT_EQ(Of("new.mp4").status, Status::kPending);
    EXPECT_EQ(Of("same second.mp4").status, Status::kPending);
    EXPECT_EQ(Take(bucket, "old.mp4", hours(1)), 0);
    EXPECT_EQ(Take(bucket, "old.mp4", -hours(1), "2"), 1) << "a new version is new";
    EXPECT_EQ(control_.Rerun(old.id, "anna").value(), 1) << "one can be taken by hand";
}

TEST_F(BacklogTest, OfAFolderIsOverWhenAScanHasSeenAllOfItWhateverLaterScansSay) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kIgnore});
    NoteScan(bucket, "the folder is not mounted", false);
    Take(bucket, "a.mp4", hours(1));
    EXPECT_EQ(Of("a.mp4").reason_code, kBeforeBaseline);
    NoteScan(bucket, "", true);
    Take(bucket, "copied in with its old time.mp4", hours(1));
    EXPECT_EQ(Of("copied in with its old time.mp4").status, Status::kPending);
    NoteScan(bucket, "some folders are not watched", false);
    Take(bucket, "and another.mp4", hours(24 * 365));
    EXPECT_EQ(Of("and another.mp4").status, Status::kPending);
}

TEST_F(BacklogTest, OfAStoreIsOverButForWhatIsOlderThanAnUploadMayBe) {
    const auto bucket = AddStoreBucket({.policy = BacklogPolicy::kIgnore});
    Take(bucket, "there.mxf", hours(1));
    EXPECT_EQ(Of("there.mxf").reason_code, kBeforeBaseline);
    clock_.Advance(seconds(30));
    NoteScan(bucket, "", true);
    clock_.Advance(seconds(30));
    Take(bucket, "new, and the store's clock is ten minutes behind.mxf", std::chrono::minutes(9));
    EXPECT_EQ(Of("new, and the store's clock is ten minutes behind.mxf").status, Status::kPending);
    Take(bucket, "an upload of six days.mxf", hours(24 * 6));
    EXPECT_EQ(Of("an upload of six days.mxf").status, Status::kPending);
    Take(bucket, "archive that the globs left out.mxf", hours(24 * 8));
    EXPECT_EQ(Of("archive that the globs left out.mxf").reason_code, kBeforeBaseline);
}

TEST_F(BacklogTest, IsJudgedByWhenItWasNoticedAlsoWhenAMarkOfItIsTakenBackLater) {
    const auto bucket = AddStoreBucket({.policy = BacklogPolicy::kIgnore});
    const DoneMark mark{.key = "a", .version = {}, .at = clock_.Now()};
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.backlog.Mark(bucket.id, mark);
    }));
    Take(bucket, "a", hours(1));
    EXPECT_EQ(Of("a").reason_code, kDoneElsewhere);
    clock_.Advance(seconds(30));
    NoteScan(bucket, "", true);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return UnmarkDone(transaction, bucket, {{.mark = mark}}, clock_.Now());
    }));
    EXPECT_EQ(Of("a").status, Status::kSkipped);
    EXPECT_EQ(Of("a").reason_code, kBeforeBaseline);
}

TEST_F(BacklogTest, WaitsForItsBudgetWithASentenceAndIsLetGoNewestFirst) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 2});
    Take(bucket, "a", hours(3));
    Take(bucket, "b", hours(1));
    Take(bucket, "c", hours(2));
    Take(bucket, "new", -hours(1));
    EXPECT_EQ(OnlyProcess(Of("new").id).status, Status::kPending) << "what is new does not wait";
    const auto waiting = Of("a");
    EXPECT_EQ(waiting.blocked_by, BlockedBy::kBudget);
    const auto why = Why(waiting, {}, {}, bucket, clock_.Now());
    EXPECT_THAT(why.at(0), HasSubstr("waits for its turn: 2 items of those are taken each day"));
    EXPECT_EQ(Go(), 2);
    EXPECT_EQ(OnlyProcess(Of("b").id).status, Status::kPending);
    EXPECT_EQ(OnlyProcess(Of("c").id).status, Status::kPending);
    EXPECT_EQ(Of("b").blocked_by, BlockedBy::kSlot);
    EXPECT_EQ(Go(), 0);
    EXPECT_THAT(ProcessesOf(waiting.id), IsEmpty());
    clock_.Advance(hours(24));
    EXPECT_EQ(Go(), 1);
    EXPECT_EQ(OnlyProcess(waiting.id).status, Status::kPending);
}

TEST_F(BacklogTest, OfHoursIsLetGoUntilTheyAreUsedUp) {
    const auto noon = std::chrono::floor<std::chrono::days>(clock_.Now()) + hours(36);
    clock_.Advance(std::chrono::duration_cast<milliseconds>(noon - clock_.Now()));  // no day ends on the way
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .decode_hours_per_day = 1.5});
    for (const auto* key : {"a", "b", "c", "d", "e", "f"}) {
        Take(bucket, key, hours(1));
    }
    EXPECT_EQ(Go(), 4) << "so many at a time";
    EXPECT_EQ(Go(), 0);
    std::vector<ItemId> given;
    for (const auto& item : Items()) {
        if (item.blocked_by != BlockedBy::kBudget) {
            given.push_back(item.id);
        }
    }
    ASSERT_EQ(given.size(), 4U);
    Complete(given[0], hours(1));
    EXPECT_EQ(Go(), 1);
    clock_.Advance(hours(1));  // leases end; the reaper is not part of this
    for (const auto& item : Items()) {
        if (item.status == Status::kPending && item.blocked_by != BlockedBy::kBudget) {
            Complete(item.id, hours(1));
            break;
        }
    }
    EXPECT_EQ(Go(), 0) << "2 of 1.5 hours are used";
}

TEST_F(BacklogTest, OfHoursAddsUpWhatNoMediaPlays) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .decode_hours_per_day = 1.5});
    for (const auto* key : {"a", "b"}) {
        Take(bucket, key, hours(1));
    }
    EXPECT_EQ(Go(), 2);
    for (const auto& claim : Claim()) {
        Complete(claim, milliseconds::max());
    }
    Take(bucket, "c", hours(2));
    EXPECT_EQ(Go(), 0) << "they are counted, and used all of it";
}

TEST_F(BacklogTest, GoesOnBehindMoreArchivedItemsThanMayBeUnderWay) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 100});
    for (int i = 0; i < 40; ++i) {
        Take(bucket, "archived " + std::to_string(i), hours(1));
    }
    Take(bucket, "on disk", hours(2));
    EXPECT_EQ(Go(), 16);
    EXPECT_EQ(Go(), 0) << "so many are under way";
    EXPECT_EQ(ClaimArchived(), 16);
    EXPECT_EQ(Go(), 16);
    EXPECT_EQ(ClaimArchived(), 16);
    EXPECT_EQ(Go(), 9);
    EXPECT_EQ(OnlyProcess(Of("on disk").id).status, Status::kPending);
}

TEST_F(BacklogTest, GoesOnBehindItemsThatTheStoreCanNotGiveForHalfAnHour) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 100});
    for (int i = 0; i < 20; ++i) {
        Take(bucket, "broken " + std::to_string(i), hours(1));
    }
    EXPECT_EQ(Go(), 16);
    const Error fault{
        .code = ErrorCode::kUnavailable, .stage = "store", .reason = "store_fault", .message = "status 502"
    };
    for (int pauses = 1; pauses <= 5; ++pauses) {
        EXPECT_EQ(Go(), 0) << "they are under way, after " << pauses - 1;
        EXPECT_EQ(ClaimFailing(fault), 16);
        clock_.Advance(hours(1));
    }
    EXPECT_EQ(Go(), 4);
}

TEST_F(BacklogTest, IsLetGoWholeWhenItIsToBeProcessedAfterAllAndSkippedWhenIgnored) {
    auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 1});
    Take(bucket, "a", hours(1));
    Take(bucket, "b", hours(1));
    Take(bucket, "c", hours(1));
    EXPECT_EQ(Go(), 1);
    Change(bucket, [](Bucket& changed) { changed.options.backlog.policy = BacklogPolicy::kProcess; });
    EXPECT_EQ(Go(), 2);
    Change(bucket, [](Bucket& changed) { changed.options.backlog.policy = BacklogPolicy::kBudget; });
    Take(bucket, "d", hours(1));
    Change(bucket, [](Bucket& changed) { changed.options.backlog.policy = BacklogPolicy::kIgnore; });
    EXPECT_EQ(Go(), 1);
    EXPECT_EQ(Of("d").reason_code, kBeforeBaseline);
    EXPECT_THAT(Of("d").reason, HasSubstr("before bucket 'in' was added, and is ignored"));
    const auto ignored = Of("d").id;
    EXPECT_THAT(Events(ignored.Value()), ElementsAre("item.discovered")) << "there may be millions";
    const auto history =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.History(ignored); }).value();
    EXPECT_EQ(history.back().status, Status::kSkipped);
}

TEST_F(BacklogTest, IsLetGoInOneLookHoweverMuchItIsWhenNothingLimitsIt) {
    auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 1});
    for (int i = 0; i < 203; ++i) {
        Take(bucket, std::to_string(i), hours(1));
    }
    EXPECT_EQ(Go(), 1);
    Change(bucket, [](Bucket& changed) { changed.options.backlog.policy = BacklogPolicy::kProcess; });
    EXPECT_EQ(Go(), 202);
    EXPECT_EQ(given_, 4) << "workers begin before all are let go";
}

TEST_F(BacklogTest, WritesNothingWhileThereIsNoRoomAndNotesEndsWhenNothingWaitsAnyMore) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 1});
    Take(bucket, "a", hours(1));
    Take(bucket, "b", hours(2));
    EXPECT_EQ(Go(), 1);
    storage_->refuse = 1;
    EXPECT_EQ(Go(), 0);
    EXPECT_EQ(storage_->refused, 0);
    storage_->refuse = 0;
    ASSERT_TRUE(control_.Cancel(Of("b").id, "anna"));
    Complete(Of("a").id, hours(1));
    EXPECT_EQ(Go(), 0);
    const auto use = storage_->Read([&](const Snapshot& snapshot) {
        return snapshot.backlog.Used(bucket.id, clock_.Now() - hours(48));
    });
    EXPECT_EQ(use->media, hours(1));
}

TEST_F(BacklogTest, ThatWaitsIsSupersededByANewVersionAndCanBeCancelled) {
    const auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 1});
    Take(bucket, "a", hours(1));
    const auto old = Of("a");
    Take(bucket, "a", -hours(1), "2");
    EXPECT_EQ(Stored(old.id).reason_code, "superseded");
    Take(bucket, "b", hours(1));
    EXPECT_EQ(control_.Cancel(Of("b").id, "anna").value(), 1);
    EXPECT_EQ(Of("b").status, Status::kCancelled);
    EXPECT_THAT(Events(Of("b").id.Value()), ElementsAre("item.discovered", "item.cancelled"));
    EXPECT_EQ(Go(), 0);
}

TEST_F(BacklogTest, IsNotLetGoWhileItsBucketIsPausedOrHasNoRule) {
    auto bucket = AddOldBucket({.policy = BacklogPolicy::kBudget, .items_per_day = 5}, {});
    Take(bucket, "a", hours(1));
    EXPECT_EQ(Go(), 0);
    EXPECT_EQ(Of("a").blocked_by, BlockedBy::kBudget);
    AddRule(bucket, "checksum");
    Change(bucket, [](Bucket& changed) { changed.active = false; });
    EXPECT_EQ(Go(), 0);
    auto item = Of("a");
    ASSERT_TRUE(storage_->Read([&](const Snapshot& snapshot) {
        return TakeBlockedBy(snapshot, item, clock_.Now());
    }));
    EXPECT_EQ(item.blocked_by, BlockedBy::kBucketInactive);
    EXPECT_EQ(Why(item, {}, {}, bucket, clock_.Now()).at(0), "it waits: its bucket is switched off");
    Change(bucket, [](Bucket& changed) { changed.active = true; });
    EXPECT_EQ(Go(), 1);
}

}  // namespace
}  // namespace notify::testing
