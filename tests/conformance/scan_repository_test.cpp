#include "storage/scan_repository.hpp"

#include <algorithm>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Scans : public Conformance {
protected:
    std::optional<ScanState> State(const BucketId& bucket) {
        return Read([&](const Snapshot& snapshot) { return snapshot.scans.Get(bucket); });
    }

    void Miss(const Item& item, std::int64_t number) {
        Write([&](Transaction& transaction) {
            return transaction.scans.NoteMissing(item.bucket_id, number, item.id);
        });
    }

    std::vector<ItemId> Twice(
        const Bucket& bucket, std::int64_t number, const ItemId& after = {}, int limit = 9
    ) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.scans.MissingTwice(bucket.id, number, after, limit);
        });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Scans, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Scans, KeepTheLastStateOfEachBucket) {
    const auto bucket = AddBucket();
    const auto other = AddBucket("other");
    EXPECT_FALSE(State(bucket.id));
    ScanState state{
        .number = 7,
        .started_at = Now(),
        .scope = "all",
        .position = std::string("a\xff\0z", 4),
        .position_at = Now() + 3ms,
        .seen = 5'000'000'000,
        .finished_at = {},
        .whole_at = {},
        .left_out = {"a", std::string("b\xff\n")}
    };
    const auto put = [&] {
        Write([&](Transaction& transaction) { return transaction.scans.Put(bucket.id, state); });
    };
    put();
    auto stored = State(bucket.id).value();
    EXPECT_EQ(stored.number, 7);
    EXPECT_EQ(stored.started_at, state.started_at);
    EXPECT_EQ(stored.scope, "all");
    EXPECT_EQ(stored.position, state.position);
    EXPECT_EQ(stored.position_at, state.position_at);
    EXPECT_EQ(stored.seen, 5'000'000'000U);
    EXPECT_FALSE(stored.finished_at);
    EXPECT_FALSE(stored.whole_at);
    EXPECT_EQ(stored.left_out, state.left_out);
    state.left_out.clear();
    state.number = 8;
    state.position.clear();
    state.finished_at = Now() + 1s;
    state.whole_at = Now() - 5min;
    put();
    stored = State(bucket.id).value();
    EXPECT_EQ(stored.number, 8);
    EXPECT_EQ(stored.position, "");
    EXPECT_EQ(stored.finished_at, state.finished_at);
    EXPECT_EQ(stored.whole_at, state.whole_at);
    EXPECT_TRUE(stored.left_out.empty());
    EXPECT_FALSE(State(other.id));
}

TEST_P(Scans, RefuseTheStateOfABucketThatIsMissing) {
    EXPECT_EQ(
        Refused([](Transaction& transaction) { return transaction.scans.Put(BucketId("bkt_none"), {}); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Scans, GoWithTheirBucket) {
    const auto bucket = AddBucket();
    Write([&](Transaction& transaction) {
        return transaction.scans.Put(bucket.id, {}).and_then([&] {
            return transaction.scans.PutRanges(bucket.id, {ScanRange()});
        });
    });
    Write([&](Transaction& transaction) { return transaction.buckets.Remove(bucket.id); });
    EXPECT_FALSE(State(bucket.id));
    EXPECT_TRUE(Read([&](const Snapshot& snapshot) { return snapshot.scans.Ranges(bucket.id); }).empty());
}

TEST_P(Scans, KeepTheRangesOfTheLastOneInTheOrderOfKeys) {
    const auto bucket = AddBucket();
    const auto other = AddBucket("other");
    const auto ranges = [&](const Bucket& of) {
        return Read([&](const Snapshot& snapshot) { return snapshot.scans.Ranges(of.id); });
    };
    const auto put = [&](const std::vector<ScanRange>& wanted) {
        Write([&](Transaction& transaction) { return transaction.scans.PutRanges(bucket.id, wanted); });
    };
    EXPECT_TRUE(ranges(bucket).empty());
    const std::string odd("m\xff\0/", 4);
    put(
        {{.after = odd, .through = std::nullopt, .position = odd},
         {.after = "", .through = "b/", .position = "", .done = true},
         {.after = "b/", .through = odd, .position = "b/7"}}
    );
    auto stored = ranges(bucket);
    ASSERT_EQ(stored.size(), 3U);
    EXPECT_EQ(stored[0].after, "");
    EXPECT_EQ(stored[0].through, "b/");
    EXPECT_TRUE(stored[0].done);
    EXPECT_EQ(stored[1].position, "b/7");
    EXPECT_EQ(stored[1].through, odd);
    EXPECT_FALSE(stored[1].done);
    EXPECT_EQ(stored[2].after, odd);
    EXPECT_FALSE(stored[2].through);
    EXPECT_TRUE(ranges(other).empty());
    put({{.after = "x", .through = std::nullopt, .position = "x"}});
    ASSERT_EQ(ranges(bucket).size(), 1U);
    put({});
    EXPECT_TRUE(ranges(bucket).empty());
}

TEST_P(Scans, NoteHowFarARangeIsAndWhatItSawMore) {
    const auto bucket = AddBucket();
    Write([&](Transaction& transaction) {
        return transaction.scans.Put(bucket.id, {.started_at = Now(), .position_at = Now(), .seen = 5})
            .and_then([&] {
                return transaction.scans.PutRanges(
                    bucket.id,
                    {{.after = "", .through = "b/", .position = ""},
                     {.after = "b/", .through = std::nullopt, .position = "b/"}}
                );
            });
    });
    const ScanRange moved{.after = "b/", .through = std::nullopt, .position = "c", .done = true};
    Write([&](Transaction& transaction) {
        return transaction.scans.MoveRange(bucket.id, moved, 7, Now() + 2ms);
    });
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.scans.Ranges(bucket.id); });
    EXPECT_EQ(stored.at(0).position, "");
    EXPECT_FALSE(stored.at(0).done);
    EXPECT_EQ(stored.at(1).position, "c");
    EXPECT_TRUE(stored.at(1).done);
    EXPECT_EQ(State(bucket.id)->seen, 12U);
    EXPECT_EQ(State(bucket.id)->position_at, Now() + 2ms);
    const ScanRange none{.after = "d/", .through = std::nullopt, .position = "e"};
    EXPECT_EQ(
        Refused([&](Transaction& transaction) {
            return transaction.scans.MoveRange(bucket.id, none, 1, Now());
        }),
        ErrorCode::kNotFound
    );
    EXPECT_EQ(State(bucket.id)->seen, 12U);
}

TEST_P(Scans, RefuseRangesThatBeginBehindOneKeyOrOfABucketThatIsMissing) {
    const auto bucket = AddBucket();
    const auto refused = [&](const BucketId& of, const std::vector<ScanRange>& ranges) {
        return Refused([&](Transaction& transaction) { return transaction.scans.PutRanges(of, ranges); });
    };
    const ScanRange range{.after = "a", .through = std::nullopt, .position = "a"};
    EXPECT_EQ(refused(bucket.id, {range, range}), ErrorCode::kConflict);
    EXPECT_EQ(refused(BucketId("bkt_none"), {range}), ErrorCode::kNotFound);
}

TEST_P(Scans, TellWhatTwoInARowDidNotSee) {
    const auto bucket = AddBucket();
    const auto gone = AddItem(bucket, "gone");
    const auto seen_between = AddItem(bucket, "seen between");
    const auto new_miss = AddItem(bucket, "new miss");
    Miss(gone, 1);
    Miss(seen_between, 1);
    Miss(gone, 2);
    Miss(gone, 2);  // the same scan, after a kill
    EXPECT_EQ(Twice(bucket, 2), std::vector{gone.id});
    Miss(gone, 3);
    Miss(seen_between, 3);
    Miss(new_miss, 3);
    EXPECT_EQ(Twice(bucket, 3), std::vector{gone.id});
    EXPECT_TRUE(Twice(bucket, 4).empty());
    EXPECT_TRUE(Twice(AddBucket("other"), 3).empty());
}

TEST_P(Scans, TellWhatTheyMissedPageByPage) {
    const auto bucket = AddBucket();
    std::vector<ItemId> gone;
    for (int i = 0; i < 5; ++i) {
        gone.push_back(AddItem(bucket, std::to_string(i)).id);
        clock_.Advance(1ms);
        for (int scan = 1; scan <= 2; ++scan) {
            Write([&](Transaction& transaction) {
                return transaction.scans.NoteMissing(bucket.id, scan, gone.back());
            });
        }
    }
    std::ranges::sort(gone);
    EXPECT_EQ(Twice(bucket, 2, {}, 3), std::vector(gone.begin(), gone.begin() + 3));
    EXPECT_EQ(Twice(bucket, 2, gone[2], 3), std::vector(gone.begin() + 3, gone.end()));
}

TEST_P(Scans, ForgetWhatEarlierOnesMissed) {
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a");
    for (const auto* key : {"b", "c", "d"}) {
        Miss(AddItem(bucket, key), 1);
    }
    Miss(item, 2);
    const auto forget = [&](int limit) {
        return Write([&](Transaction& transaction) {
            return transaction.scans.ForgetMissing(bucket.id, 2, limit);
        });
    };
    EXPECT_EQ(forget(2), 2);
    EXPECT_EQ(forget(2), 1);
    EXPECT_EQ(forget(2), 0);
    Miss(item, 3);
    EXPECT_EQ(Twice(bucket, 3), std::vector{item.id});
}

}  // namespace

}  // namespace notify::testing
