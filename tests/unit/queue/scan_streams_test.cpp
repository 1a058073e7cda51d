#include "queue/scan_streams.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "queue/bucket_scan.hpp"
#include "storage/item_repository.hpp"
#include "storage/scan_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

class ScanStreamsTest : public QueueTest {
protected:
    ScanStreamsTest() : bucket_(AddBucket()) { bucket_.options.scan_streams = 4; }

    /// `folders` folders of `files` files.
    void PutFolders(int folders, int files) {
        for (int i = 0; i < folders; ++i) {
            for (int j = 0; j < files; ++j) {
                source_.Put(fmt::format("{:02}/{:05}.mxf", i, j));
            }
        }
    }

    ScanOutcome Run() {
        source_.begun_behind.clear();
        auto outcome = scan_.Run(
            bucket_,
            source_,
            [this](const ScanState& state) { told_.push_back(state.seen); },
            source_.stop_source.get_token()
        );
        std::ranges::sort(source_.begun_behind);
        return outcome;
    }

    ScanState State() {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.scans.Get(bucket_.id); })
            .value()
            .value();
    }

    std::vector<ScanRange> Ranges() {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.scans.Ranges(bucket_.id); }
        ).value();
    }

    std::vector<Item> All() {
        return storage_
            ->Read([&](const Snapshot& snapshot) {
                return snapshot.items.NewestBetween(bucket_.id, {}, 100'000);
            })
            .value();
    }

    /// "key version reason" of each item.
    std::vector<std::string> Told() {
        std::vector<std::string> told;
        for (const auto& item : All()) {
            told.push_back(fmt::format("{} {} {}", item.key, item.version, item.reason_code));
        }
        return told;
    }

    Bucket bucket_;
    ListedSource source_;
    BucketScan scan_{*storage_, clock_};
    std::vector<std::uint64_t> told_;
};

TEST_F(ScanStreamsTest, TakeInEveryKeyOnceByAsManyListingsAsThereAreRanges) {
    PutFolders(20, 250);
    source_.Put("00");
    source_.Put("zz.mxf");
    const auto outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_EQ(outcome.summary.seen, 5002U);
    EXPECT_EQ(outcome.summary.added, 5002);
    EXPECT_TRUE(outcome.summary.whole);
    EXPECT_EQ(All().size(), 5002U);
    EXPECT_EQ(source_.begun_behind.size(), 16U);
    EXPECT_TRUE(std::ranges::is_sorted(told_));
    EXPECT_EQ(State().seen, 5002U);
    EXPECT_TRUE(State().finished_at);
    EXPECT_TRUE(Ranges().empty());
    EXPECT_EQ(Run().summary.added, 0);
    EXPECT_EQ(State().number, 2);
}

TEST_F(ScanStreamsTest, AreOneWhereTheBucketCannotBeCut) {
    PutFolders(3, 10);
    source_.folders_fail = true;
    EXPECT_EQ(Run().summary.added, 30);
    EXPECT_EQ(source_.begun_behind, std::vector<std::string>{""});
    source_.folders_fail = false;
    bucket_.options.scan_streams = 1;
    source_.asked_folders.clear();
    EXPECT_EQ(Run().summary.seen, 30U);
    EXPECT_TRUE(source_.asked_folders.empty());
}

TEST_F(ScanStreamsTest, KeepEachRangesPositionWhenOneOfThemFails) {
    PutFolders(4, 100);
    source_.fails_at = "01/00050.mxf";
    auto outcome = Run();
    ASSERT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.ended.error().message, "the store does not answer");
    const auto ranges = Ranges();
    ASSERT_EQ(ranges.size(), 5U);
    EXPECT_EQ(ranges[2].after, "01/");
    EXPECT_EQ(ranges[2].through, "02/");
    EXPECT_EQ(ranges[2].position, "01/00049.mxf");
    EXPECT_FALSE(ranges[2].done);
    EXPECT_FALSE(ranges[4].through);
    EXPECT_EQ(State().seen, All().size());

    const auto seen = State().seen;
    source_.fails_at.clear();
    source_.Put("01/00000x.mxf");
    const auto before = source_.asked_folders.size();
    outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_TRUE(outcome.summary.resumed);
    EXPECT_EQ(source_.asked_folders.size(), before);
    EXPECT_TRUE(std::ranges::count(source_.begun_behind, "01/00049.mxf"));
    EXPECT_EQ(outcome.summary.seen, 400U);
    EXPECT_EQ(static_cast<std::uint64_t>(outcome.summary.added), 400 - seen);
    EXPECT_EQ(All().size(), 400U) << "what came before a position is for the next scan";
    EXPECT_EQ(Run().summary.added, 1);
}

