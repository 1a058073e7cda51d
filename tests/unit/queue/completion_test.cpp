#include "queue/completion.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "queue/process_start.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/result_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using Types = std::vector<std::string>;

class CompletionTest : public QueueTest {
protected:
    /// A discovered item, claimed, with its content known.
    ClaimedItem Claimed(const Bucket& bucket, const std::string& key, const std::string& digest = "d1") {
        Discover(bucket, key);
        auto claim = Claim(1).at(0);
        claim.item.content_sha256 = digest;
        return claim;
    }

    /// Adds, and returns when all is committed.
    void Commit(std::vector<Ended> all) {
        completion_->Start();
        for (auto& ended : all) {
            completion_->Add(std::move(ended));
        }
        completion_->Stop();
    }

    StoredResult ResultOf(const Process& process) {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.results.Get(process.result_id); })
            .value();
    }
};

TEST_F(CompletionTest, WritesResultStatusEventsAndPublicationTogether) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    auto outcome = Found(claim.processes[0].id, R"({"sha256":"x"})");
    outcome.artifacts.push_back(
        {.name = "file", .media_type = "text/plain", .bytes = "bytes", .sealed = true}
    );
    consumer_.read_file = true;
    Commit({EndOf(claim, std::move(outcome))});

    const auto process = Stored(claim.processes[0].id);
    EXPECT_EQ(process.status, Status::kCompleted);
    EXPECT_EQ(process.progress, 1);
    EXPECT_TRUE(process.lease_owner.IsEmpty());
    const auto result = ResultOf(process);
    EXPECT_EQ(result.document, R"({"sha256":"x"})");
    EXPECT_EQ(result.content_sha256, "d1");
    ASSERT_EQ(result.artifacts.size(), 1U);
    EXPECT_EQ(artifacts_->Read(result.artifacts[0]).value(), "bytes");
    const auto item = Stored(claim.item.id);
    EXPECT_EQ(item.status, Status::kCompleted);
    EXPECT_EQ(item.media_type, "video/mp4");
    EXPECT_EQ(Events(item.id.Value()), (Types{"item.discovered", "process.completed", "item.completed"}));
    EXPECT_EQ(consumer_.applied, 1);
    EXPECT_EQ(Publications(), 1);
}

TEST_F(CompletionTest, PublishesByTheLatestRunsOnly) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    const Error gone{.code = ErrorCode::kConflict, .message = "it is another version now"};
    Commit({EndOf(claim, Failed(claim.processes[0].id, gone))});
    EXPECT_EQ(Stored(claim.item.id).reason_code, "superseded");
    EXPECT_EQ(Publications(), 0);
    const auto rerun = [&](JobOutcome (*outcome)(const ProcessId&)) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            const auto latest = LatestRuns(transaction.processes.OfItem(claim.item.id).value()).at(0);
            return transaction.processes.Add(NextRun(latest, clock_.Now()));
        }));
        auto again = Claim(1).at(0);
        again.item.content_sha256 = "d1";
        Commit({EndOf(again, outcome(again.processes[0].id))});
    };
    rerun([](const ProcessId& id) { return Found(id); });
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCompleted);
    EXPECT_EQ(Publications(), 1);
}

TEST_F(CompletionTest, DoesNotPublishForAnEarlierRunWhenTheLatestFailed) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.publish = false; });
    const auto claim = Claimed(bucket, "a.mp4");
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    Change(bucket, [](Bucket& changed) { changed.publish = true; });
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.processes.Add(NextRun(claim.processes[0], clock_.Now()));
    }));
    const auto again = Claim(1).at(0);
    const Error broken{.code = ErrorCode::kInvalidArgument, .message = "it cannot be read"};
    Commit({EndOf(again, Failed(again.processes[0].id, broken))});
    EXPECT_EQ(Stored(claim.item.id).status, Status::kFailed);
    EXPECT_EQ(Publications(), 0);
}

TEST_F(CompletionTest, PublishesNothingForABucketThatDoesNot) {
    auto bucket = AddBucket();
    Change(bucket, [](Bucket& changed) { changed.publish = false; });
    const auto claim = Claimed(bucket, "a.mp4");
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCompleted);
    EXPECT_EQ(Publications(), 0);
}

TEST_F(CompletionTest, WaitsForTheItemsLastProcess) {
    const auto claim = Claimed(AddBucket({"checksum", "facial-recognition"}), "a.mp4");
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    EXPECT_EQ(Stored(claim.item.id).status, Status::kProcessing);
    EXPECT_EQ(Publications(), 0);
    const Error silent{.code = ErrorCode::kUnsupported, .reason = "no_video", .message = "there is no video"};
    Commit({EndOf(claim, Failed(claim.processes[1].id, silent))});
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCompleted);
    EXPECT_EQ(Stored(claim.processes[1].id).status, Status::kSkipped);
    EXPECT_EQ(Publications(), 1);
    EXPECT_EQ(Count("item.completed"), 1);
    EXPECT_EQ(Count("process.skipped"), 1);
}

