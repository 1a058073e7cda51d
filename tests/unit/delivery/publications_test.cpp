// Publications in all formats, through the outbox.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "delivery/publishing/csv.hpp"
#include "delivery/publishing/metadata.hpp"
#include "delivery/publishing/republish.hpp"
#include "storage/item_status.hpp"
#include "storage/publication_request.hpp"
#include "support/people.hpp"
#include "unit/delivery/exports.hpp"
#include "unit/delivery/publishing_fixture.hpp"

namespace notify::testing {
namespace {

constexpr const char* kClip = R"({"schema":"face_tracks/1",
    "media":{"media_type":"video/mp4","duration_ms":60000,"width":1920,"height":1080,"frame_rate":"25/1",
             "drop_frame":false,"start_timecode":"10:00:00:00"},
    "tracks":[{"track":1,"boxes":[{"ms":1200,"x":192,"y":108,"width":480,"height":540},
                                  {"ms":1400,"x":192,"y":108,"width":480,"height":540}]},
              {"track":2,"boxes":[{"ms":1200,"x":0,"y":0,"width":96,"height":54}]}]})";
constexpr const char* kPicture = R"({"schema":"face_tracks/1",
    "media":{"media_type":"image/jpeg","duration_ms":0,"width":640,"height":480},
    "tracks":[{"track":1,"boxes":[{"ms":0,"x":1,"y":1,"width":2,"height":2}]}]})";
const std::vector<std::string> kAll{"csv", "vtt", "edl", "avid-markers", "face-search"};

class Publications : public Publishing {
protected:
    Publications() {
        timebase_ = {.rate = {.numerator = 25}, .start = 900'000};
        bucket_.options.publishing.formats = kAll;
    }

    void Publish(const std::string& document) {
        Fill(document);
        Start();
        ASSERT_TRUE(RequestWanted());
        AwaitAll();
    }

    std::string File(const std::string& suffix) {
        const auto found = memory_.objects.find("clip.mp4.notifications." + suffix);
        return found == memory_.objects.end() ? "not there" : found->second;
    }

    boost::json::value JsonOfFile(const std::string& suffix) { return ParseJson(File(suffix)).value(); }

    void SetBucket() {
        Change([&](Transaction& transaction) { return transaction.buckets.Update(bucket_); });
    }
};

TEST_F(Publications, AreAFileInEachFormatThatTheBucketWants) {
    Publish(kClip);
    EXPECT_EQ(memory_.objects.size(), 6U);
    const auto rows = ReadExport("csv", File("csv"));
    EXPECT_EQ(rows.at(0).at("person"), "Ada");
    EXPECT_EQ(rows.at(0).at("start_timecode"), "10:00:01:05");
    EXPECT_EQ(rows.at(0).at("bucket"), "inbox");
    EXPECT_EQ(ReadExport("vtt", File("vtt")).at(0).at("text"), "Ada");
    EXPECT_EQ(ReadExport("edl@25", File("edl")).at("events").at(0).at("in"), 900'030);
    EXPECT_EQ(ReadExport("avid-markers", File("avid-markers.txt")).at(0).at(1), "10:00:01:05");
    EXPECT_EQ(memory_.media_types.at("clip.mp4.notifications.vtt"), "text/vtt; charset=utf-8");
    for (const auto& [key, bytes] : memory_.objects) {
        EXPECT_TRUE(IsOurs(key)) << key;
    }
}

TEST_F(Publications, TellEachLookAtAFaceAsGetFaceSearchDoes) {
    Publish(kClip);
    const auto read = ReadExport("face-search", File("face-search.json"));
    const auto& persons = read.at("Persons").as_array();
    ASSERT_EQ(persons.size(), 3U);
    EXPECT_EQ(persons[0].at("FaceMatches").at(0).at("Face").at("ExternalImageId"), "Ada");
    EXPECT_EQ(persons[0].at("Person").at("BoundingBox").at("Left"), 0.1);
    EXPECT_EQ(persons[1].at("Person").at("Index"), 2);
    EXPECT_TRUE(persons[1].at("FaceMatches").as_array().empty()) << "nobody who is known";
    EXPECT_EQ(persons[2].at("Timestamp"), 1400);
    EXPECT_EQ(read.at("VideoMetadata").at("FrameWidth"), 1920);
}

TEST_F(Publications, AreNotWrittenAgainWhenNothingChanged) {
    Publish(kClip);
    clock_.Advance(std::chrono::seconds(1));
    EXPECT_TRUE(RequestWanted());
    EXPECT_EQ(AwaitAll(), 12U);
    EXPECT_EQ(memory_.publishes, 6);
}

TEST_F(Publications, AreNotWrittenAgainForARunThatFoundTheSame) {
    Publish(kClip);
    const auto before = File("json");
    clock_.Advance(std::chrono::hours(1));
    Change([&](Transaction& transaction) -> Result<void> {
        auto run = transaction.processes.OfItem(item_.id).value().at(0);
        run.id = ProcessId("prc_again");
        run.run = 2;
        run.started_at = run.finished_at = clock_.Now();
        return transaction.processes.Add(run);
    });
    EXPECT_TRUE(RequestWanted());
    EXPECT_EQ(AwaitAll(), 12U);
    EXPECT_EQ(memory_.publishes, 6);
    EXPECT_EQ(File("json"), before);
}

TEST_F(Publications, AreWrittenOnlyInTheFormatsInWhichTheyDiffer) {
    Publish(kClip);
    Change([&](Transaction& transaction) {
        return transaction.items.SetContent(item_.id, "video/quicktime", "");  // the JSON alone has it
    });
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 7);
    Change([&](Transaction& transaction) {
        return testing::RenamePerson(transaction, person_.id, "Ada, Countess");
    });
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 13);
    EXPECT_EQ(ReadExport("csv", File("csv")).at(0).at("person"), "Ada, Countess");
}

