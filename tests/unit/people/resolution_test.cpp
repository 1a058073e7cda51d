#include "people/resolution.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/distance.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class Resolution : public PeopleTest {
protected:
    static FaceResult AdaAndAStranger() {
        return MakeFaceResult(
            {{.track = 1, .link = 1, .start_ms = 200, .end_ms = 1800, .shots = {FaceAt(kAda, 0.2, 50)}},
             {.track = 2, .link = 2, .start_ms = 500, .end_ms = 900, .shots = {FaceOf(9)}}}
        );
    }

    std::vector<ProcessId> Resolves() {
        std::vector<ProcessId> processes;
        for (const auto& each : Read([&](const Snapshot& snapshot) {
                 return snapshot.processes.PendingResolves(clock_.Now() + std::chrono::days(1), 10);
             })) {
            processes.push_back(each.process_id);
        }
        return processes;
    }
};

TEST_F(Resolution, WantsFaceTracksOnly) {
    EXPECT_TRUE(resolution_->Wants("face_tracks"));
    EXPECT_FALSE(resolution_->Wants("face_photo"));
    EXPECT_FALSE(resolution_->Wants("checksum"));
}

TEST_F(Resolution, WritesTracksAndAppearancesWithTheResult) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", AdaAndAStranger());
    EXPECT_EQ(Stored(item).status, Status::kCompleted);
    EXPECT_EQ(Count(item.Value(), "item.completed"), 1);
    const auto result = ProcessesOf(item).at(0).result_id;
    const auto tracks = TracksOf(result);
    ASSERT_THAT(tracks, SizeIs(2));
    EXPECT_THAT(tracks[0].shots, ElementsAre(FaceAt(kAda, 0.2, 50)));
    const auto appearances = AppearancesIn(item);
    ASSERT_THAT(appearances, SizeIs(1));
    const auto& a = appearances[0];
    EXPECT_EQ(a.item_id, item);
    EXPECT_EQ(a.result_id, result);
    EXPECT_EQ(a.person_id, ada);
    EXPECT_EQ(a.start_ms, 200);
    EXPECT_EQ(a.end_ms, 1800);
    EXPECT_EQ(a.best_shot_ms, 300);
    EXPECT_EQ(a.box.width, 100);
    EXPECT_NEAR(a.distance, 0.2, 1e-6);
    EXPECT_NEAR(a.similarity, SimilarityOf(0.2), 1e-3);
    EXPECT_THAT(a.tracks, ElementsAre(tracks[0].id));
}

TEST_F(Resolution, KeepsTheTracksOfAnItemInWhichNobodyIsKnown) {
    const auto item = Analyse("a.mp4", AdaAndAStranger());
    EXPECT_THAT(AppearancesIn(item), IsEmpty());
    EXPECT_THAT(TracksOf(ProcessesOf(item).at(0).result_id), SizeIs(2));
}

TEST_F(Resolution, CommitsAResolveRowWhenPeopleChangedAfterItPrepared) {
    const auto claim = Claim("a.mp4");
    const auto& item = claim.item.id;
    Add(claim, AdaAndAStranger());
    AddPerson("Ada", {kAda, kAda, kAda});
    Commit();

    const auto process = ProcessesOf(item).at(0);
    EXPECT_EQ(process.status, Status::kCompleted) << "the result itself is safe";
    EXPECT_THAT(Resolves(), ElementsAre(process.id));
    EXPECT_EQ(Stored(item).status, Status::kProcessing);
    EXPECT_EQ(Stored(item).blocked_by, BlockedBy::kResolving);
    EXPECT_EQ(Count(item.Value(), "item.completed"), 0);
    EXPECT_THAT(AppearancesIn(item), IsEmpty()) << "nothing by the older gallery";
    EXPECT_THAT(TracksOf(process.result_id), IsEmpty());

    EXPECT_EQ(ValueOf(resolver_->RunOnce()), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
    EXPECT_THAT(TracksOf(process.result_id), SizeIs(2));
    EXPECT_THAT(Resolves(), IsEmpty());
    EXPECT_EQ(Stored(item).status, Status::kCompleted);
    EXPECT_EQ(Count(item.Value(), "item.completed"), 1);
}

TEST_F(Resolution, NamesNobodyWhoWasRemovedAfterItPrepared) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto claim = Claim("a.mp4");
    Add(claim, AdaAndAStranger());
    Write([&](Transaction& transaction) { return testing::RemovePerson(transaction, ada); });
    Commit();
    EXPECT_EQ(ValueOf(resolver_->RunOnce()), 1);
    EXPECT_THAT(AppearancesIn(claim.item.id), IsEmpty());
    EXPECT_EQ(Stored(claim.item.id).status, Status::kCompleted);
}

