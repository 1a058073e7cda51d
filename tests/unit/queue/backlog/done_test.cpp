#include "queue/backlog/done.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/done_mark.hpp"
#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::hours;
using ::testing::IsEmpty;

class DoneTest : public QueueTest {
protected:
    MarkCounts Mark(const Bucket& bucket, const DoneMark& mark, bool dated = true) {
        return storage_
            ->Write([&](Transaction& transaction) {
                return MarkDone(transaction, bucket, {{.mark = mark, .dated = dated}}, clock_.Now());
            })
            .value();
    }

    MarkCounts Unmark(const Bucket& bucket, const DoneMark& mark) {
        return storage_
            ->Write([&](Transaction& transaction) {
                return UnmarkDone(transaction, bucket, {{.mark = mark}}, clock_.Now());
            })
            .value();
    }

    Item Take(const Bucket& bucket, const std::string& key, std::string version = "etag-7") {
        EXPECT_EQ(
            intake_
                ->Take(
                    bucket,
                    {{.key = key,
                      .version = std::move(version),
                      .size_bytes = 7,
                      .modified_at = clock_.Now() - hours(1)}}
                )
                .value(),
            1
        );
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, key); })
            .value()
            .value();
    }

    DoneMark Now(std::string key, std::string version = "") {
        return {.key = std::move(key), .version = std::move(version), .at = clock_.Now()};
    }
};

TEST_F(DoneTest, SkipsWhatComesLaterAndIsNotYounger) {
    const auto bucket = AddBucket();
    EXPECT_EQ(Mark(bucket, Now("a")).marked, 1);
    EXPECT_EQ(Mark(bucket, {.key = "b", .version = "", .at = clock_.Now() - hours(2)}).marked, 1);
    const auto done = Take(bucket, "a");
    EXPECT_EQ(done.status, Status::kSkipped);
    EXPECT_EQ(done.reason_code, kDoneElsewhere);
    EXPECT_THAT(ProcessesOf(done.id), IsEmpty());
    EXPECT_EQ(Take(bucket, "b").status, Status::kPending) << "it was written after that";
}

TEST_F(DoneTest, KnowsVersionsByTheirEtag) {
    const auto bucket = AddBucket();
    Mark(bucket, Now("a", "etag"));
    Mark(bucket, Now("b", "eta"));
    EXPECT_EQ(Take(bucket, "a").status, Status::kSkipped);
    EXPECT_EQ(Take(bucket, "b").status, Status::kPending);
}

TEST_F(DoneTest, SkipsWhatWaitsOnceAndLeavesWhatRunsOrHasEnded) {
    const auto bucket = AddBucket();
    const auto waits = Take(bucket, "waits");
    const auto counts = Mark(bucket, Now("waits"));
    EXPECT_EQ(counts.items, 1);
    EXPECT_EQ(Stored(waits.id).status, Status::kSkipped);
    EXPECT_EQ(Stored(waits.id).reason_code, kDoneElsewhere);
    EXPECT_EQ(OnlyProcess(waits.id).status, Status::kSkipped);
    EXPECT_EQ(Mark(bucket, Now("waits"), false).unchanged, 1);
    const auto runs = Take(bucket, "runs");
    ASSERT_EQ(Claim().size(), 1U);
    EXPECT_EQ(Mark(bucket, Now("runs")).running, 1);
    EXPECT_EQ(OnlyProcess(runs.id).status, Status::kProcessing);
    const auto ended = Discover(bucket, "ended");
    StartWorkers();
    ASSERT_TRUE(Becomes(ended.id, Status::kCompleted));
    StopWorkers();
    clock_.Advance(hours(1));
    EXPECT_EQ(Mark(bucket, Now("ended")).processed, 1);
}

TEST_F(DoneTest, SkipsWhatNoRuleTookSoThatALaterRuleDoesNot) {
    const auto bucket = AddBucket({});
    const auto item = Take(bucket, "a");
    EXPECT_EQ(item.reason_code, "no_rule");
    EXPECT_EQ(Mark(bucket, Now("a")).items, 1);
    EXPECT_EQ(Stored(item.id).reason_code, kDoneElsewhere);
}

TEST_F(DoneTest, IsTakenBackToWhatThePolicySaysWithALineOfHistoryAndNoNews) {
    auto bucket = AddBucket();
    const auto last_line = [&](const ItemId& id) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.History(id); })
            .value()
            .back();
    };
    for (const auto policy : {BacklogPolicy::kBudget, BacklogPolicy::kIgnore}) {
        Change(bucket, [&](Bucket& changed) {
            changed.options.backlog = {.policy = policy, .items_per_day = 3};
        });
        const auto key = "there before " + std::to_string(static_cast<int>(policy));
        Mark(bucket, Now(key));
        const auto item = Take(bucket, key);
        EXPECT_EQ(item.reason_code, kDoneElsewhere);
        EXPECT_EQ(Unmark(bucket, Now(key)).items, 1);
        const auto now = Stored(item.id);
        const bool waits = policy == BacklogPolicy::kBudget;
        EXPECT_EQ(now.status, waits ? Status::kPending : Status::kSkipped);
        EXPECT_EQ(now.blocked_by, waits ? BlockedBy::kBudget : BlockedBy::kNothing);
        EXPECT_EQ(now.reason_code, waits ? "" : std::string(kBeforeBaseline));
        EXPECT_EQ(last_line(item.id).status, now.status);
        EXPECT_EQ(last_line(item.id).reason, now.reason);
        EXPECT_THAT(Events(item.id.Value()), IsEmpty());
        EXPECT_THAT(ProcessesOf(item.id), IsEmpty());
    }
}

TEST_F(DoneTest, IsTakenBackAndWhatItSkippedIsTakenUp) {
    const auto bucket = AddBucket();
    const auto before = Take(bucket, "before");
    Mark(bucket, Now("before"));
    Mark(bucket, Now("after"));
    const auto after = Take(bucket, "after");
    for (const auto& item : {before, after}) {
        const auto counts = Unmark(bucket, Now(item.key));
        EXPECT_EQ(counts.marked, 1);
        EXPECT_EQ(counts.items, 1);
        EXPECT_EQ(Stored(item.id).status, Status::kPending) << item.key;
        EXPECT_EQ(ProcessesOf(item.id).back().status, Status::kPending);
        EXPECT_EQ(Unmark(bucket, Now(item.key)).unchanged, 1);
    }
}

}  // namespace
}  // namespace notify::testing
