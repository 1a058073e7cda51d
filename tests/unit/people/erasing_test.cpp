#include "people/erasing.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ed25519.hpp"
#include "core/json.hpp"
#include "people/person_edits.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Erasures : public PeopleTest {
protected:
    /// A video of Ada beside Bob, and one of Bob alone.
    void SetUp() override {
        ada_ = ValueOf(Enrol("Ada", {Photo("1", {{InPhoto(DenseFace(1))}})})).person;
        bob_ = AddPerson("Bob", {DenseFace(2)});
        both_ = Analyse(
            "both.mp4",
            MakeFaceResult(
                {{.track = 1, .link = 1, .shots = {DenseFace(1), DenseFace(1)}},
                 {.track = 2, .link = 2, .start_ms = 2000, .end_ms = 3000, .shots = {DenseFace(2)}}}
            )
        );
        alone_ = Analyse("alone.mp4", MakeFaceResult({{.shots = {DenseFace(2)}}}));
        ASSERT_THAT(NamesIn(both_), ElementsAre("Ada confirmed 0-1000", "Bob confirmed 2000-3000"));
    }

    Erasure Erase(const PersonId& id) {
        const auto edit = Write([&](Transaction& transaction) {
            return ErasePerson(transaction, id, "key:k", clock_.Now());
        });
        EXPECT_TRUE(relabelling_->Relabel({}));
        for (const auto& erasure : All()) {
            if (erasure.id == edit.id) {
                return erasure;
            }
        }
        ADD_FAILURE() << "the erasure is not written down";
        return {};
    }

    std::vector<Erasure> All() {
        return Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
    }

    std::vector<FaceTrack> TracksIn(const ItemId& item) {
        return TracksOf(ProcessesOf(item).at(0).result_id);
    }

    /// The artifact of embeddings as it is read, and its bytes as they are stored.
    std::pair<std::string, std::string> EmbeddingsOf(const ItemId& item) {
        const auto id = ProcessesOf(item).at(0).result_id;
        const auto result = Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); });
        for (const auto& artifact : result.artifacts) {
            if (artifact.name == "embeddings") {
                const auto row = Read([&](const Snapshot& snapshot) {
                    return snapshot.results.ArtifactRow(artifact.sha256);
                });
                return {ValueOf(artifacts_->Read(artifact)), row.value_or("")};
            }
        }
        return {};
    }

    /// The embeddings of that track as the database holds them.
    std::vector<std::string> Sealed(const TrackId& track) {
        auto connection =
            ValueOf(sqlite::Connection::Open(folder_.Path() / "database", sqlite::Access::kRead));
        std::vector<std::string> sealed;
        EXPECT_TRUE(connection->Select(
            "SELECT shots, mean FROM face_track WHERE id = ?",
            [&](sql::Row& row) {
                sealed.push_back(row.Bytes());
                sealed.push_back(row.Bytes());
                return true;
            },
            track
        ));
        return sealed;
    }

    std::filesystem::path Log() { return folder_.Path() / kErasureLogFile; }

    PersonId ada_;
    PersonId bob_;
    ItemId both_;
    ItemId alone_;
    Erasing erasing_{*storage_, *artifacts_, clock_, *box_, folder_.Path()};
};

TEST_F(Erasures, LeaveNothingOfThePersonsFacesInAnyFile) {
    const auto tracks = TracksIn(both_);
    const auto sealed = Sealed(tracks.at(0).id);
    ASSERT_THAT(sealed, SizeIs(2));
    const auto [before, stored] = EmbeddingsOf(both_);
    ASSERT_EQ(before, BytesOf({DenseFace(1), DenseFace(1), DenseFace(2)}));
    ASSERT_THAT(PhotosOf(ada_), SizeIs(1));
    const auto crop = PhotosOf(ada_).at(0).crop_sha256;
    const auto row_of_crop = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.results.ArtifactRow(crop); });
    };
    ASSERT_TRUE(row_of_crop().has_value());
    for (const auto& bytes : {sealed[0], sealed[1], stored}) {
        ASSERT_FALSE(bytes.empty());
        ASSERT_GT(FilesWith(bytes.substr(0, 200)), 0) << "they can be found while they are there";
    }

    const auto erasure = Erase(ada_);
    EXPECT_EQ(erasure.faces, 1);
    EXPECT_EQ(erasure.photos, 1);
    EXPECT_EQ(erasure.items, 1);
    EXPECT_FALSE(erasure.done_at.has_value()) << "artifacts hold them still";
    EXPECT_EQ(ValueOf(erasing_.EmptyArtifacts({})), 1);
    EXPECT_TRUE(All().at(0).done_at.has_value());
    EXPECT_EQ(ValueOf(erasing_.EmptyArtifacts({})), 0);

    EXPECT_EQ(EmbeddingsOf(both_).first, std::string(1024, '\0') + BytesOf({DenseFace(2)}));
    for (const auto& bytes : {sealed[0], sealed[1], stored}) {
        EXPECT_EQ(FilesWith(bytes.substr(0, 200)), 0);
    }
    EXPECT_FALSE(row_of_crop().has_value());
    EXPECT_EQ(FilesWith("Ada"), 0) << "the name";
}

