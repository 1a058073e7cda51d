#include "delivery/publishing/publisher.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/ulid.hpp"
#include "delivery/publishing/document.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/delivery/fixture.hpp"

namespace notify {
namespace {

/// A store in memory that can be told to refuse.
class MemorySource final : public SourceConnection {
public:
    Result<ScanReport> Scan(
        const ScanRequest&, const std::function<Result<void>(FoundObject)>&, std::stop_token
    ) override {
        return ScanReport{};
    }

    Result<OpenedItem> Open(const Bucket&, const Item&, std::stop_token) override { return OpenedItem{}; }

    std::unique_ptr<BucketWatch> Watch(const Bucket&, std::function<void(std::string_view)>) override {
        return nullptr;
    }

    bool ListsInOrder() const noexcept override { return false; }

    Result<void> CheckBucket(const Bucket&, std::stop_token) override { return {}; }

    std::string PublicationKey(const Item& item) const override { return item.key + ".notifications.json"; }

    Result<std::optional<std::string>> StartOfPublished(
        const Bucket&, const Item& item, std::stop_token
    ) override {
        const auto found = objects.find(PublicationKey(item));
        return found == objects.end() ? std::nullopt : std::optional(found->second.substr(0, 64));
    }

    Result<void> Publish(const Bucket&, const Item& item, std::string_view bytes, std::stop_token) override {
        ++publishes;
        if (before) {
            before();
        }
        if (gone) {
            return Fail(ErrorCode::kNotFound, "the file is gone");
        }
        if (refuses) {
            return Fail(ErrorCode::kForbidden, "the folder is read-only");
        }
        objects[PublicationKey(item)] = bytes;
        return {};
    }

    std::map<std::string, std::string> objects;
    std::atomic<int> publishes = 0;
    std::atomic<bool> refuses = false;
    std::atomic<bool> gone = false;
    std::function<void()> before;
};

class Publishing : public testing::DeliveryTest {
protected:
    Publishing() {
        source_ = &memory_;
        bucket_.id = BucketId(MakeId("bkt"));
        bucket_.source_id = SourceId(MakeId("src"));
        bucket_.kind = "local";
        bucket_.name = "inbox";
        bucket_.location = "/media/inbox";
        bucket_.created_at = clock_.Now();
        item_.id = ItemId(MakeId("itm"));
        item_.bucket_id = bucket_.id;
        item_.key = "clip.mp4";
        item_.version = "1";
        item_.size_bytes = 7;
        item_.modified_at = item_.since = item_.discovered_at = clock_.Now();
        item_.media_type = "video/mp4";
        item_.content_sha256 = std::string(64, 'a');
    }

    /// Writes the bucket, the item and one finished process with its result and an appearance.
    void Fill(const std::string& document = R"({"faces":1})") {
        const auto written = storage_->Write([&](Transaction& transaction) -> Result<void> {
            return AddPlace(transaction).and_then([&] { return AddFound(transaction, document); });
        });
        ASSERT_TRUE(written.has_value()) << written.error().message;
    }

    Result<void> AddPlace(Transaction& transaction) {
        const Source source{
            .id = bucket_.source_id,
            .kind = "local",
            .name = "here",
            .config = "{}",
            .created_at = clock_.Now()
        };
        return transaction.sources.Add(source).and_then(
                                                  [&] { return transaction.buckets.Add(bucket_); }
        ).and_then([&] {
             return transaction.items.AddIfNew(item_);
         }).and_then([&](bool) { return transaction.people.AddPerson(person_); });
    }

    Result<void> AddFound(Transaction& transaction, const std::string& document) {
        StoredResult result;
        result.id = ResultId(MakeId("res"));
        result.lineage_key = "lineage";
        result.content_sha256 = item_.content_sha256;
        result.processor = "facial-recognition";
        result.processor_version = "1";
        result.document = document;
        result.created_at = clock_.Now();
        Process process;
        process.id = ProcessId(MakeId("prc"));
        process.item_id = item_.id;
        process.bucket_id = bucket_.id;
        process.processor = "facial-recognition";
        process.config = "{}";
        process.config_hash = Sha256Hex("{}");
        process.since = process.created_at = process.next_attempt_at = clock_.Now();
        Appearance appearance;
        appearance.id = AppearanceId(MakeId("app"));
        appearance.item_id = item_.id;
        appearance.person_id = person_.id;
        appearance.start_ms = 1200;
        appearance.end_ms = 5400;
        appearance.best_shot_ms = 3000;
        appearance.similarity = 97.5;
        appearance.timebase = timebase_;
        return transaction.results.AddOrGet(result)
            .and_then([&](const ResultId& id) {
                appearance.result_id = id;
                return transaction.processes.Add(process);
            })
            .and_then([&] { return Complete(transaction, process, appearance.result_id); })
            .and_then([&] {
                return transaction.people.ReplaceAppearances(item_.id, appearance.result_id, {appearance});
            });
    }

