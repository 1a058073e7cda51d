#include "delivery/publishing/publisher.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "core/ulid.hpp"
#include "delivery/publishing/document.hpp"
#include "delivery/publishing/republish.hpp"
#include "domain/pause.hpp"
#include "storage/item_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/delivery/publishing_fixture.hpp"

namespace notify::testing {
namespace {

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

TEST_F(Publishing, WritesTheSameResultsAgainWhenTheSourceSaysThatTheyAreWrittenOtherwise) {
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    for (const auto* const config : {R"({"segment_track": "Faces"})", R"({"segment_track": "People"})"}) {
        const auto before = Deliveries().size();
        const auto publishes = memory_.publishes.load();
        Change([&](Transaction& transaction) -> Result<void> {
            auto source = transaction.sources.Get(bucket_.source_id);
            source->config = config;
            return transaction.sources.Update(*source);
        });
        clock_.Advance(std::chrono::seconds(1));
        const auto done = RepublishAll(*storage_, bucket_.source_id, clock_.Now(), {});
        ASSERT_TRUE(done.has_value()) << done.error().message;
        EXPECT_EQ(done->items, 1);
        dispatcher_->Nudge();
        ASSERT_TRUE(Eventually([&] { return Deliveries().size() == before + 1; }));
        AwaitNewest(Status::kCompleted);
        EXPECT_EQ(memory_.publishes, publishes + 1);
    }
    clock_.Advance(std::chrono::seconds(1));
    Request();
    ASSERT_TRUE(Eventually([&] { return Deliveries().size() == 4; }));
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, 3) << "it stands there so already";
}

TEST_F(Publishing, OfAWholeSourceAreAskedForAnewInItsBucketsThatPublishOnly) {
    Fill();
    bucket_.publish = false;
    Change([&](Transaction& transaction) { return transaction.buckets.Update(bucket_); });
    EXPECT_EQ(RepublishAll(*storage_, bucket_.source_id, clock_.Now(), {}).value().items, 0);
    bucket_.publish = true;
    Change([&](Transaction& transaction) { return transaction.buckets.Update(bucket_); });
    EXPECT_EQ(RepublishAll(*storage_, SourceId("src_other"), clock_.Now(), {}).value().items, 0);
    EXPECT_EQ(RepublishAll(*storage_, bucket_.source_id, clock_.Now(), {}).value().items, 1);
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

TEST_F(Publishing, WritesNothingToASourceThatIsPausedAndBurnsNoTry) {
    Fill();
    const Pause pause{
        .id = PauseId("pau_1"),
        .of = PauseOf::kSource,
        .subject = bucket_.source_id.Value(),
        .reason = "the store is moved",
        .actor = "key_1",
        .since = clock_.Now(),
        .until = clock_.Now() + std::chrono::minutes(1)
    };
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.pauses.Put(pause); }));
    Start();
    Request();
    const auto row = AwaitNewest(Status::kPending);
    EXPECT_NE(row.last_error.find("the store is moved"), std::string::npos) << row.last_error;
    EXPECT_EQ(row.attempt, 0);
    EXPECT_EQ(memory_.publishes, 0);
    clock_.Advance(std::chrono::minutes(2));
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, 1);
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
            EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
                return testing::RenamePerson(transaction, person_.id, "Ada Lovelace");
            }));
            clock_.Advance(std::chrono::seconds(1));
            EXPECT_TRUE(RequestWanted());
        }
    };
    Start();
    Request();
    ASSERT_TRUE(Eventually([&] { return Deliveries().size() == 2; }));
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, 2);
    EXPECT_EQ(Written().at("appearances").at(0).at("person").at("name"), "Ada Lovelace");
}

TEST_F(Publishing, WritesAgainAfterAWriteOfWhichNobodyKnowsHowItEnded) {
    Fill();
    Start();
    Request();
    AwaitNewest(Status::kCompleted);
    Change([&](Transaction& transaction) {
        return testing::RenamePerson(transaction, person_.id, "Ada Lovelace");
    });
    memory_.refuses = true;
    clock_.Advance(std::chrono::seconds(1));
    Request();
    AwaitNewest(Status::kPending);
    memory_.refuses = false;
    Change([&](Transaction& transaction) { return testing::RenamePerson(transaction, person_.id, "Ada"); });
    clock_.Advance(std::chrono::hours(1));
    const int before = memory_.publishes;
    AwaitNewest(Status::kCompleted);
    EXPECT_EQ(memory_.publishes, before + 1) << "what it was at first may stand there no more";
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
}  // namespace notify::testing