TEST_F(Publications, OfAPictureHaveNoTimesToTell) {
    timebase_ = {};
    Publish(kPicture);
    EXPECT_EQ(memory_.objects.size(), 3U) << "JSON, CSV, face search";
    for (const auto* const format : {"vtt", "edl", "avid-markers"}) {
        const auto row = Ended(format);
        EXPECT_EQ(row.status, Status::kSkipped);
        EXPECT_EQ(row.last_error, std::string(format) + ": a picture has no times");
    }
    EXPECT_EQ(Ended("csv").status, Status::kCompleted);
}

TEST_F(Publications, SayNothingOfPeopleWhileNobodyLooked) {
    Publish(R"({"schema":"media_info/1"})");
    EXPECT_EQ(memory_.objects.size(), 1U);
    EXPECT_EQ(Ended("csv").last_error, "csv: no run that looks for faces has completed");
}

TEST_F(Publications, OnceWrittenLoseAPersonWhoIsRemovedThoughTheLatestRunHasNotCompleted) {
    Publish(kClip);
    Change([&](Transaction& transaction) {
        Process again;
        again.id = ProcessId(MakeId("prc"));
        again.item_id = item_.id;
        again.bucket_id = bucket_.id;
        again.processor = "facial-recognition";
        again.config = "{}";
        again.config_hash = Sha256Hex("{}");
        again.run = 2;
        again.since = again.created_at = again.next_attempt_at = clock_.Now();
        return transaction.processes.Add(again).and_then([&] {
            return testing::RemovePerson(transaction, person_.id);
        });
    });
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(ReadExport("csv", File("csv")), boost::json::array());
    EXPECT_EQ(File("vtt"), "WEBVTT - people\n");
    EXPECT_EQ(File("avid-markers.txt"), "");
    for (const auto& [key, bytes] : memory_.objects) {
        EXPECT_EQ(bytes.find("Ada"), std::string::npos) << key;
    }
}

TEST_F(Publications, AreCancelledInAFormatThatTheBucketWantsNoMore) {
    Fill(kClip);
    RequestWanted();
    bucket_.options.publishing.formats = {"vtt"};
    SetBucket();
    Start();
    AwaitAll();
    EXPECT_EQ(memory_.objects.size(), 2U);
    EXPECT_EQ(Ended("csv").status, Status::kCancelled);
    EXPECT_EQ(Ended("csv").last_error, "bucket 'inbox' does not publish csv");
}

