#include "queue/scheduler.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <stop_token>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "domain/pause.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/pause_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::seconds;

class SchedulerTest : public QueueTest {
protected:
    void Start() { scheduler_.Start(); }

    bool Sees(std::size_t count) {
        return Eventually([&] { return Items().size() == count; });
    }

    Bucket Stored(const BucketId& id) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(id); }).value();
    }

    std::atomic<int> news_ = 0;
    Scheduler scheduler_{*storage_, clock_, *sources_, [this] { ++news_; }};
};

TEST_F(SchedulerTest, ScansEveryActiveBucketWhenItStarts) {
    const auto first = AddBucket({"checksum"}, "first");
    auto closed = AddBucket({"checksum"}, "closed");
    Change(closed, [](Bucket& bucket) { bucket.active = false; });
    WriteFile(first, "a.mp4");
    WriteFile(closed, "b.mp4");
    Start();
    EXPECT_TRUE(Eventually([&] { return Stored(first.id).last_scan_at.has_value() && news_ > 0; }));
    EXPECT_TRUE(Sees(1));
    EXPECT_FALSE(Stored(closed.id).last_scan_at.has_value());
}

TEST_F(SchedulerTest, NoticesAFileSoonAfterItLanded) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.scan_interval = std::chrono::hours(10); });
    Start();
    EXPECT_TRUE(Eventually([&] { return Stored(bucket.id).last_scan_at.has_value(); }));
    WriteFile(bucket, "a.mp4");
    // the clock of the test stands still: the pause after a notice has to be let go by
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::milliseconds(20));
        return Items().size() == 1;
    }));
}

TEST_F(SchedulerTest, LooksAgainWhenAGrowingFileMayBeComplete) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) {
        changed.settle_time = seconds(30);
        changed.scan_interval = std::chrono::hours(10);
    });
    WriteFile(bucket, "a.mp4");
    const auto summary = scheduler_.ScanNow(bucket.id, {}).value();
    EXPECT_EQ(summary.seen, 1U);
    EXPECT_EQ(summary.settling, 1U);
    EXPECT_EQ(summary.added, 0);
    Start();
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(seconds(1));
        return Items().size() == 1;
    }));
}

TEST_F(SchedulerTest, ScansOnAPersonsWordAndReportsWhatItCameTo) {
    auto bucket = AddBucket();
    WriteFile(bucket, "a.mp4");
    WriteFile(bucket, "b.mp4");
    auto summary = scheduler_.ScanNow(bucket.id, {}).value();
    EXPECT_EQ(summary.seen, 2U);
    EXPECT_EQ(summary.added, 2);
    EXPECT_EQ(Count("bucket.scan_completed"), 1);
    summary = scheduler_.ScanNow(bucket.id, {}).value();
    EXPECT_EQ(summary.added, 0);
    EXPECT_EQ(Count("bucket.scan_completed"), 1);
    EXPECT_EQ(news_, 1);
    EXPECT_EQ(scheduler_.ScanNow(BucketId("bkt_none"), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(SchedulerTest, NoticesNothingInABucketThatIsSwitchedOffNotEvenOnAPersonsWord) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.active = false; });
    WriteFile(bucket, "a.mp4");
    const auto refused = scheduler_.ScanNow(bucket.id, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_TRUE(Items().empty());
}

TEST_F(SchedulerTest, TellsAFailureOnceAndAgainOnlyWhenItIsAnother) {
    const auto bucket = AddBucket();
    std::filesystem::rename(bucket.location, folder_ / "unmounted");
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(scheduler_.ScanNow(bucket.id, {}).has_value());
    }
    EXPECT_EQ(Count("bucket.scan_failed"), 1);
    EXPECT_NE(Stored(bucket.id).last_scan_note, "");
    std::filesystem::rename(folder_ / "unmounted", bucket.location);
    EXPECT_TRUE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(Stored(bucket.id).last_scan_note, "");
    std::filesystem::rename(bucket.location, folder_ / "unmounted");
    EXPECT_FALSE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(Count("bucket.scan_failed"), 2);
}