TEST_F(Erasures, EndWhereAnArtifactIsLost) {
    const auto id = ProcessesOf(both_).at(0).result_id;
    auto artifacts = Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); }).artifacts;
    ASSERT_THAT(artifacts, SizeIs(1));
    artifacts[0].sha256 = std::string(64, '0');
    Write([&](Transaction& transaction) { return transaction.results.SetArtifacts(id, artifacts); });
    Erase(ada_);
    EXPECT_EQ(ValueOf(erasing_.EmptyArtifacts({})), 1);
    EXPECT_TRUE(All().at(0).done_at.has_value());
    EXPECT_THAT(
        Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); }).artifacts, IsEmpty()
    );
}

TEST_F(Erasures, LeaveOthersAsTheyWere) {
    Erase(ada_);
    ValueOf(erasing_.EmptyArtifacts({}));
    EXPECT_THAT(NamesIn(both_), ElementsAre("Bob confirmed 2000-3000"));
    EXPECT_THAT(NamesIn(alone_), ElementsAre("Bob confirmed 0-1000"));
    const auto tracks = TracksIn(both_);
    ASSERT_THAT(tracks, SizeIs(2)) << "when her face was seen stays";
    EXPECT_THAT(tracks.at(0).shots, IsEmpty());
    EXPECT_THAT(tracks.at(1).shots, SizeIs(1));
    EXPECT_EQ(EmbeddingsOf(alone_).first, BytesOf({DenseFace(2)}));
    const auto again = AddPerson("Ada", {DenseFace(1)});
    EXPECT_TRUE(relabelling_->Relabel({}));
    EXPECT_THAT(NamesIn(both_), ElementsAre("Bob confirmed 2000-3000")) << "nothing is left to be compared";
}

TEST_F(Erasures, ReachEveryRunThatFoundTheFace) {
    const auto claim = ClaimMore(both_, "{}", 2);
    Add(claim,
        MakeFaceResult({{.track = 1, .link = 1, .start_ms = 20, .shots = {DenseFace(1)}}}),
        "other models");
    Commit();
    ASSERT_THAT(NamesIn(both_), ElementsAre("Ada confirmed 20-1000")) << "the later run counts";
    EXPECT_EQ(Erase(ada_).faces, 3) << "hers, and all of the run that was followed";
    for (const auto& process : ProcessesOf(both_)) {
        EXPECT_THAT(TracksOf(process.result_id).at(0).shots, IsEmpty());
    }
}

TEST_F(Erasures, ReachFacesOfAResultThatAnotherHasReplacedWithoutHer) {
    const auto first = ProcessesOf(both_).at(0).result_id;
    Add(ClaimMore(both_, R"({"fps":1})", 1),
        MakeFaceResult({{.track = 1, .link = 1, .start_ms = 2000, .end_ms = 2900, .shots = {DenseFace(2)}}}));
    Commit();
    ASSERT_THAT(NamesIn(both_), ElementsAre("Bob confirmed 2000-2900"));
    EXPECT_EQ(Erase(ada_).faces, 1);
    EXPECT_THAT(TracksOf(first).at(0).shots, IsEmpty());
    EXPECT_THAT(TracksOf(first).at(1).shots, SizeIs(1)) << "Bob's";
}

TEST_F(Erasures, ReachFacesThatAreSaidToBeThePersonsAndShownNowhere) {
    const auto track = TracksIn(alone_).at(0);
    auto edit = EditOf(EditKind::kConfirm, ada_);
    edit.tracks = {track.anchor};
    Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
    EXPECT_EQ(Erase(ada_).faces, 2) << "before anything was looked at again";
    EXPECT_THAT(TracksIn(alone_).at(0).shots, IsEmpty());
}

TEST_F(Erasures, GiveAReceiptThatOthersCanCheck) {
    const auto erasure = Erase(ada_);
    EXPECT_EQ(erasing_.Receipt(erasure).error().code, ErrorCode::kConflict) << "it is not done";
    ValueOf(erasing_.EmptyArtifacts({}));
    const auto receipt = ValueOf(erasing_.Receipt(All().at(0)));
    EXPECT_TRUE(IsSignedBy(receipt.public_key, receipt.text, receipt.signature));
    EXPECT_FALSE(IsSignedBy(receipt.public_key, receipt.text + " ", receipt.signature));
    const auto text = ParseJson(receipt.text).value();
    EXPECT_EQ(text.at("erasure").as_string(), erasure.id.Value());
    EXPECT_EQ(text.at("people").at(0).as_string(), ada_.Value());
    EXPECT_EQ(text.at("faces"), 1);
    EXPECT_EQ(receipt.text.find("Ada"), std::string::npos);
    const auto other = ValueOf(SecretBox::WithKey(SecretBox::FreshKey()));
    const Erasing elsewhere(*storage_, *artifacts_, clock_, other, folder_.Path());
    EXPECT_NE(ValueOf(elsewhere.Receipt(All().at(0))).public_key, receipt.public_key);
}