TEST_F(ScanStreamsTest, EndTogetherWhenTheScanIsStopped) {
    PutFolders(8, 300);
    source_.stops_at = "03/00100.mxf";
    auto outcome = Run();
    ASSERT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.ended.error().code, ErrorCode::kStopped);
    EXPECT_FALSE(State().finished_at);
    source_.stops_at.clear();
    source_.stop_source = {};
    outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_EQ(All().size(), 2400U);
    EXPECT_EQ(State().number, 1);
}

TEST_F(ScanStreamsTest, BeginAnewWhenTheyCameNoFurtherAndFailed) {
    PutFolders(4, 10);
    source_.fails_behind = 0;
    EXPECT_FALSE(Run().ended);
    EXPECT_EQ(Ranges().size(), 5U);
    EXPECT_FALSE(Run().ended);
    source_.fails_behind.reset();
    ASSERT_TRUE(Run().ended);
    EXPECT_EQ(All().size(), 40U);
    EXPECT_EQ(State().number, 2);
}

TEST_F(ScanStreamsTest, LoseNothingWhenNothingCouldBeWritten) {
    PutFolders(8, 300);
    source_.fails_at = "07/00000.mxf";
    EXPECT_FALSE(Run().ended);
    source_.fails_at.clear();
    storage_->refuse = 1;
    const auto outcome = Run();
    ASSERT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.ended.error().code, ErrorCode::kStorageFull);
    ASSERT_TRUE(Run().ended);
    EXPECT_EQ(All().size(), 2400U);
    EXPECT_EQ(State().number, 1);
}

TEST_F(ScanStreamsTest, CutWhatIsLeftOfAScanThatOneStreamBegan) {
    PutFolders(4, 100);
    bucket_.options.scan_streams = 1;
    source_.fails_at = "01/00050.mxf";
    EXPECT_EQ(Run().summary.added, 150);
    bucket_.options.scan_streams = 2;
    source_.fails_at.clear();
    const auto outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_EQ(source_.begun_behind, (std::vector<std::string>{"01/00049.mxf", "02/", "03/"}));
    EXPECT_EQ(outcome.summary.seen, 400U);
    EXPECT_EQ(outcome.summary.added, 250);
}

TEST_F(ScanStreamsTest, GoOnInTheirRangesByOneWhenTheOptionIsTakenBack) {
    PutFolders(4, 100);
    source_.fails_at = "01/00050.mxf";
    EXPECT_FALSE(Run().ended);
    source_.fails_at.clear();
    bucket_.options.scan_streams = 1;
    ASSERT_TRUE(Run().ended);
    EXPECT_EQ(All().size(), 400U);
    EXPECT_EQ(State().seen, 400U);
}

TEST_F(ScanStreamsTest, RemoveWhatTwoScansInARowDidNotSee) {
    PutFolders(6, 100);
    ASSERT_TRUE(Run().ended);
    for (const auto* key : {"00/00000.mxf", "02/00050.mxf", "05/00099.mxf"}) {
        source_.objects.erase(key);
    }
    const auto removed = [&] {
        return std::ranges::count_if(All(), [](const Item& item) { return item.removed_at.has_value(); });
    };
    source_.fails_at = "03/00000.mxf";
    EXPECT_FALSE(Run().ended);
    source_.fails_at.clear();
    ASSERT_TRUE(Run().ended);
    EXPECT_EQ(removed(), 0) << "the second half of one scan is no second scan";
    ASSERT_TRUE(Run().ended);
    EXPECT_EQ(removed(), 3);
}

TEST_F(ScanStreamsTest, ComeToTheSameItemsAsOneStream) {
    PutFolders(3, 50);
    for (int i = 0; i < 150; ++i) {
        source_.Put(fmt::format("shots/{:04}.dpx", i));  // with folders between, and before its key
        source_.Put(fmt::format("shots/0500/b.{:04}.dpx", i));
    }
    for (const auto* key : {
             "shots/0050/x.mxf", "shots/A/x.mxf", "card/CONTENTS/CLIP/1.xml", "card/CONTENTS/VIDEO/1.mxf", "z"
         }) {
        source_.Put(key);
    }
    auto outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_GT(source_.begun_behind.size(), 4U);
    EXPECT_EQ(outcome.summary.seen, source_.objects.size());
    const auto by_four = Told();
    bucket_ = AddBucket({"checksum"}, "other");
    EXPECT_EQ(Run().summary.seen, source_.objects.size());
    EXPECT_EQ(Told(), by_four);
    EXPECT_EQ(by_four.size(), 150U + 3 + 3) << "two sequences, a card, the rest by itself";
}

}  // namespace
}  // namespace notify::testing
