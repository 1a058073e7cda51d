#include "people/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class Explanations : public PeopleTest {
protected:
    /// Of the item's only appearance.
    Result<Explanation> Why(const ItemId& item) {
        const auto appearances = AppearancesIn(item);
        EXPECT_THAT(appearances, SizeIs(1));
        return storage_->Read([&](const Snapshot& snapshot) -> Result<Explanation> {
            const auto galleries = ReadGalleries(snapshot);
            const auto faces = ReadItemFaces(snapshot, item);
            const auto photos = snapshot.people.PhotosOf(appearances.at(0).person_id);
            return Explain(faces.value(), galleries.value(), appearances.at(0), photos.value());
        });
    }

    static FaceResult Shots(const std::vector<Embedding>& shots) {
        return MakeFaceResult({{.start_ms = 200, .end_ms = 1800, .shots = shots}});
    }
};

TEST_F(Explanations, ComeToTheSameDecisionFromWhatTheyTell) {
    AddPerson("Ada", {kAda, FaceAt(kAda, 0.1, 60), FaceAt(kAda, 0.2, 60)});
    const auto bob = AddPerson("Bob", {kBob, kBob, kBob});
    const auto item = Analyse(
        "a.mp4",
        Shots(
            {FaceAt(kAda, 0.2, 50),
             FaceAt(kAda, 0.15, 51),
             FaceAt(kAda, 0.1, 52),
             FaceAt(kAda, 0.1, 53),
             FaceAt(kAda, 0.1, 54),
             FaceAt(kAda, 0.1, 55),
             FaceAt(kBob, 0.6, 0)}
        )
    );
    const auto why = ValueOf(Why(item));
    EXPECT_EQ(why.decided_by, DecidedBy::kLink);
    EXPECT_EQ(why.match.distance, AppearancesIn(item)[0].distance);
    EXPECT_EQ(why.runner_up, bob);
    EXPECT_NEAR(why.runner_up_distance - why.match.distance, why.match.margin, 1e-9);
    ASSERT_THAT(why.votes, SizeIs(7));
    EXPECT_TRUE(why.votes[0].counts && why.votes[1].counts);
    EXPECT_FALSE(why.votes[6].counts);
    EXPECT_EQ(why.votes[6].nearest, bob);
    EXPECT_NEAR(why.vote_share, 6.0 / 7, 1e-9);
    const bool confirmed = why.match.distance < why.match.threshold &&
                           why.match.margin >= why.limits.margin && why.vote_share >= why.limits.least_votes;
    EXPECT_EQ(confirmed, AppearancesIn(item)[0].certainty == Certainty::kConfirmed);
    ASSERT_THAT(why.exemplars, SizeIs(3));
    EXPECT_LE(why.exemplars[0].distance, why.exemplars[2].distance);
    EXPECT_EQ(why.gallery_version, GalleryVersion());
    EXPECT_EQ(why.processor, "facial-recognition@2");
}

TEST_F(Explanations, SayThatSomebodySaidSo) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Shots({kBob}));
    auto edit = EditOf(EditKind::kConfirm, ada);
    edit.tracks = {TracksOf(ProcessesOf(item).at(0).result_id).at(0).anchor};
    Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
    ASSERT_TRUE(relabelling_->Relabel({}));
    const auto why = ValueOf(Why(item));
    EXPECT_EQ(why.decided_by, DecidedBy::kVerdict);
    EXPECT_NEAR(why.match.distance, 1.414, 0.001) << "far, and told as it is";
}

TEST_F(Explanations, AreRefusedWhilePeopleHaveChanged) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Shots({kAda}));
    auto edit = EditOf(EditKind::kReject, ada);
    edit.tracks = {TracksOf(ProcessesOf(item).at(0).result_id).at(0).anchor};
    Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
    const auto why = Why(item);
    ASSERT_FALSE(why);
    EXPECT_EQ(why.error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace notify::testing
