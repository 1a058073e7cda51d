#include "queue/bucket_scan.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;

class BucketScanTest : public QueueTest {
protected:
    BucketScanTest() : bucket_(AddBucket()) {}

    void Put(int from, int to) {
        for (int i = from; i < to; ++i) {
            const auto key = fmt::format("{:05}", i);
            source_.objects[key] = {.key = key, .version = "1", .size_bytes = 7};
        }
    }

    ScanOutcome Run() {
        return scan_.Run(
            bucket_, source_, [this](const ScanState& state) { told_.push_back(state.seen); }, {}
        );
    }

    std::optional<Item> At(const std::string& key) {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket_.id, key); }
        ).value();
    }

    Bucket bucket_;
    ListedSource source_;
    BucketScan scan_{*storage_, clock_};
    std::vector<std::uint64_t> told_;
};

TEST_F(BucketScanTest, TellsHowFarItIsBatchByBatch) {
    Put(0, 2500);
    const auto outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_EQ(outcome.summary.seen, 2500U);
    EXPECT_EQ(outcome.summary.added, 2500);
    EXPECT_FALSE(outcome.summary.resumed);
    EXPECT_EQ(told_, (std::vector<std::uint64_t>{0, 1000, 2000, 2000}));
}

TEST_F(BucketScanTest, KeepsWhatItTookInBeforeTheStoreFailedAndGoesOnThere) {
    Put(0, 2500);
    source_.fails_behind = 1234;
    auto outcome = Run();
    ASSERT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.ended.error().message, "the store does not answer");
    EXPECT_EQ(outcome.summary.added, 1234);
    source_.fails_behind.reset();
    outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_TRUE(outcome.summary.resumed);
    EXPECT_EQ(outcome.summary.added, 1266);
    EXPECT_EQ(outcome.summary.seen, 2500U);
}

TEST_F(BucketScanTest, SaysWhyNothingCouldBeWrittenAndLosesNothing) {
    Put(0, 5000);
    storage_->refuse = 1;
    auto outcome = Run();
    ASSERT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.ended.error().code, ErrorCode::kStorageFull);
    outcome = Run();
    ASSERT_TRUE(outcome.ended);
    EXPECT_TRUE(At("00000"));
    EXPECT_TRUE(At("04999"));
    EXPECT_EQ(outcome.summary.seen, 5000U);
}

TEST_F(BucketScanTest, MissesNothingThatSettles) {
    Put(0, 2);
    ASSERT_TRUE(Run().ended);
    source_.objects["00000"].settles = true;
    source_.objects["00000"].version = "2";
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(Run().summary.added, 0);
    }
    EXPECT_FALSE(At("00000")->removed_at);
    source_.objects["00000"].settles = false;
    EXPECT_EQ(Run().summary.added, 1);
    EXPECT_EQ(At("00000")->version, "2");
}

/// Lists in any order what a test put in, of changes only when it is asked to.
class ChangingSource final : public ListedSource {
public:
    [[nodiscard]] bool ListsInOrder() const noexcept override { return false; }

    [[nodiscard]] bool TellsChanges(const Bucket&) const override { return true; }

    [[nodiscard]] Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token /*stop*/
    ) override {
        asked.push_back(request.changed_since);
        again = request.again;
        ScanReport report{.note = note, .left_out = left_out};
        for (const auto& [key, object] : objects) {
            if (!request.changed_since || object.modified_at >= *request.changed_since) {
                ++report.seen;
                if (auto taken = found(object); !taken) {
                    return Unexpected(taken.error());
                }
            }
        }
        return fault ? Result<ScanReport>(Unexpected(*fault)) : report;
    }

    std::vector<std::optional<Timestamp>> asked;  ///< From when on, by each scan.
    std::optional<Error> fault;                   ///< At its end.
    std::string note;
    std::vector<std::string> left_out;
    std::vector<std::string> again;  ///< As the last scan was asked.
};

class ChangeScanTest : public BucketScanTest {
protected:
    void PutNow(const std::string& key) {
        changing_.objects[key] = {
            .key = key, .version = "1", .size_bytes = 7, .modified_at = clock_.Now(), .media_type = {}
        };
    }

    ScanOutcome RunChanges() {
        BucketScan scan(*storage_, clock_);
        return scan.Run(bucket_, changing_, [](const ScanState&) {}, {});
    }

    /// From when on the next scan looks.
    std::optional<Timestamp> Since() {
        EXPECT_TRUE(RunChanges().ended);
        return changing_.asked.back();
    }

    ChangingSource changing_;
};

TEST_F(ChangeScanTest, LooksAtAllOnceAndThenAtWhatChangedAlsoAfterARestart) {
    PutNow("a");
    clock_.Advance(1h);
    const auto first = clock_.Now();
    auto outcome = RunChanges();
    ASSERT_TRUE(outcome.ended);
    EXPECT_EQ(outcome.summary.added, 1);
    EXPECT_TRUE(outcome.summary.whole);
    EXPECT_EQ(changing_.asked.back(), std::nullopt);
    clock_.Advance(1h);
    PutNow("b");
    const auto second = clock_.Now();
    outcome = RunChanges();
    EXPECT_EQ(outcome.summary.added, 1);
    EXPECT_EQ(outcome.summary.seen, 1U);
    EXPECT_FALSE(outcome.summary.whole);
    EXPECT_EQ(changing_.asked.back(), first - 15min);
    clock_.Advance(1h);
    EXPECT_EQ(Since(), second - 15min);
}

