// A result is kept under the digest of the bytes it was found in, whatever happens to the file meanwhile.

#include "queue/item_bytes.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/hash.hpp"
#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class ItemBytesTest : public QueueTest {
protected:
    [[nodiscard]] static std::string PathOf(const Bucket& bucket, const std::string& key = "a.mp4") {
        return std::filesystem::path(bucket.location) / key;
    }

    /// A file that has been as it is for a while: whatever is done to it now shows in its times.
    Item DiscoverOld(const Bucket& bucket, std::string_view bytes) {
        WriteFile(bucket, "a.mp4", bytes);
        const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
        std::filesystem::last_write_time(PathOf(bucket), long_ago);
        EXPECT_EQ(Scan(bucket), 1);
        return Items().at(0);
    }

    OpenedItem Open(const Bucket& bucket, const Item& item) {
        return sources_->Find("local").value()->Open(bucket, item, {}).value();
    }

    static FileState StateNow(const Bucket& bucket) {
        return StateOf(UniqueFd(::open(PathOf(bucket).c_str(), O_RDONLY | O_CLOEXEC))).value();
    }

    /// Other bytes, and times as if nothing had happened, but for the one that nobody can put back.
    void ReplaceSecretly(const Bucket& bucket, std::string_view bytes) {
        const auto before = StateNow(bucket);
        const auto time = std::filesystem::last_write_time(PathOf(bucket));
        while (StateNow(bucket) == before) {  // clocks of file systems are coarse
            WriteFile(bucket, "a.mp4", bytes);
            std::filesystem::last_write_time(PathOf(bucket), time);
        }
    }

    /// The first job completes after `what` was done.
    void CompleteAfter(std::function<void()> what) {
        runner_.Do(
            [this, what = std::move(what)](
                const Job& job, const JobObserver& observer, const std::stop_token&
            ) -> Result<void> {
                if (!std::exchange(done_, true)) {
                    what();
                }
                for (const auto& process : job.processes) {
                    observer.outcome(Found(process.id));
                }
                return {};
            }
        );
    }

    std::optional<std::string> AliasOf(const Item& item) {
        return storage_
            ->Read([&](const Snapshot& snapshot) {
                return snapshot.items.Alias(item.bucket_id, item.key, item.version);
            })
            .value();
    }

    /// Reads while `meanwhile` is done before each part.
    static Reading With(std::function<void()> meanwhile) {
        return {
            .may_go_on = [meanwhile = std::move(meanwhile)]() -> Result<void> {
                meanwhile();
                return {};
            },
            .progress = nullptr
        };
    }

    bool done_ = false;  ///< Of the one worker.
};

TEST_F(ItemBytesTest, AreReadOnceWhileNobodyTouchesThem) {
    const auto bucket = AddBucket();
    ItemBytes bytes(Open(bucket, DiscoverOld(bucket, "first")));
    int reads = 0;
    const auto reading = With([&] { ++reads; });
    EXPECT_EQ(bytes.Digest(reading).value(), Sha256Hex("first"));
    const int once = reads;
    EXPECT_EQ(bytes.Digest(reading).value(), Sha256Hex("first"));
    EXPECT_EQ(reads, once);
}

TEST_F(ItemBytesTest, AreNotReadWhenTheirDigestIsKnown) {
    const auto bucket = AddBucket();
    ItemBytes bytes(Open(bucket, DiscoverOld(bucket, "first")));
    bytes.Know("known");
    EXPECT_EQ(bytes.Digest(With([] { ADD_FAILURE(); })).value(), "known");
}

TEST_F(ItemBytesTest, AreAConflictWhenTheyChangeWhileTheyAreRead) {
    const auto bucket = AddBucket();
    ItemBytes bytes(Open(bucket, DiscoverOld(bucket, "first")));
    const auto digest = bytes.Digest(With([&] { WriteFile(bucket, "a.mp4", "other"); }));
    ASSERT_FALSE(digest.has_value());
    EXPECT_EQ(digest.error().code, ErrorCode::kConflict);
}