TEST_F(SchedulerTest, WakesWhatWaitsForTheStoreWhenItIsWellAgainAndNotAtEachScan) {
    const auto bucket = AddBucket();
    const auto item = Discover(bucket, "a.mp4");
    auto process = OnlyProcess(item.id);
    const auto later = clock_.Now() + std::chrono::hours(6);
    process.pauses = 9;
    process.next_attempt_at = later;
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.UpdatePending(process);
    }));
    EXPECT_TRUE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(OnlyProcess(item.id).next_attempt_at, later) << "nothing had been wrong with the listing";
    std::filesystem::rename(bucket.location, folder_ / "unmounted");
    EXPECT_FALSE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(OnlyProcess(item.id).next_attempt_at, later);
    std::filesystem::rename(folder_ / "unmounted", bucket.location);
    EXPECT_TRUE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(OnlyProcess(item.id).next_attempt_at, clock_.Now());
}

TEST_F(SchedulerTest, KeepsWhenAScanFirstSawAllOfABucket) {
    const auto bucket = AddBucket();
    std::filesystem::rename(bucket.location, folder_ / "unmounted");
    EXPECT_FALSE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(Stored(bucket.id).first_scan_at, std::nullopt) << "it failed";
    std::filesystem::rename(folder_ / "unmounted", bucket.location);
    clock_.Advance(seconds(1));
    EXPECT_TRUE(scheduler_.ScanNow(bucket.id, {}).has_value());
    const auto first = clock_.Now();
    EXPECT_EQ(Stored(bucket.id).first_scan_at, first);
    clock_.Advance(seconds(1));
    EXPECT_TRUE(scheduler_.ScanNow(bucket.id, {}).has_value());
    EXPECT_EQ(Stored(bucket.id).first_scan_at, first);
}

TEST_F(SchedulerTest, TriesAFailedScanAgainWithinSecondsNotOnlyAfterTheInterval) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.scan_interval = std::chrono::hours(10); });
    const auto away = bucket.location + ".away";
    std::filesystem::rename(bucket.location, away);
    Start();
    EXPECT_TRUE(Eventually([&] { return !Stored(bucket.id).last_scan_note.empty(); }));
    EXPECT_NE(Stored(bucket.id).last_scan_note.find("; it is tried again within 5 s"), std::string::npos);
    std::filesystem::create_directories(bucket.location);
    const auto failed_at = clock_.Now();
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::milliseconds(200));
        return Stored(bucket.id).last_scan_note.empty();
    }));
    EXPECT_LE(clock_.Now() - failed_at, std::chrono::minutes(10));
}

TEST_F(SchedulerTest, TakesUpABucketThatWasAddedAndLetsOneGo) {
    // the files are there before their buckets: the clock stands still, so nobody looks twice
    for (const auto* path : {"in/a.mp4", "other/c.mp4"}) {
        std::filesystem::create_directories((folder_ / path).parent_path());
        std::ofstream(folder_ / path) << "media";
    }
    Start();
    auto bucket = AddBucket();
    scheduler_.Refresh();
    EXPECT_TRUE(Sees(1));
    Change(bucket, [](Bucket& changed) { changed.active = false; });
    scheduler_.Refresh();
    WriteFile(bucket, "b.mp4");
    clock_.Advance(std::chrono::hours(1));
    AddBucket({"checksum"}, "other");
    scheduler_.Refresh();
    EXPECT_TRUE(Sees(2));
    for (const auto& item : Items()) {
        EXPECT_NE(item.key, "b.mp4");
    }
}

TEST_F(SchedulerTest, ScansAgainWhenTheBucketsFiltersChanged) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) {
        changed.exclude = {"*.mp4"};
        changed.scan_interval = std::chrono::hours(10);
    });
    WriteFile(bucket, "a.mp4");
    Start();
    EXPECT_TRUE(Eventually([&] { return Stored(bucket.id).last_scan_at.has_value(); }));
    EXPECT_TRUE(Items().empty());
    bucket = Stored(bucket.id);
    Change(bucket, [](Bucket& changed) { changed.exclude.clear(); });
    scheduler_.Refresh();
    EXPECT_TRUE(Sees(1));
}

