#include "queue/batch_worker.hpp"

#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify::testing {
namespace {

BatchWorker::Batch Batch(std::string key) {
    return {{.key = std::move(key), .version = "1"}};
}

TEST(BatchWorker, WorksOffWhatItIsGivenInItsOrder) {
    std::string worked;
    BatchWorker worker([&](const BatchWorker::Batch& batch) -> Result<void> {
        worked += batch.at(0).key;
        return {};
    });
    for (const auto* key : {"a", "b", "c", "d"}) {
        EXPECT_TRUE(worker.Give(Batch(key)));
    }
    EXPECT_TRUE(worker.Finish());
    EXPECT_EQ(worked, "abcd");
}

TEST(BatchWorker, LetsTheNextBatchBeMadeMeanwhile) {
    std::promise<void> let_go;
    BatchWorker worker([&, gone = let_go.get_future().share()](const BatchWorker::Batch&) -> Result<void> {
        gone.wait();
        return {};
    });
    EXPECT_TRUE(worker.Give(Batch("is worked off")));
    EXPECT_TRUE(worker.Give(Batch("waits")));
    let_go.set_value();
    EXPECT_TRUE(worker.Finish());
}

TEST(BatchWorker, DropsWhatComesBehindAnError) {
    int worked = 0;
    BatchWorker worker([&](const BatchWorker::Batch&) -> Result<void> {
        return ++worked == 2 ? Fail(ErrorCode::kStorageFull, "the disk is full") : Result<void>{};
    });
    Result<void> given;
    for (int i = 0; i < 10 && given; ++i) {
        given = worker.Give(Batch("a"));
    }
    ASSERT_FALSE(given);
    EXPECT_EQ(given.error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(worker.Finish().error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(worked, 2);
}

}  // namespace
}  // namespace notify::testing