TEST_F(ItemBytesTest, AreReadAgainWhenTheirTimesWerePutBack) {
    const auto bucket = AddBucket();
    ItemBytes bytes(Open(bucket, DiscoverOld(bucket, "first")));
    bool done = false;
    const auto digest = bytes.Digest(With([&] {
        if (!std::exchange(done, true)) {
            ReplaceSecretly(bucket, "other");
        }
    }));
    EXPECT_EQ(digest.value(), Sha256Hex("other"));
}

TEST_F(ItemBytesTest, AreGivenUpForNowWhenTheyDoNotComeToRest) {
    const auto bucket = AddBucket();
    ItemBytes bytes(Open(bucket, DiscoverOld(bucket, "first")));
    const auto digest = bytes.Digest(With([&] { ReplaceSecretly(bucket, "other"); }));
    ASSERT_FALSE(digest.has_value());
    EXPECT_EQ(digest.error().code, ErrorCode::kUnavailable);
}

TEST_F(ItemBytesTest, WrittenToWhileTheirJobRanGiveNoResult) {
    const auto bucket = AddBucket();
    const auto item = DiscoverOld(bucket, "first");
    CompleteAfter([&] { WriteFile(bucket, "a.mp4", "other"); });
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kSkipped));
    EXPECT_EQ(Stored(item.id).reason_code, "superseded");
    EXPECT_TRUE(OnlyProcess(item.id).result_id.IsEmpty());
    EXPECT_EQ(OnlyProcess(item.id).failure->stage, "read");
    EXPECT_EQ(AliasOf(item), Sha256Hex("first")) << "what was read was that version";
}

TEST_F(ItemBytesTest, ReplacedBehindTheirTimesAreProcessedAgainAsWhatTheyAre) {
    const auto bucket = AddBucket();
    const auto item = DiscoverOld(bucket, "first");
    CompleteAfter([&] { ReplaceSecretly(bucket, "other"); });
    StartWorkers();
    ASSERT_TRUE(Eventually([&] { return OnlyProcess(item.id).attempt == 1; }));
    EXPECT_TRUE(OnlyProcess(item.id).result_id.IsEmpty());
    clock_.Advance(std::chrono::seconds(10));
    pool_->Nudge();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(Stored(item.id).content_sha256, Sha256Hex("other"));
    EXPECT_EQ(AliasOf(item), Sha256Hex("other"));
}

TEST_F(ItemBytesTest, LoseNothingToNewPermissionsOrANewName) {
    const auto bucket = AddBucket();
    const auto item = DiscoverOld(bucket, "first");
    CompleteAfter([&] {
        EXPECT_EQ(::chmod(PathOf(bucket).c_str(), 0600), 0);
        std::filesystem::rename(PathOf(bucket), PathOf(bucket, "b.mp4"));
    });
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kCompleted));
    EXPECT_EQ(Stored(item.id).content_sha256, Sha256Hex("first"));
}

TEST_F(ItemBytesTest, PutBackBeforeAScanSawTheOthersAreTakenInAgain) {
    const auto bucket = AddBucket();
    const auto item = DiscoverOld(bucket, "first");
    const auto time = std::filesystem::last_write_time(PathOf(bucket));
    CompleteAfter([&] { WriteFile(bucket, "a.mp4", "other"); });
    StartWorkers();
    EXPECT_TRUE(Becomes(item.id, Status::kSkipped));
    WriteFile(bucket, "a.mp4", "first");
    std::filesystem::last_write_time(PathOf(bucket), time);
    EXPECT_EQ(Scan(bucket), 1);
    pool_->Nudge();
    EXPECT_TRUE(Eventually([&] { return Count("item.completed") == 1; }));
    EXPECT_EQ(Scan(bucket), 0);
}

}  // namespace
}  // namespace notify::testing
