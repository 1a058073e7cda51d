// Artifacts on their way through the queue: the same bytes twice, and no room for them.

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/mount.h>
#include <unistd.h>

#include "core/random.hpp"
#include "storage/result_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

/// A file system of `size` at `folder` while it lives, if this user may mount one.
class SmallDisk final {
public:
    SmallDisk(std::string folder, const char* size)
        : folder_(std::move(folder)),
          mounted_(::geteuid() == 0 && ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, size) == 0) {}

    ~SmallDisk() {
        if (mounted_) {
            ::umount2(folder_.c_str(), MNT_DETACH);
        }
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool IsMounted() const { return mounted_; }

    [[nodiscard]] bool Grow(const char* size) const {
        return ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, size) == 0;
    }

private:
    std::string folder_;
    bool mounted_;
};

class ArtifactsInTheQueue : public QueueTest {
protected:
    /// Each job finds the document and one large sealed artifact.
    void FindArtifacts() {
        runner_.Do(
            [this](const Job& job, const JobObserver& observer, const std::stop_token&) -> Result<void> {
                for (const auto& process : job.processes) {
                    auto outcome = Found(process.id);
                    outcome.artifacts.push_back(
                        {.name = "file", .media_type = "text/plain", .bytes = bytes_, .sealed = true}
                    );
                    observer.outcome(std::move(outcome));
                }
                return {};
            }
        );
    }

    [[nodiscard]] std::vector<std::string> Files() const {
        std::vector<std::string> names;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(folder_ / "data" / "artifacts")) {
            if (entry.is_regular_file()) {
                names.push_back(entry.path().filename().string());
            }
        }
        return names;
    }

    StoredResult ResultOf(const Item& item) {
        const auto id = OnlyProcess(item.id).result_id;
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); }).value();
    }

    const std::string bytes_ = RandomBytes(ArtifactStore::kMaxRowBytes + 1);
};

TEST_F(ArtifactsInTheQueue, AreStoredOnceForTheSameBytesInTwoBuckets) {
    const auto first = Discover(AddBucket({"checksum"}, "one"), "a.mp4", "the same bytes");
    FindArtifacts();
    StartWorkers();
    ASSERT_TRUE(Becomes(first.id, Status::kCompleted));
    const auto second = Discover(AddBucket({"checksum"}, "two"), "b.mp4", "the same bytes");
    pool_->Nudge();
    ASSERT_TRUE(Becomes(second.id, Status::kCompleted));
    EXPECT_EQ(ResultOf(first).id, ResultOf(second).id) << "one lineage, one result";
    EXPECT_EQ(Files().size(), 1U) << "no second sealed copy that nobody refers to";
    EXPECT_EQ(artifacts_->Read(ResultOf(second).artifacts.at(0)).value(), bytes_);
    EXPECT_EQ(consumer_.applied, 2) << "each item has its own people";
}

TEST_F(ArtifactsInTheQueue, WaitForRoomAndGoOnByThemselves) {
    const SmallDisk disk(folder_ / "data" / "artifacts", "size=128k");
    if (!disk.IsMounted()) {
        GTEST_SKIP() << "only root may mount a small file system";
    }
    const auto item = Discover(AddBucket(), "a.mp4");
    FindArtifacts();
    StartWorkers();
    EXPECT_TRUE(Eventually([&] { return OnlyProcess(item.id).failure.has_value(); }));
    const auto waiting = OnlyProcess(item.id);
    EXPECT_EQ(waiting.status, Status::kPending);
    EXPECT_EQ(waiting.failure.value_or(Failure()).code, "storage_full");
    EXPECT_EQ(waiting.attempt, 0) << "no attempt is burned";
    EXPECT_EQ(Stored(item.id).blocked_by, BlockedBy::kStorageFull);
    EXPECT_TRUE(Files().empty()) << "nothing half written stays";
    EXPECT_TRUE(disk.Grow("size=4m"));
    clock_.Advance(std::chrono::minutes(2));
    pool_->Nudge();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(artifacts_->Read(ResultOf(item).artifacts.at(0)).value(), bytes_);
    StopWorkers();
}

}  // namespace
}  // namespace notify::testing