TEST_F(Publications, GoIntoTheBucketForResults) {
    bucket_.options.publishing = {.formats = {"csv"}, .bucket = "/results", .prefix = "inbox/"};
    Publish(kClip);
    ASSERT_EQ(memory_.objects.size(), 2U) << "nothing beside the media";
    EXPECT_TRUE(memory_.objects.contains("/resultsinbox/clip.mp4.notifications.csv"));
    EXPECT_TRUE(memory_.objects.contains("/resultsinbox/clip.mp4.notifications.json"));
    EXPECT_TRUE(storage_
                    ->Read([&](const Snapshot& snapshot) {
                        return snapshot.buckets.IsOwnResult(
                            bucket_.source_id, "/results", "inbox/clip.mp4.notifications.csv"
                        );
                    })
                    .value());
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 2);
}

TEST_F(Publications, AreWrittenOfNumbersThatNoMediaHas) {
    Publish(R"({"schema":"face_tracks/1",
        "media":{"media_type":"video/mp4","duration_ms":1e300,"width":-5,"height":1e308,"frame_rate":"25/1"},
        "tracks":[{"track":-1e30,"boxes":[{"ms":-1e99,"x":1e99,"y":-1e99,"width":1e99,"height":-1}]},
                  {"track":1e30,"boxes":[{"ms":18446744073709551615,"x":0,"y":0,"width":0,"height":0}]}]})");
    const auto read = JsonOfFile("face-search.json");
    EXPECT_EQ(read.at("VideoMetadata").at("DurationMillis"), 1'000'000'000'000);
    EXPECT_EQ(read.at("VideoMetadata").at("FrameHeight"), 10'000'000);
    EXPECT_EQ(read.at("VideoMetadata").at("FrameWidth"), 0);
    EXPECT_EQ(read.at("Persons").at(0).at("Timestamp"), 0);
    EXPECT_EQ(read.at("Persons").at(1).at("Timestamp"), 1'000'000'000'000);
}

TEST_F(Publications, CarryASummaryOnlyWhereTheBucketWantsThat) {
    Publish(kClip);
    EXPECT_EQ(memory_.metadata.at("clip.mp4.notifications.json"), UserMetadata());
    bucket_.options.publishing.metadata = true;
    SetBucket();
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 12) << "with it each is another";
    const UserMetadata summary{
        {"notifications-item", item_.id.Value()},
        {"notifications-status", "Completed"},
        {"notifications-processors", "facial-recognition"},
        {"notifications-people", "1"}
    };
    EXPECT_EQ(memory_.metadata.at("clip.mp4.notifications.json"), summary);
    EXPECT_EQ(memory_.metadata.at("clip.mp4.notifications.csv"), summary);
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 12) << "nothing changed";
}

TEST_F(Publications, CarryASummaryThatIsNeverTooLongAndPlain) {
    Fill(kClip);
    Change([&](Transaction& transaction) -> Result<void> {
        Process process;
        process.id = ProcessId(MakeId("prc"));
        process.item_id = item_.id;
        process.bucket_id = bucket_.id;
        process.processor = "caf\xc3\xa9\r\n" + std::string(5000, 'x');
        process.config = "{}";
        process.config_hash = Sha256Hex("{}");
        process.since = process.created_at = process.next_attempt_at = clock_.Now();
        return transaction.processes.Add(process)
            .and_then([&] {
                return transaction.results.AddOrGet(
                    {.id = ResultId(MakeId("res")),
                     .lineage_key = "other",
                     .content_sha256 = item_.content_sha256,
                     .processor = process.processor,
                     .processor_version = "1",
                     .document = "{}",
                     .created_at = clock_.Now()}
                );
            })
            .and_then([&](const ResultId& id) { return Complete(transaction, process, id); });
    });
    const auto metadata =
        storage_->Read(
                    [&](const Snapshot& snapshot) { return PublicationMetadata(snapshot, item_.id); }
        ).value();
    std::size_t bytes = 0;
    for (const auto& [name, value] : metadata) {
        bytes += name.size() + value.size();
        EXPECT_EQ(value.find_first_of("\r\n\xc3\xa9"), std::string::npos);
    }
    EXPECT_EQ(metadata.size(), 4U);
    EXPECT_LT(bytes, kMostMetadataBytes);
    EXPECT_EQ(metadata.at(2).second.substr(0, 7), "caf????");
}

