// BacklogRepository: what waits for a budget, marks of what is done elsewhere, and how fast processors were.

#include "storage/backlog_repository.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "storage/source_repository.hpp"

namespace notify::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Backlog : public Conformance {
protected:
    Backlog() : source_(MakeSource()), bucket_(MakeBucket(source_, "in")) {
        Write([&](Transaction& transaction) {
            return transaction.sources.Add(source_).and_then([&] {
                return transaction.buckets.Add(bucket_);
            });
        });
    }

    Item AddItem(const std::string& key, BlockedBy blocked_by, milliseconds older = {}) {
        auto item = MakeItem(bucket_, key);
        item.blocked_by = blocked_by;
        item.modified_at = Now() - older;
        Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); });
        return item;
    }

    std::vector<ItemId> Waiting(int limit) {
        return Read([&](const Snapshot& snapshot) { return snapshot.backlog.Waiting(bucket_.id, limit); });
    }

    Source source_;
    Bucket bucket_;
};

TEST_P(Backlog, TellsWhatWaitsForTheBudgetWhatWasWrittenLastFirst) {
    const auto old = AddItem("old", BlockedBy::kBudget, hours(2));
    const auto young = AddItem("young", BlockedBy::kBudget, hours(1));
    AddItem("other", BlockedBy::kSlot);
    EXPECT_THAT(Waiting(10), ElementsAre(young.id, old.id));
    EXPECT_THAT(Waiting(1), ElementsAre(young.id));
    Write([&](Transaction& transaction) {
        auto ended = young;
        ended.status = Status::kSkipped;
        ended.blocked_by = BlockedBy::kNothing;
        return transaction.items.SetStatus(ended);
    });
    EXPECT_THAT(Waiting(10), ElementsAre(old.id));
}

TEST_P(Backlog, CountsWhatWasLetGoSinceAndForgetsWhatEndedBefore) {
    const auto first = AddItem("a", BlockedBy::kBudget);
    const auto second = AddItem("b", BlockedBy::kBudget);
    Write([&](Transaction& transaction) {
        return transaction.backlog.NoteGiven(bucket_.id, first.id, Now() - hours(30)).and_then([&] {
            return transaction.backlog.NoteGiven(bucket_.id, second.id, Now());
        });
    });
    EXPECT_EQ(
        Refused([&](Transaction& transaction) {
            return transaction.backlog.NoteGiven(bucket_.id, second.id, Now());
        }),
        ErrorCode::kConflict
    );
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.backlog.Open(bucket_.id); }).size(), 2U);
    Write([&](Transaction& transaction) {
        return transaction.backlog.SetEnded(second.id, milliseconds(1500));
    });
    Write([&](Transaction& transaction) {
        auto waits = first;
        waits.blocked_by = BlockedBy::kRetryDelay;
        waits.reason_code = "archived";
        return transaction.items.SetStatus(waits);
    });
    EXPECT_THAT(
        Read([&](const Snapshot& s) { return s.backlog.Open(bucket_.id); }),
        ElementsAre(OpenItem{.id = first.id, .status = Status::kPending, .reason_code = "archived"})
    );
    const auto used = Read([&](const Snapshot& s) { return s.backlog.Used(bucket_.id, Now() - hours(1)); });
    EXPECT_EQ(used.items, 1);
    EXPECT_EQ(used.media, milliseconds(1500));
    const auto forget = [&](Transaction& transaction) {
        return transaction.backlog.ForgetGiven(Now() - hours(24));
    };
    EXPECT_EQ(Write(forget), 0) << "the first has not ended";
    Write([&](Transaction& transaction) { return transaction.backlog.SetEnded(first.id, milliseconds(0)); });
    EXPECT_EQ(Write(forget), 1);
}

TEST_P(Backlog, KeepsMarksOfKeysThatAreBytes) {
    const DoneMark mark{.key = std::string("a\xff\0b", 4), .version = "", .at = Now()};
    const auto add = [&](const DoneMark& wanted) {
        return Write([&](Transaction& transaction) { return transaction.backlog.Mark(bucket_.id, wanted); });
    };
    const auto marks = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.backlog.Marks(bucket_.id, mark.key); });
    };
    const auto has_marks = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.backlog.HasMarks(bucket_.id); });
    };
    EXPECT_FALSE(has_marks());
    EXPECT_TRUE(add(mark));
    EXPECT_TRUE(has_marks());
    EXPECT_FALSE(add(mark));
    EXPECT_FALSE(add({.key = mark.key, .version = "", .at = Now() - hours(1)}))
        << "an earlier time moves nothing";
    EXPECT_TRUE(add({.key = mark.key, .version = "", .at = Now() + hours(1)}));
    EXPECT_TRUE(add({.key = mark.key, .version = "etag", .at = Now()}));
    EXPECT_EQ(marks().size(), 2U);
    EXPECT_EQ(marks().front().at, Now() + hours(1));
    EXPECT_TRUE(Write([&](Transaction& t) { return t.backlog.Unmark(bucket_.id, mark.key, ""); }));
    EXPECT_FALSE(Write([&](Transaction& t) { return t.backlog.Unmark(bucket_.id, mark.key, ""); }));
    EXPECT_THAT(marks(), ElementsAre(DoneMark{.key = mark.key, .version = "etag", .at = Now()}));
}

TEST_P(Backlog, TellsHowFastAProcessorWasWhereItWorked) {
    const auto complete = [&](const std::string& key, const ResultId& result, milliseconds took) {
        auto item = MakeItem(bucket_, key);
        item.size_bytes = 1000;
        auto process = MakeProcess(item, "checksum");
        process.status = Status::kCompleted;
        process.result_id = result;
        process.started_at = Now();
        process.finished_at = Now() + took;
        Write([&](Transaction& transaction) -> Result<void> {
            return transaction.items.AddIfNew(item).and_then([&](int) {
                return transaction.processes.Add(process);
            });
        });
    };
    const auto result = AddResult("lineage");
    complete("a", result.id, milliseconds(250));
    clock_.Advance(hours(1));
    complete("the same bytes", result.id, milliseconds(1));
    const auto pace = Read([](const Snapshot& snapshot) { return snapshot.backlog.Pace("checksum"); });
    EXPECT_EQ(pace.processes, 1);
    EXPECT_EQ(pace.time, milliseconds(250));
    EXPECT_EQ(pace.bytes, 1000U);
    EXPECT_EQ(Read([](const Snapshot& s) { return s.backlog.Pace("facial-recognition"); }).processes, 0);
}

INSTANTIATE_TEST_SUITE_P(EachDatabase, Backlog, ::testing::ValuesIn(Databases()), DatabaseName);

}  // namespace
}  // namespace notify::testing