    /// Takes the process through the queue, as a worker does.
    Result<void> Complete(Transaction& transaction, Process process, const ResultId& result) {
        auto claimed =
            transaction.processes.Claim(NodeId("nod_w"), 1, clock_.Now(), std::chrono::seconds(30));
        if (!claimed || claimed->size() != 1) {
            return notify::Fail(ErrorCode::kInternal, "the process was not claimed");
        }
        process = claimed->front().processes.front();
        const auto fence = process.fence;
        process.status = Status::kCompleted;
        process.result_id = result;
        process.finished_at = clock_.Now();
        process.lease_owner = NodeId();
        process.lease_until.reset();
        item_.status = Status::kCompleted;
        item_.blocked_by = BlockedBy::kNothing;
        return transaction.processes.UpdateHeld(process, fence).and_then([&](bool) {
            return transaction.items.SetStatus(item_);
        });
    }

    void Request() {
        Publication publication;
        publication.id = PublicationId(MakeId("pub"));
        publication.item_id = item_.id;
        publication.destination = "beside";
        publication.format = "notifications.json";
        const auto asked = storage_->Write([&](Transaction& transaction) {
            return transaction.deliveries.RequestPublication(publication, clock_.Now());
        });
        ASSERT_TRUE(asked.has_value()) << asked.error().message;
        if (dispatcher_) {
            dispatcher_->Nudge();
        }
    }

    Delivery Newest() { return Deliveries().front(); }

    Delivery AwaitNewest(Status status) {
        EXPECT_TRUE(Eventually([&] {
            const auto row = Newest();
            return row.status == status && (status != Status::kPending || !row.last_error.empty());
        })) << ToString(status);
        return Newest();
    }

    bool IsOurs(const std::string& key) {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.buckets.IsOwnObject(bucket_.id, key); })
            .value();
    }

    boost::json::value Written() {
        return ParseJson(memory_.objects.at("clip.mp4.notifications.json")).value();
    }

    MemorySource memory_;
    Bucket bucket_;
    Item item_;
    Timebase timebase_;
    Person person_{.id = PersonId(MakeId("per")), .name = "Ada", .created_at = clock_.Now()};
};

TEST_F(Publishing, TellsTimesAsFramesAndTimecodesToo) {
    timebase_ = {.rate = {.numerator = 25}, .start = 900'000};
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    const auto appearance = Written().at("appearances").at(0);
    EXPECT_EQ(appearance.at("frame_rate"), "25/1");
    EXPECT_EQ(appearance.at("drop_frame"), false);
    EXPECT_EQ(appearance.at("start_frame"), 30);
    EXPECT_EQ(appearance.at("start_timecode"), "10:00:01:05");
    EXPECT_EQ(appearance.at("end_timecode"), "10:00:05:10");
    EXPECT_EQ(appearance.at("best_shot_frame"), 75);
}

TEST_F(Publishing, WritesTheItemItsProcessesAndWhoAppears) {
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    const auto document = Written();
    EXPECT_EQ(document.at("schema"), "notifications.v1");
    EXPECT_TRUE(memory_.objects.begin()->second.starts_with(kPublicationStart));
    EXPECT_EQ(document.at("item").at("key"), "clip.mp4");
    EXPECT_EQ(document.at("item").at("status"), "Completed");
    EXPECT_EQ(document.at("bucket").at("name"), "inbox");
    const auto& process = document.at("processes").at(0);
    EXPECT_EQ(process.at("processor"), "facial-recognition");
    EXPECT_EQ(process.at("status"), "Completed");
    EXPECT_EQ(process.at("result").at("summary").at("faces"), 1);
    const auto& appearance = document.at("appearances").at(0);
    EXPECT_EQ(appearance.at("person").at("name"), "Ada");
    EXPECT_EQ(appearance.at("start_ms"), 1200);
    EXPECT_EQ(appearance.at("end_ms"), 5400);
    EXPECT_EQ(appearance.at("similarity"), 97.5);
    EXPECT_FALSE(appearance.as_object().contains("start_frame")) << "a picture has no frames";
    EXPECT_EQ(appearance.at("certainty"), "confirmed");
}

TEST_F(Publishing, CommitsToTheLedgerBeforeItWrites) {
    Fill();
    bool ours_by_then = false;
    memory_.before = [&] { ours_by_then = IsOurs("clip.mp4.notifications.json"); };
    EXPECT_FALSE(IsOurs("clip.mp4.notifications.json"));
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    EXPECT_TRUE(ours_by_then);
}

TEST_F(Publishing, WritesNothingWhenItStandsThereAlready) {
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    clock_.Advance(std::chrono::seconds(1));
    Request();
    ASSERT_TRUE(Eventually([&] { return Deliveries().size() == 2; }));
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, 1);
}

TEST_F(Publishing, WritesAgainWhenItIsResent) {
    Fill();
    Start();
    Request();
    const auto row = AwaitNewest(Status::kCompleted);
    memory_.objects.clear();
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_TRUE(replay_->Resend(row.id, "k").has_value());
    dispatcher_->Nudge();
    ASSERT_TRUE(Eventually([&] { return memory_.publishes == 2 && Newest().status == Status::kCompleted; }));
    EXPECT_EQ(memory_.objects.size(), 1U);
}