TEST_F(Publications, AreWrittenInTheNewPlaceWhenThatChanges) {
    Publish(kClip);
    bucket_.options.publishing.bucket = "/results";
    SetBucket();
    RequestWanted();
    AwaitAll();
    EXPECT_EQ(memory_.publishes, 12);
    EXPECT_EQ(memory_.objects.size(), 12U) << "what is beside the media stays";
}

TEST_F(Publications, ThatWaitForAPlaceThatIsNoLongerWantedAreCancelled) {
    Fill(kClip);
    RequestWanted();
    bucket_.options.publishing.bucket = "/results";
    SetBucket();
    Start();
    AwaitAll();
    EXPECT_TRUE(memory_.objects.empty());
    EXPECT_EQ(Ended("csv").last_error, "bucket 'inbox' publishes its results elsewhere now");
}

TEST_F(Publications, OfAWholeBucketAreAskedForAnewAndWrittenOnce) {
    bucket_.options.publishing.formats = {};
    Publish(kClip);
    ASSERT_EQ(memory_.publishes, 1);
    bucket_.options.publishing.formats = kAll;
    SetBucket();
    for (int i = 0; i < 2; ++i) {
        const auto done = Republish(*storage_, bucket_.id, clock_.Now(), {});
        ASSERT_TRUE(done.has_value()) << done.error().message;
        EXPECT_EQ(done->items, 1);
        EXPECT_EQ(done->left_out, 0);
        dispatcher_->Nudge();
        AwaitAll();
        EXPECT_EQ(memory_.publishes, 6);
    }
    bucket_.publish = false;
    SetBucket();
    EXPECT_EQ(Republish(*storage_, bucket_.id, clock_.Now(), {}).error().code, ErrorCode::kConflict);
}

TEST_F(Publications, TakeOverAnEmptyFileAndOneOfAnEarlierDatabaseButNoOthers) {
    memory_.objects["clip.mp4.notifications.avid-markers.txt"] = "";
    memory_.objects["clip.mp4.notifications.csv"] = std::string(kCsvStart) + "…";
    memory_.objects["clip.mp4.notifications.vtt"] = "WEBVTT\n\n00:00.000 --> 00:01.000\nmine";
    Fill(kClip);
    Start();
    RequestWanted();
    ASSERT_TRUE(Eventually([&] { return memory_.publishes == 5; }));
    ASSERT_TRUE(Eventually([&] { return !Ended("vtt").last_error.empty(); }));
    EXPECT_NE(Ended("vtt").last_error.find("was not written by this service"), std::string::npos);
    EXPECT_NE(File("vtt").find("mine"), std::string::npos);
    EXPECT_NE(File("avid-markers.txt"), "");
}

class AssetPublications : public Publications {
protected:
    AssetPublications() {
        bucket_.kind = "iconik";
        bucket_.options.publishing.formats.clear();
    }

    /// What the source was given last in a format.
    boost::json::value Given(const std::string& format) {
        return ParseJson(memory_.objects.at("clip.mp4.notifications." + format)).value();
    }
};

TEST_F(AssetPublications, AreATimelineAndNothingBesideTheAsset) {
    Publish(kClip);
    ASSERT_EQ(memory_.objects.size(), 1U);
    const auto timeline = Given("timeline");
    EXPECT_EQ(timeline.at("looked"), true);
    const auto& seen = timeline.at("appearances").at(0);
    EXPECT_EQ(seen.at("name"), "Ada");
    EXPECT_EQ(seen.at("person").as_string(), person_.id.Value());
    EXPECT_EQ(seen.at("certainty"), "confirmed");
    EXPECT_EQ(seen.at("start_ms"), 1200);
    EXPECT_EQ(seen.at("end_ms"), 5400);
}