TEST_F(CompletionTest, PublishesNothingWhenNothingCompleted) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    const Error gone{.code = ErrorCode::kNotFound, .stage = "open", .message = "the file is gone"};
    Commit({EndOf(claim, Failed(claim.processes[0].id, gone))});
    const auto item = Stored(claim.item.id);
    EXPECT_EQ(item.status, Status::kFailed);
    EXPECT_NE(item.reason.find("the file is gone"), std::string::npos);
    EXPECT_EQ(Publications(), 0);
    EXPECT_EQ(Events(item.id.Value()), (Types{"item.discovered", "process.failed", "item.failed"}));
}

TEST_F(CompletionTest, SharesOneResultBetweenItemsOfTheSameBytes) {
    const auto bucket = AddBucket();
    const auto first = Claimed(bucket, "a.mp4", "same");
    const auto second = Claimed(bucket, "b.mp4", "same");
    const auto third = Claimed(bucket, "c.mp4", "other");
    Commit({
        EndOf(first, Found(first.processes[0].id)),
        EndOf(second, Found(second.processes[0].id)),
        EndOf(third, Found(third.processes[0].id)),
    });
    EXPECT_EQ(Stored(first.processes[0].id).result_id, Stored(second.processes[0].id).result_id);
    EXPECT_NE(Stored(first.processes[0].id).result_id, Stored(third.processes[0].id).result_id);
    EXPECT_EQ(Count("item.completed"), 3);
}

TEST_F(CompletionTest, KeepsNoArtifactOfAResultThatAnotherItemHadAlready) {
    const auto bucket = AddBucket();
    const auto first = Claimed(bucket, "a.mp4", "same");
    const auto second = Claimed(bucket, "b.mp4", "same");
    std::vector<Ended> both;
    for (const auto* claim : {&first, &second}) {
        auto outcome = Found(claim->processes[0].id);
        outcome.artifacts.push_back(
            {.name = "file", .media_type = "text/plain", .bytes = "bytes", .sealed = true}
        );
        both.push_back(EndOf(*claim, std::move(outcome)));
    }
    Commit(std::move(both));
    clock_.Advance(std::chrono::hours(2));
    EXPECT_EQ(
        storage_->Read([](const Snapshot& snapshot) { return snapshot.results.OrphanRows(100); }).value(),
        std::vector<std::string>{}
    );
    const auto result = ResultOf(Stored(second.processes[0].id));
    EXPECT_EQ(artifacts_->Read(result.artifacts.at(0)).value(), "bytes");
}

TEST_F(CompletionTest, TriesAgainLaterWithoutTellingAnEnd) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    const Error hiccup{.code = ErrorCode::kUnavailable, .stage = "read", .message = "the share is away"};
    Commit({EndOf(claim, Failed(claim.processes[0].id, hiccup))});
    const auto process = Stored(claim.processes[0].id);
    EXPECT_EQ(process.status, Status::kPending);
    EXPECT_EQ(process.attempt, 1);
    EXPECT_GT(process.next_attempt_at, clock_.Now());
    const auto item = Stored(claim.item.id);
    EXPECT_EQ(item.status, Status::kPending);
    EXPECT_EQ(item.blocked_by, BlockedBy::kRetryDelay);
    EXPECT_EQ(Count("process.failed"), 0);
    EXPECT_TRUE(Claim().empty());
    clock_.Advance(std::chrono::seconds(10));
    EXPECT_EQ(Claim().size(), 1U);
}

TEST_F(CompletionTest, DropsTheOutcomeOfAZombie) {
    const auto zombie = Claimed(AddBucket(), "a.mp4", "old");
    clock_.Advance(std::chrono::minutes(1));
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        auto released = GivenBack(transaction.processes.Get(zombie.processes[0].id).value(), clock_.Now());
        return transaction.processes.UpdateHeld(released);
    }));
    auto present = Claim().at(0);
    present.item.content_sha256 = "new";
    Commit({EndOf(zombie, Found(zombie.processes[0].id, R"({"from":"zombie"})"))});
    EXPECT_EQ(Stored(zombie.processes[0].id).status, Status::kProcessing);
    EXPECT_EQ(consumer_.applied, 0);
    EXPECT_EQ(Count("process.completed"), 0);
    Commit({EndOf(present, Found(present.processes[0].id, R"({"from":"holder"})"))});
    EXPECT_EQ(ResultOf(Stored(present.processes[0].id)).document, R"({"from":"holder"})");
    EXPECT_EQ(Count("process.completed"), 1);
}