TEST_F(Erasures, HappenAgainAfterAnOldBackupWasPutBack) {
    const auto copy = folder_.Path() / "copy";
    {
        auto connection =
            ValueOf(sqlite::Connection::Open(folder_.Path() / "database", sqlite::Access::kRead));
        ValueOf(connection->CopyTo(copy, {}));
    }
    const auto erasure = Erase(ada_);
    EXPECT_EQ(ValueOf(erasing_.CatchUp()), 0);
    ASSERT_TRUE(std::filesystem::exists(Log()));

    const auto restored = OpenSqliteStorage(copy, *box_, clock_).value();
    Erasing again(*restored, *artifacts_, clock_, *box_, folder_.Path());
    EXPECT_EQ(ValueOf(again.CatchUp()), 1);
    const auto people = restored->Read([](const Snapshot& snapshot) { return snapshot.people.List(); });
    EXPECT_THAT(ValueOf(people), SizeIs(1)) << "Bob";
    EXPECT_EQ(ValueOf(again.CatchUp()), 0);
    const auto known = restored->Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
    EXPECT_NE(std::ranges::find(*known, erasure.id, &Erasure::id), known->end());
}

TEST_F(Erasures, SayThatTheirLogIsDamaged) {
    std::ofstream(Log()) << "no list";
    const auto caught_up = erasing_.CatchUp();
    ASSERT_FALSE(caught_up);
    EXPECT_EQ(caught_up.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(caught_up.error().message.find("erasures.json"), std::string::npos);
}

TEST_F(Erasures, OfFacesThatNobodyHasNamedComeWithTime) {
    const auto stranger = Analyse("stranger.mp4", MakeFaceResult({{.shots = {DenseFace(3)}}}));
    clock_.Advance(std::chrono::days(1));
    const auto later = Analyse("later.mp4", MakeFaceResult({{.shots = {DenseFace(4)}}}));
    clock_.Advance(std::chrono::days(30) - std::chrono::minutes(1));
    constexpr std::chrono::days kKept{30};
    EXPECT_EQ(ValueOf(erasing_.EmptyNeverNamed(kKept, {})), 1);
    EXPECT_EQ(ValueOf(erasing_.EmptyNeverNamed(kKept, {})), 0);
    EXPECT_EQ(ValueOf(erasing_.EmptyArtifacts({})), 1);
    EXPECT_THAT(TracksIn(stranger).at(0).shots, IsEmpty());
    EXPECT_EQ(EmbeddingsOf(stranger).first, std::string(512, '\0'));
    EXPECT_THAT(TracksIn(later).at(0).shots, SizeIs(1));
    for (const auto& track : TracksIn(both_)) {
        EXPECT_THAT(track.shots, ::testing::Not(IsEmpty())) << "they have names";
    }
    EXPECT_THAT(All(), IsEmpty()) << "nobody was erased";
}

TEST_F(Erasures, OfFacesThatNobodyHasNamedComeWhenTheirBucketSays) {
    const auto stranger = Analyse("stranger.mp4", MakeFaceResult({{.shots = {DenseFace(3)}}}));
    const auto keep = [&](std::optional<std::chrono::days> unnamed) {
        bucket_->options.retention.unnamed = unnamed;
        Write([&](Transaction& transaction) { return transaction.buckets.Update(*bucket_); });
    };
    const auto emptied = [&](int otherwise) {
        return ValueOf(erasing_.EmptyNeverNamed(std::chrono::days(otherwise), {}));
    };
    clock_.Advance(std::chrono::days(8));
    EXPECT_EQ(emptied(30), 0) << "the bucket says nothing";
    keep(std::chrono::days(0));
    EXPECT_EQ(emptied(1), 0) << "for ever";
    keep(std::chrono::days(9));
    EXPECT_EQ(emptied(1), 0);
    keep(std::chrono::days(7));
    EXPECT_EQ(emptied(0), 1) << "though others keep theirs for ever";
    EXPECT_THAT(TracksIn(stranger).at(0).shots, IsEmpty());
}

TEST_F(Erasures, OfAFaceInTwoBucketsComeWhenBothSay) {
    const auto found = MakeFaceResult({{.shots = {DenseFace(3)}}});
    const auto first = Analyse("same.mp4", found);
    bucket_->options.retention.unnamed = std::chrono::days(7);
    Write([&](Transaction& transaction) { return transaction.buckets.Update(*bucket_); });
    bucket_->id = BucketId("bkt_2");
    bucket_->name = "other";
    bucket_->location = "/media/other";
    bucket_->options.retention.unnamed = std::chrono::days(20);
    Write([&](Transaction& transaction) { return transaction.buckets.Add(*bucket_); });
    ASSERT_EQ(ProcessesOf(Analyse("same.mp4", found)).at(0).result_id, ProcessesOf(first).at(0).result_id);
    clock_.Advance(std::chrono::days(10));
    EXPECT_EQ(ValueOf(erasing_.EmptyNeverNamed(std::chrono::days(1), {})), 0);
    clock_.Advance(std::chrono::days(11));
    EXPECT_EQ(ValueOf(erasing_.EmptyNeverNamed(std::chrono::days(1), {})), 1);
}

}  // namespace
}  // namespace notify::testing