TEST_F(Publishing, TriesAReadOnlyFolderAgainOnTheScheduleAndLeavesTheItemAlone) {
    Fill();
    memory_.refuses = true;
    Start();
    Request();
    const auto row = AwaitNewest(Status::kPending);
    EXPECT_EQ(row.attempt, 1);
    EXPECT_EQ(row.last_error, "the folder is read-only");
    EXPECT_GE(row.next_attempt_at - clock_.Now(), std::chrono::seconds(4));
    EXPECT_EQ(Attempts(row.id).at(0).error, "the folder is read-only");
    const auto item = storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.Get(item_.id); });
    EXPECT_EQ(item.value().status, Status::kCompleted);
    memory_.refuses = false;
    clock_.Advance(std::chrono::seconds(6));
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.objects.size(), 1U);
}

TEST_F(Publishing, EndsAtOnceWhenTheMediaIsGone) {
    Fill();
    memory_.gone = true;
    Start();
    Request();
    const auto row = AwaitNewest(Status::kFailed);
    EXPECT_EQ(row.attempt, 1);
    EXPECT_EQ(row.last_error, "the file is gone");
    EXPECT_TRUE(memory_.objects.empty());
}

TEST_F(Publishing, WritesAgainWhatChangedWhileItWasWritten) {
    Fill();
    memory_.before = [&] {
        if (memory_.publishes == 1) {
            static_cast<void>(storage_->Write([&](Transaction& transaction) {
                return transaction.people.RenamePerson(person_.id, "Ada Lovelace");
            }));
        }
    };
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, 2);
    EXPECT_EQ(Written().at("appearances").at(0).at("person").at("name"), "Ada Lovelace");
}

TEST_F(Publishing, NeverWritesEmbeddings) {
    Fill(R"({"tracks":[{"id":1,"embedding":[0.1,0.2]}],"embeddings":[[0.5]],"kept":true})");
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.objects.begin()->second.find("embedding"), std::string::npos);
    EXPECT_EQ(Written().at("processes").at(0).at("result").at("summary").at("kept"), true);
}

TEST_F(Publishing, NamesAKeyThatIsNoUtf8ByItsBytesToo) {
    item_.key = "cl\xFFip.mp4";
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    const auto document = ParseJson(memory_.objects.begin()->second).value();
    EXPECT_EQ(document.at("item").at("key"), "cl\uFFFDip.mp4");
    EXPECT_EQ(document.at("item").at("key_base64"), "Y2z/aXAubXA0");
}

TEST_F(Publishing, NeverPutsAnOldVersionsResultsOverTheNewerOnes) {
    Fill();
    memory_.refuses = true;
    Start();
    Request();
    const auto old = AwaitNewest(Status::kPending);
    auto newer = item_;
    newer.id = ItemId(MakeId("itm"));
    newer.version = "2";
    ASSERT_TRUE(
        storage_->Write([&](Transaction& transaction) { return transaction.items.AddIfNew(newer); }).value()
    );
    memory_.refuses = false;
    clock_.Advance(std::chrono::seconds(6));
    const auto row = AwaitNewest(Status::kCancelled);
    EXPECT_EQ(row.id, old.id);
    EXPECT_EQ(row.last_error, "superseded: version 2 of the file has taken its place");
    EXPECT_TRUE(memory_.objects.empty());
}

TEST_F(Publishing, LeavesAFileThatSomebodyElsePutThereAlone) {
    const std::string key = "clip.mp4.notifications.json";
    memory_.objects[key] = R"({"mine": true})";
    Fill();
    Start();
    Request();
    const auto row = AwaitNewest(Status::kPending);
    EXPECT_NE(row.last_error.find(key + " is there already"), std::string::npos) << row.last_error;
    EXPECT_EQ(memory_.objects.at(key), R"({"mine": true})");
    EXPECT_FALSE(IsOurs(key)) << "or the next try would take it for ours";
    memory_.objects.clear();
    clock_.Advance(std::chrono::seconds(6));
    AwaitNewest(Status::kCompleted);
    EXPECT_TRUE(IsOurs(key));
}

TEST_F(Publishing, TakesOverWhatAnEarlierDatabaseOfTheServiceWrote) {
    memory_.objects["clip.mp4.notifications.json"] = std::string(kPublicationStart) + "}";
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(Written().at("item").at("key"), "clip.mp4");
}

TEST_F(Publishing, IsCancelledForABucketThatDoesNotPublish) {
    bucket_.publish = false;
    Fill();
    Start();
    Request();
    EXPECT_NE(AwaitNewest(Status::kCancelled).last_error.find("'inbox' does not publish"), std::string::npos);
    EXPECT_EQ(memory_.publishes, 0);
}

}  // namespace
}  // namespace notify
