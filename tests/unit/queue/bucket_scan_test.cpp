#include "queue/bucket_scan.hpp"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

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

}  // namespace
}  // namespace notify::testing