TEST_F(SchedulerTest, LetsABucketWaitForItsWindowButNotAPerson) {
    auto bucket = AddBucket();
    const auto now = clock_.Now();
    const auto minute = [&](int from_now) {
        return ToRfc3339(now + std::chrono::minutes(from_now)).substr(11, 5);
    };
    Change(bucket, [&](Bucket& changed) {
        changed.options.schedule.windows = {minute(30) + "-" + minute(90)};
        changed.scan_interval = seconds(1);
    });
    WriteFile(bucket, "a.mp4");
    Start();
    scheduler_.LookAt(bucket.id);
    clock_.Advance(std::chrono::minutes(20));
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 1);
    WriteFile(bucket, "b.mp4");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // for the watch, which is news
    EXPECT_EQ(Items().size(), 1U);
    clock_.Advance(std::chrono::minutes(10));
    scheduler_.Refresh();
    EXPECT_TRUE(Sees(2));
}

TEST_F(SchedulerTest, ScansAtTheTimesOfItsCronText) {
    auto bucket = AddBucket();
    const auto now = clock_.Now();
    Change(bucket, [&](Bucket& changed) {
        changed.created_at = now;
        changed.options.schedule.cron = ToRfc3339(now + std::chrono::hours(1)).substr(14, 2) + " " +
                                        ToRfc3339(now + std::chrono::hours(1)).substr(11, 2) + " * * *";
    });
    WriteFile(bucket, "a.mp4");
    Start();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_FALSE(Stored(bucket.id).last_scan_at.has_value());
    clock_.Advance(std::chrono::hours(1));
    scheduler_.Refresh();
    EXPECT_TRUE(Sees(1));
}

TEST_F(SchedulerTest, SaysThatAScheduleCannotBeUnderstoodAnyMore) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.options.schedule.time_zone = "Atlantis/Capital"; });
    Start();
    EXPECT_TRUE(Eventually([&] {
        return Stored(bucket.id).last_scan_note.find("no time zone 'Atlantis/Capital'") != std::string::npos;
    }));
    EXPECT_EQ(Count("bucket.scan_failed"), 1);
}

TEST_F(SchedulerTest, LeavesOutWhatFiltersDoAndLooksAgainAtWhatIsTooYoung) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) {
        changed.options.filters = {.min_bytes = 4, .min_age = seconds(60), .media_types = {"video/"}};
        changed.scan_interval = std::chrono::hours(10);
    });
    WriteFile(bucket, "a.mp4");
    WriteFile(bucket, "b.mp4", "few");
    WriteFile(bucket, "c.jpg");
    const auto summary = scheduler_.ScanNow(bucket.id, {}).value();
    EXPECT_EQ(summary.seen, 3U);
    EXPECT_EQ(summary.filtered, 2U);
    EXPECT_EQ(summary.settling, 1U);
    EXPECT_EQ(summary.added, 0);
    Start();
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(seconds(1));
        return Items().size() == 1;
    }));
    EXPECT_EQ(Items().front().key, "a.mp4");
}

TEST_F(SchedulerTest, MakesOneSkippedItemOfNumberedFrames) {
    auto bucket = AddBucket();
    for (int i = 1; i <= 120; ++i) {
        WriteFile(bucket, fmt::format("a.{:04}.dpx", i));
    }
    WriteFile(bucket, "a.mov");
    clock_.Advance(std::chrono::minutes(20));
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 2);
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 0);
    WriteFile(bucket, "a.0121.dpx");
    clock_.Advance(std::chrono::minutes(20));
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 1) << "another version of it";
    for (const auto& item : Items()) {
        const bool frames = item.key == "a.[####].dpx";
        EXPECT_EQ(item.reason_code, frames ? "image_sequence" : "") << item.key;
        EXPECT_EQ(item.status, frames ? Status::kSkipped : Status::kPending);
    }
    EXPECT_EQ(Items().size(), 3U);
}

TEST_F(SchedulerTest, TakesInMoreThanOneBatch) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 450; ++i) {
        WriteFile(bucket, std::to_string(i));
    }
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 450);
    EXPECT_EQ(scheduler_.ScanNow(bucket.id, {}).value().added, 0);
}

