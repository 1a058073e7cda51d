#include "queue/live_progress.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/ulid.hpp"
#include "storage/item_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/queue/fixture.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

/// A store that notes what it is shown, and asks to stop what it is told to.
class ShowingSource final : public ListedSource {
public:
    Result<std::vector<ProcessId>> ShowProgress(
        const Bucket&, const Item& item, const std::vector<RunningProcess>& processes, std::stop_token
    ) override {
        if (fails) {
            return notify::Fail(ErrorCode::kUnavailable, "it does not answer");
        }
        for (const auto& process : processes) {
            shown[item.key] = process.done;
        }
        return std::exchange(stops, {});
    }

    Result<std::vector<ProcessId>> StoppedProcesses(const Bucket&, std::stop_token) override {
        ++asked;
        return stopped;
    }

    int asked = 0;
    std::vector<ProcessId> stopped;
    std::map<std::string, double> shown;
    std::vector<ProcessId> stops;
    bool fails = false;
};

class LiveProgressTest : public QueueTest {
protected:
    Bucket AddAssets(const std::string& kind, bool publish = true) {
        Bucket bucket;
        bucket.id = BucketId(MakeId("bkt"));
        bucket.source_id = SourceId(MakeId("src"));
        bucket.kind = kind;
        bucket.name = bucket.id.Value();
        bucket.location = bucket.name;
        bucket.publish = publish;
        bucket.created_at = clock_.Now();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources
                .Add(
                    {.id = bucket.source_id,
                     .kind = kind,
                     .name = bucket.name,
                     .config = "{}",
                     .created_at = clock_.Now()}
                )
                .and_then([&] { return transaction.buckets.Add(bucket); });
        }));
        return bucket;
    }

    /// An item of which one process waits.
    ProcessId AddWaiting(const Bucket& bucket, const std::string& key) {
        Item item;
        item.id = ItemId(MakeId("itm"));
        item.bucket_id = bucket.id;
        item.key = key;
        item.version = "1";
        item.modified_at = item.since = item.discovered_at = clock_.Now();
        Process process;
        process.id = ProcessId(MakeId("prc"));
        process.item_id = item.id;
        process.bucket_id = bucket.id;
        process.processor = "checksum";
        process.config = "{}";
        process.since = process.created_at = process.next_attempt_at = clock_.Now();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.items.AddIfNew(item).and_then([&](int) {
                return transaction.processes.Add(process);
            });
        }));
        return process.id;
    }

    /// An item of which one process runs, half done.
    ProcessId AddRunning(const Bucket& bucket, const std::string& key) {
        const auto process = AddWaiting(bucket, key);
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.processes.Claim(NodeId("nod_a"), 1, clock_.Now(), std::chrono::seconds(30))
                .and_then([&](const std::vector<ClaimedItem>& claimed) {
                    const Hold hold{.process_id = process, .fence = claimed.at(0).processes.at(0).fence};
                    return transaction.processes.SetProgress(hold, 0.5);
                });
        }));
        return process;
    }

    ShowingSource source_;
    std::vector<ProcessId> cancelled_;
    LiveProgress live_{
        *storage_,
        clock_,
        [this](std::string_view) -> Result<SourceConnection*> { return &source_; },
        [this](const ProcessId& id) { cancelled_.push_back(id); }
    };
};

TEST_F(LiveProgressTest, IsShownWhereAssetsRunAndResultsArePublished) {
    AddRunning(AddAssets("iconik"), "asset");
    AddRunning(AddAssets("iconik", false), "of a bucket that does not publish");
    AddRunning(AddAssets("s3"), "object");
    live_.RunOnce({});
    EXPECT_EQ(source_.shown, (std::map<std::string, double>{{"asset", 0.5}}));
    EXPECT_TRUE(cancelled_.empty());
}

TEST_F(LiveProgressTest, CancelsWhatSomebodyStoppedInTheStore) {
    const auto bucket = AddAssets("iconik");
    const auto stopped = AddRunning(bucket, "a");
    const auto goes_on = AddRunning(bucket, "b");
    source_.stops = {stopped};
    live_.RunOnce({});
    EXPECT_EQ(cancelled_, std::vector<ProcessId>{stopped});
    EXPECT_TRUE(Stored(stopped).cancel_requested);
    EXPECT_FALSE(Stored(goes_on).cancel_requested);
}

TEST_F(LiveProgressTest, IsNotHeldUpByAStoreThatDoesNotAnswer) {
    const auto process = AddRunning(AddAssets("iconik"), "a");
    source_.fails = true;
    source_.stops = {process};
    live_.RunOnce({});
    EXPECT_TRUE(cancelled_.empty());
    source_.fails = false;
    live_.RunOnce({});
    EXPECT_EQ(cancelled_, std::vector<ProcessId>{process});
}

TEST_F(LiveProgressTest, CancelsWhatWaitsWhenSomebodyStopsItInItsOwnStore) {
    const auto running = AddRunning(AddAssets("iconik"), "runs");
    const auto bucket = AddAssets("iconik");
    const auto stopped = AddWaiting(bucket, "a");
    const auto waits = AddWaiting(bucket, "b");
    source_.stopped = {stopped, running, ProcessId("prc_nobody's")};
    live_.ObeyStops({});
    EXPECT_EQ(Stored(stopped).status, Status::kCancelled);
    EXPECT_EQ(Stored(stopped).failure->message, "aborted in its store");
    EXPECT_EQ(Stored(waits).status, Status::kPending);
    EXPECT_FALSE(Stored(running).cancel_requested) << "it is of another source";
    EXPECT_EQ(source_.asked, 1) << "nothing waits in the other source";
}

TEST_F(LiveProgressTest, AsksNoStoreInWhichNothingWaitsOrIsPublished) {
    AddRunning(AddAssets("iconik"), "runs");
    AddWaiting(AddAssets("iconik", false), "of a bucket that does not publish");
    AddWaiting(AddAssets("s3"), "object");
    live_.ObeyStops({});
    EXPECT_EQ(source_.asked, 0);
}

}  // namespace
}  // namespace notify::testing