TEST_F(AssetPublications, TellTheStatusWithEachProcessAndWhyItFailed) {
    Fill(kClip);
    Change([&](Transaction& transaction) -> Result<void> {
        auto processes = transaction.processes.OfItem(item_.id).value();
        Process failed = processes.at(0);
        failed.id = ProcessId("prc_failed");
        failed.processor = "checksum";
        failed.result_id = ResultId();
        failed.status = Status::kFailed;
        failed.failure =
            Failure{.code = "internal", .stage = "read", .reason = {}, .message = "it \xFF broke"};
        return transaction.processes.Add(failed)
            .and_then([&] { return RefreshItem(transaction, item_.id, clock_.Now()); })
            .map([](const Item&) {});
    });
    Start();
    AwaitAll();
    const auto standing = Given("status");
    EXPECT_EQ(standing.at("status"), "Failed");
    ASSERT_EQ(standing.at("processes").as_array().size(), 2U);
    const auto& completed = standing.at("processes").at(0);
    EXPECT_EQ(completed.at("status"), "Completed");
    EXPECT_EQ(completed.at("message"), "");
    const auto& failed = standing.at("processes").at(1);
    EXPECT_EQ(failed.at("process"), "prc_failed");
    EXPECT_EQ(failed.at("message"), "it \uFFFD broke");
}

TEST_F(AssetPublications, LeaveTheTimelineAloneWhileNobodyLookedForFaces) {
    Fill(R"({"sha256":"00"})");
    Start();
    ASSERT_TRUE(RequestWanted());
    AwaitAll();
    EXPECT_TRUE(memory_.objects.empty()) << "names that people wrote stay";
    EXPECT_EQ(Ended("timeline").status, Status::kSkipped);
}

TEST_F(AssetPublications, AreNotMadeWhereTheBucketDoesNotPublish) {
    bucket_.publish = false;
    Fill(kClip);
    EXPECT_FALSE(RequestWanted());
    Change([&](Transaction& transaction) { return RequestStatus(transaction, item_, clock_.Now()); });
    EXPECT_TRUE(Deliveries().empty());
}

TEST_F(AssetPublications, OfAStatusOnlyEndWhatTheyOpenedOnceTheBucketPublishesNoMore) {
    Fill(kClip);
    Start();
    const auto tell = [&] {
        Change([&](Transaction& transaction) { return RequestStatus(transaction, item_, clock_.Now()); });
        dispatcher_->Nudge();
        AwaitAll();
    };
    tell();
    EXPECT_EQ(memory_.publishes, 1);
    EXPECT_FALSE(memory_.only_ends);
    bucket_.publish = false;
    SetBucket();
    for (int i = 0; i < 2; ++i) {
        tell();
        EXPECT_EQ(memory_.publishes, 2) << "once for the same status";
        EXPECT_TRUE(memory_.only_ends);
    }
    bucket_.publish = true;
    SetBucket();
    tell();
    EXPECT_EQ(memory_.publishes, 3) << "the rest of it is written now";
    EXPECT_FALSE(memory_.only_ends);
}

TEST_F(AssetPublications, TellInTheStatusWhetherTheTimelineIsWritten) {
    Fill(kClip);
    Change([&](Transaction& transaction) { return RequestStatus(transaction, item_, clock_.Now()); });
    memory_.gone = true;
    ASSERT_TRUE(RequestWanted());
    Start();
    AwaitAll();
    EXPECT_EQ(Ended("timeline").status, Status::kFailed);
    memory_.gone = false;
    Change([&](Transaction& transaction) { return RequestStatus(transaction, item_, clock_.Now()); });
    dispatcher_->Nudge();
    AwaitAll();
    EXPECT_EQ(Given("status").at("results"), "failed");
    ASSERT_TRUE(RequestWanted());
    dispatcher_->Nudge();
    AwaitAll();
    EXPECT_EQ(Given("status").at("results"), "written");
}

TEST_F(Publications, TellNoStatusBesideAnObject) {
    Fill(kClip);
    Change([&](Transaction& transaction) { return RequestStatus(transaction, item_, clock_.Now()); });
    EXPECT_TRUE(Deliveries().empty());
}

}  // namespace
}  // namespace notify::testing