TEST_F(CompletionTest, IsDoneOnceWhenACommitOfUnknownOutcomeIsRepeated) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    Commit({EndOf(claim, Found(claim.processes[0].id)), EndOf(claim, Found(claim.processes[0].id))});
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    EXPECT_EQ(Count("process.completed"), 1);
    EXPECT_EQ(Count("item.completed"), 1);
    EXPECT_EQ(consumer_.applied, 1);
    EXPECT_EQ(Publications(), 1);
}

TEST_F(CompletionTest, SkipsAReplacedVersionAlsoWhenItsResultArrives) {
    const auto bucket = AddBucket();
    const auto claim = Claimed(bucket, "a.mp4");
    Discover(bucket, "a.mp4", "a newer version");
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    const auto item = Stored(claim.item.id);
    EXPECT_EQ(item.status, Status::kSkipped);
    EXPECT_EQ(item.reason_code, "superseded");
    EXPECT_EQ(Publications(), 0);
    EXPECT_EQ(consumer_.applied, 0);
}

TEST_F(CompletionTest, DoesNotPublishAnItemThatWasReplacedHalfWay) {
    const auto bucket = AddBucket({"checksum", "facial-recognition"});
    const auto claim = Claimed(bucket, "a.mp4");
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    Discover(bucket, "a.mp4", "a newer version");
    Commit({EndOf(claim, Found(claim.processes[1].id))});
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCompleted);
    EXPECT_EQ(Publications(), 0);
}

TEST_F(CompletionTest, WaitsForADiskThatIsFull) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    completion_->Start();
    storage_->refuse = 4;
    completion_->Add(EndOf(claim, Found(claim.processes[0].id)));
    EXPECT_TRUE(Becomes(claim.item.id, Status::kCompleted));
    EXPECT_EQ(storage_->refused, 4);
    EXPECT_EQ(Stored(claim.processes[0].id).attempt, 0);
}

TEST_F(CompletionTest, FailsOnlyTheProcessWhoseConsumerIsBroken) {
    const auto bucket = AddBucket({"checksum", "facial-recognition"});
    const auto claim = Claimed(bucket, "a.mp4");
    const auto& checksum = claim.processes[claim.processes[0].processor == "checksum" ? 0 : 1];
    const auto& faces = claim.processes[claim.processes[0].processor == "checksum" ? 1 : 0];
    consumer_.broken = true;
    Commit({EndOf(claim, Found(checksum.id)), EndOf(claim, Found(faces.id))});
    EXPECT_EQ(Stored(faces.id).status, Status::kCompleted);
    const auto failed = Stored(checksum.id);
    EXPECT_EQ(failed.status, Status::kPending);
    EXPECT_EQ(failed.attempt, 1);
    ASSERT_TRUE(failed.failure.has_value());
    EXPECT_EQ(failed.failure->stage, "commit");
    EXPECT_NE(failed.failure->message.find("the consumer is broken"), std::string::npos);
}

TEST_F(CompletionTest, FailsTheProcessWhoseConsumerCannotPrepare) {
    const auto claim = Claimed(AddBucket(), "a.mp4");
    consumer_.read_file = true;  // and the outcome has no such artifact
    Commit({EndOf(claim, Found(claim.processes[0].id))});
    const auto failed = Stored(claim.processes[0].id);
    EXPECT_EQ(failed.status, Status::kFailed);
    EXPECT_EQ(failed.failure->stage, "commit");
}

TEST_F(CompletionTest, WaitsForAllOutcomesTogetherWhenItIsStoppedWhileNothingCanBeWritten) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 8; ++i) {
        WriteFile(bucket, std::to_string(i) + ".mp4");
    }
    EXPECT_EQ(Scan(bucket), 8);
    for (auto& claim : Claim(8)) {
        claim.item.content_sha256 = claim.item.id.Value();
        completion_->Add(EndOf(claim, Found(claim.processes[0].id)));
    }
    storage_->refuse = 1'000'000;
    completion_->Start();
    completion_->Stop();
    // the batch, one try of the first each quarter of a second of five, and nothing of the others
    EXPECT_LE(storage_->refused, 23);
    EXPECT_GE(storage_->refused, 2);
    storage_->refuse = 0;
    EXPECT_EQ(Count("item.completed"), 0);
}

TEST_F(CompletionTest, CommitsWhatWaitedWhenItIsStopped) {
    const auto bucket = AddBucket();
    for (int i = 0; i < 120; ++i) {
        WriteFile(bucket, std::to_string(i) + ".mp4");
    }
    EXPECT_EQ(Scan(bucket), 120);
    for (auto& claim : Claim(120)) {
        claim.item.content_sha256 = claim.item.id.Value();
        completion_->Add(EndOf(claim, Found(claim.processes[0].id)));
    }
    completion_->Start();
    completion_->Stop();
    EXPECT_EQ(Count("item.completed"), 120);
}

}  // namespace
}  // namespace notify::testing