TEST_F(ChangeScanTest, LooksAgainAtWhatCouldNotBeWritten) {
    ASSERT_TRUE(RunChanges().ended);
    clock_.Advance(1h);
    PutNow("a");
    storage_->refuse = 1;
    ASSERT_FALSE(RunChanges().ended);
    clock_.Advance(1h);
    EXPECT_EQ(RunChanges().summary.added, 1);
    EXPECT_TRUE(At("a"));
}

TEST_F(ChangeScanTest, LooksAgainWhenTheStoreFailedInTheMiddle) {
    ASSERT_TRUE(RunChanges().ended);
    const auto first = clock_.Now();
    clock_.Advance(1h);
    changing_.fault = Error{.code = ErrorCode::kUnavailable, .message = "it is down"};
    ASSERT_FALSE(RunChanges().ended);
    changing_.fault.reset();
    clock_.Advance(1h);
    EXPECT_EQ(Since(), first - 15min);
}

TEST_F(ChangeScanTest, LooksAtTheSameAgainWhileSomethingIsLeftOut) {
    changing_.note = "an asset may not be seen";
    EXPECT_FALSE(Since());
    EXPECT_FALSE(Since()) << "not all was looked at";
    changing_.note.clear();
    EXPECT_FALSE(Since());
    const auto first = clock_.Now();
    changing_.note = "an asset may not be seen";
    for (int i = 0; i < 3; ++i) {
        clock_.Advance(1h);
        EXPECT_EQ(Since(), first - 15min);
    }
}

TEST_F(ChangeScanTest, RemembersWhatWasLeftOutWhereItsKeysAreKnownAndLooksAtTheRestAsEver) {
    changing_.note = "an asset may not be seen";
    changing_.left_out = {"hidden", "also hidden"};
    EXPECT_FALSE(Since());
    EXPECT_TRUE(changing_.again.empty());
    for (int i = 0; i < 3; ++i) {
        const auto last = clock_.Now();
        clock_.Advance(1h);
        EXPECT_EQ(Since(), last - 15min) << "not all is looked at again";
        EXPECT_EQ(changing_.again, changing_.left_out);
    }
    changing_.left_out = {"hidden"};
    EXPECT_TRUE(Since());
    EXPECT_EQ(changing_.again.size(), 2U);
    changing_.note.clear();
    changing_.left_out.clear();
    EXPECT_TRUE(Since());
    EXPECT_EQ(changing_.again, std::vector<std::string>{"hidden"});
    EXPECT_TRUE(Since());
    EXPECT_TRUE(changing_.again.empty()) << "it was seen";
}

TEST_F(ChangeScanTest, LooksAtAllWhenRulesGlobsOrFiltersAreOthers) {
    const auto looks_at_all = [&] {
        clock_.Advance(1min);
        const bool at_all = !Since();
        EXPECT_TRUE(Since()) << "once";
        return at_all;
    };
    EXPECT_TRUE(looks_at_all());
    auto rule = AddRule(bucket_, "facial-recognition");
    EXPECT_TRUE(looks_at_all());
    clock_.Advance(1min);
    ChangeRule(rule, [&](Rule& changed) { changed.changed_at = clock_.Now(); });
    EXPECT_TRUE(looks_at_all());
    Change(bucket_, [](Bucket& bucket) { bucket.exclude = {"*.tmp"}; });
    EXPECT_TRUE(looks_at_all());
    Change(bucket_, [](Bucket& bucket) { bucket.options.filters.min_age = 3h; });
    EXPECT_TRUE(looks_at_all());
    Change(bucket_, [](Bucket& bucket) { bucket.weight = 5; });
    EXPECT_FALSE(looks_at_all()) << "nothing else counts for that";
}

TEST_F(ChangeScanTest, TakesWhatIsTooYoungWhenItIsOldEnough) {
    Change(bucket_, [](Bucket& bucket) { bucket.options.filters.min_age = 3h; });
    ASSERT_TRUE(RunChanges().ended);
    PutNow("a");
    for (int i = 0; i < 5; ++i) {
        clock_.Advance(1h);
        EXPECT_EQ(RunChanges().summary.added, i == 2 ? 1 : 0) << i;
    }
}

TEST_F(ChangeScanTest, LooksAtAllOnceADayAndWhenTheClockWasSetBack) {
    ASSERT_TRUE(RunChanges().ended);
    for (int i = 1; i < 24; ++i) {
        clock_.Advance(1h);
        EXPECT_TRUE(Since()) << i;
    }
    clock_.Advance(1h);
    EXPECT_FALSE(Since());
    EXPECT_TRUE(Since());
    clock_.Advance(-3h);
    EXPECT_FALSE(Since());
}

TEST_F(ChangeScanTest, RemovesWhatTheStoreSaysIsGoneWhateverTheFiltersSay) {
    PutNow("a");
    ASSERT_EQ(RunChanges().summary.added, 1);
    Change(bucket_, [](Bucket& bucket) { bucket.options.filters.min_bytes = 1000; });
    changing_.objects["a"] = {.key = "a", .version = {}, .modified_at = clock_.Now(), .media_type = {}};
    changing_.objects["a"].gone = true;
    for (int i = 0; i < 2; ++i) {
        const auto outcome = RunChanges();
        EXPECT_TRUE(outcome.ended);
        EXPECT_EQ(outcome.summary.added, 0);
    }
    EXPECT_TRUE(At("a")->removed_at);
    EXPECT_EQ(At("a")->reason_code, "removed");
    EXPECT_EQ(Count("item.removed"), 1);
}

}  // namespace
}  // namespace notify::testing