TEST_F(SchedulerTest, MayBeStartedAndStoppedTwice) {
    AddBucket();
    scheduler_.Start();
    scheduler_.Start();
    scheduler_.Stop();
    scheduler_.Stop();
}

TEST_F(SchedulerTest, NoticesNothingInAPausedBucketUntilThatIsOver) {
    const auto bucket = AddBucket();
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.pauses.Put(
            {.id = PauseId("pau_1"),
             .of = PauseOf::kBucket,
             .subject = bucket.id.Value(),
             .reason = "it is sorted",
             .actor = "key_1",
             .since = clock_.Now(),
             .until = clock_.Now() + seconds(60)}
        );
    }));
    WriteFile(bucket, "a.mp4");
    const auto other = AddBucket({"checksum"}, "other");
    const auto refused = scheduler_.ScanNow(bucket.id, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().message.find("it is sorted"), std::string::npos);
    Start();
    EXPECT_TRUE(Eventually([&] { return Stored(other.id).last_scan_at.has_value(); }));
    EXPECT_FALSE(Stored(bucket.id).last_scan_at.has_value());
    clock_.Advance(seconds(60));
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(seconds(1));
        return Items().size() == 1;
    }));
}

TEST_F(SchedulerTest, AScanThatWaitedForAnotherHoldsUpTheNextOnlyAsLongAsItTook) {
    std::promise<void> let_go;
    const auto gone = let_go.get_future().share();
    std::atomic<int> scans = 0;
    Scheduler scheduler(*storage_, clock_, *sources_, [&] {
        if (++scans == 1) {
            gone.wait();
        }
    });
    const auto slow = AddBucket({"checksum"}, "slow");
    const auto other = AddBucket({"checksum"}, "other");  // handed out after the first
    WriteFile(slow, "a.mp4");
    auto by_hand = std::async(std::launch::async, [&] { return scheduler.ScanNow(slow.id, {}).has_value(); });
    ASSERT_TRUE(Eventually([&] { return scans == 1; }));
    scheduler.Start();
    EXPECT_TRUE(Eventually([&] { return Stored(other.id).last_scan_at.has_value(); }));
    clock_.Advance(std::chrono::hours(1));
    let_go.set_value();
    EXPECT_TRUE(by_hand.get());
    EXPECT_TRUE(Eventually([&] { return Stored(slow.id).last_scan_at == clock_.Now(); }))
        << "it has its turn";
    WriteFile(slow, "b.mp4");
    const auto soon = clock_.Now() + std::chrono::minutes(30);
    EXPECT_TRUE(Eventually([&] {
        clock_.Advance(std::chrono::milliseconds(20));
        return Items().size() == 2;
    }));
    EXPECT_LT(clock_.Now(), soon);
    scheduler.Stop();
}

TEST_F(SchedulerTest, LetsABucketThatHangsHoldUpNoOther) {
    std::promise<void> let_go;
    const auto gone = let_go.get_future().share();
    std::atomic<int> scans = 0;
    Scheduler scheduler(*storage_, clock_, *sources_, [&] {
        if (++scans == 1) {
            gone.wait();  // as a folder that does not answer
        }
    });
    const auto slow = AddBucket({"checksum"}, "slow");
    WriteFile(slow, "a.mp4");
    scheduler.Start();
    ASSERT_TRUE(Eventually([&] { return scans == 1; }));
    const auto other = AddBucket({"checksum"}, "other");
    WriteFile(other, "b.mp4");
    scheduler.Refresh();
    EXPECT_TRUE(Eventually([&] { return Stored(other.id).last_scan_at.has_value(); }));
    WriteFile(other, "c.mp4");
    EXPECT_TRUE(scheduler.ScanNow(other.id, {}));
    EXPECT_FALSE(Stored(slow.id).last_scan_at.has_value());
    std::stop_source stop;
    stop.request_stop();
    const auto waited = scheduler.ScanNow(slow.id, stop.get_token());
    ASSERT_FALSE(waited.has_value());
    EXPECT_EQ(waited.error().code, ErrorCode::kStopped);
    let_go.set_value();
    EXPECT_TRUE(Eventually([&] { return Stored(slow.id).last_scan_at.has_value(); }));
    scheduler.Stop();
}

}  // namespace
}  // namespace notify::testing