TEST_F(Resolution, StoresTracksOnceForItemsThatShareAResult) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto first = Analyse("a.mp4", AdaAndAStranger());
    auto claim = Claim("copy of a.mp4");
    claim.item.content_sha256 = Claim("a.mp4 once more").item.content_sha256;
    Add(claim, AdaAndAStranger());
    Commit();
    auto twin = Claim("third.mp4");
    twin.item.content_sha256 = claim.item.content_sha256;
    Add(twin, AdaAndAStranger());
    Commit();

    const auto result = ProcessesOf(twin.item.id).at(0).result_id;
    EXPECT_EQ(ProcessesOf(claim.item.id).at(0).result_id, result);
    EXPECT_NE(ProcessesOf(first).at(0).result_id, result);
    const auto tracks = TracksOf(result);
    ASSERT_THAT(tracks, SizeIs(2));
    for (const auto& item : {claim.item.id, twin.item.id}) {
        ASSERT_THAT(AppearancesIn(item), SizeIs(1));
        EXPECT_THAT(AppearancesIn(item)[0].tracks, ElementsAre(tracks[0].id));
    }
}

TEST_F(Resolution, FailsTheProcessOfADamagedDocument) {
    auto found = AdaAndAStranger();
    found.document["tracks"].as_array()[0].as_object()["end_ms"] = -5;
    const auto item = Analyse("a.mp4", found);
    const auto process = ProcessesOf(item).at(0);
    EXPECT_EQ(process.status, Status::kFailed);
    ASSERT_TRUE(process.failure);
    EXPECT_EQ(process.failure->code, "invalid_argument");
    EXPECT_EQ(process.failure->stage, "commit");
    EXPECT_THAT(process.failure->message, HasSubstr("end_ms"));
    EXPECT_EQ(Stored(item).status, Status::kFailed);
}

TEST_F(Resolution, FailsTheProcessOfADocumentWithoutItsEmbeddings) {
    auto found = AdaAndAStranger();
    found.embeddings.resize(found.embeddings.size() - 4);
    EXPECT_EQ(ProcessesOf(Analyse("short.mp4", found)).at(0).status, Status::kFailed);

    const auto claim = Claim("none.mp4");
    AddOutcome(claim, {.document = AdaAndAStranger().Text()});
    Commit();
    EXPECT_EQ(ProcessesOf(claim.item.id).at(0).status, Status::kFailed);
}

TEST_F(Resolution, ReplacesWhatAnEarlierRunWithOtherModelsFound) {
    AddPerson("Ada", {kAda, kAda, kAda});
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto item = Analyse("a.mp4", MakeFaceResult({{.end_ms = 700, .shots = {kAda}}}));
    Add(ClaimMore(item, "{}", 2), MakeFaceResult({{.end_ms = 800, .shots = {kBob}}}), "other models");
    Commit();
    ASSERT_THAT(ProcessesOf(item), SizeIs(2));
    EXPECT_NE(ProcessesOf(item)[0].result_id, ProcessesOf(item)[1].result_id);
    EXPECT_THAT(NamesIn(item), ElementsAre("Bob confirmed 0-800"));
}

TEST_F(Resolution, KeepsWhatAnotherRulesConfigurationFound) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", MakeFaceResult({{.end_ms = 700, .shots = {kAda}}}));
    Add(ClaimMore(item, R"({"fps":1})", 1, RuleId("rul_2")),
        MakeFaceResult({{.end_ms = 800, .shots = {kAda}}}));
    Commit();
    EXPECT_THAT(NamesIn(item), ::testing::UnorderedElementsAre("Ada confirmed 0-700", "Ada confirmed 0-800"));
}

TEST_F(Resolution, ShowsAFaceOnceWhenItsRulesConfigurationChanged) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto first = MakeFaceResult({{.end_ms = 700, .shots = {kAda}}});
    const auto item = Analyse("a.mp4", first);
    Add(ClaimMore(item, R"({"fps":1})", 1), MakeFaceResult({{.end_ms = 800, .shots = {kAda}}}));
    Commit();
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 0-800"));
    Add(ClaimMore(item, "{}", 2), first);
    Commit();
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 0-700")) << "it was changed back";
}

TEST_F(Resolution, ShowsTheLaterChoiceAlsoWhenTheEarlierOneEndsLast) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", MakeFaceResult({{.end_ms = 600, .shots = {kAda}}}));
    const auto slow = ClaimMore(item, R"({"fps":2})", 1);
    Add(ClaimMore(item, R"({"fps":1})", 1), MakeFaceResult({{.end_ms = 800, .shots = {kAda}}}));
    Commit();
    Add(slow, MakeFaceResult({{.end_ms = 700, .shots = {kAda}}}));
    Commit();
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 0-800"));
}

TEST_F(Resolution, KeepsTheAppearancesOfARunThatFoundTheSameAgain) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", AdaAndAStranger());
    Add(ClaimMore(item, "{}", 2), AdaAndAStranger());
    Commit();
    EXPECT_EQ(ProcessesOf(item).at(0).result_id, ProcessesOf(item).at(1).result_id);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
}

}  // namespace
}  // namespace notify::testing
