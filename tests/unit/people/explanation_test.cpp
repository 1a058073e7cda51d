#include "people/explanation.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/calibration.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

/// The decision again, from nothing but what is told.
struct Decision {
    bool for_the_person = false;  ///< And for nobody else who is known.
    Certainty certainty = Certainty::kPossible;
    bool by_user = false;
};

/// Recounted from the votes that are told.
double ShareOf(const Explanation& why) {
    double all = 0;
    double votes = 0;
    for (const auto& vote : why.votes) {
        const bool counts =
            vote.nearest == why.appearance.person_id && vote.distance <= why.limits.vote_reach;
        EXPECT_EQ(vote.counts, counts);
        all += vote.quality;
        votes += counts ? vote.quality : 0;
    }
    return all > 0 ? votes / all : 0;
}

Decision Recomputed(const Explanation& why) {
    if (why.decided_by != DecidedBy::kLink && why.decided_by != DecidedBy::kTrack) {
        return {
            .for_the_person = true,
            .certainty = Certainty::kConfirmed,
            .by_user = why.decided_by == DecidedBy::kVerdict
        };
    }
    const double margin = why.runner_up ? why.runner_up_distance - why.match.distance : 2;
    const bool confirmed = why.match.distance < why.match.threshold && margin >= why.limits.margin &&
                           ShareOf(why) >= why.limits.least_votes;
    return {
        .for_the_person = margin >= 0 && why.match.distance <= why.limits.possible,
        .certainty = confirmed ? Certainty::kConfirmed : Certainty::kPossible,
        .by_user = false
    };
}

class Explanations : public PeopleTest {
protected:
    Result<Explanation> Why(const Appearance& appearance) {
        return storage_->Read([&](const Snapshot& snapshot) -> Result<Explanation> {
            const auto galleries = ReadGalleries(snapshot);
            const auto faces = ReadItemFaces(snapshot, appearance.item_id);
            const auto photos = snapshot.people.PhotosOf(appearance.person_id);
            return Explain(faces.value(), galleries.value(), appearance, photos.value());
        });
    }

    /// Of the item's only appearance.
    Result<Explanation> Why(const ItemId& item) {
        const auto appearances = AppearancesIn(item);
        EXPECT_THAT(appearances, SizeIs(1));
        return Why(appearances.at(0));
    }

    /// Of the appearance, which is as it comes out of what is told.
    Explanation WhyRecomputed(const Appearance& shown) {
        const auto why = ValueOf(Why(shown));
        const auto decision = Recomputed(why);
        EXPECT_TRUE(decision.for_the_person);
        EXPECT_EQ(decision.certainty, shown.certainty);
        EXPECT_EQ(decision.by_user, shown.by_user);
        EXPECT_NEAR(why.match.distance, shown.distance, 1e-9);
        EXPECT_NEAR(ShareOf(why), why.vote_share, 1e-9);
        if (!shown.by_user && !why.exemplars.empty()) {
            EXPECT_NEAR(ProbabilityOf(why.match.distance, why.people), shown.probability, 1e-9);
        }
        for (const auto& exemplar : why.exemplars) {
            EXPECT_EQ(exemplar.probability, ProbabilityOf(exemplar.distance, why.people));
        }
        return why;
    }

    Explanation WhyRecomputed(const ItemId& item) {
        EXPECT_THAT(AppearancesIn(item), SizeIs(1));
        return WhyRecomputed(AppearancesIn(item).at(0));
    }

    /// That an edit of this kind is made of the track with that number, and the item looked at again.
    void Say(EditKind kind, const PersonId& person, const ItemId& item, int number) {
        auto edit = EditOf(kind, person);
        for (const auto& track : TracksOf(ProcessesOf(item).at(0).result_id)) {
            if (track.number == number) {
                edit.tracks = {track.anchor};
            }
        }
        Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
        ASSERT_TRUE(relabelling_->Relabel({}));
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
    EXPECT_EQ(WhyRecomputed(item).match.certainty, Certainty::kConfirmed);
    ASSERT_THAT(why.exemplars, SizeIs(3));
    EXPECT_LE(why.exemplars[0].distance, why.exemplars[2].distance);
    EXPECT_LE(why.match.distance, std::hypot(why.exemplars[1].distance, std::sqrt(kSpreadOfPhotos / 4)))
        << "on one scale: two photos are enough";
    EXPECT_FALSE(why.exemplars[0].has_crop);
    EXPECT_EQ(why.gallery_version, GalleryVersion());
    EXPECT_EQ(why.processor, "facial-recognition@2");
}

TEST_F(Explanations, SayOfAProposalWhichLineItMissed) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto far = WhyRecomputed(Analyse("far.mp4", Shots({FaceAt(kAda, 0.36, 50)})));
    EXPECT_EQ(far.match.certainty, Certainty::kPossible);
    EXPECT_GT(far.match.distance, far.match.threshold);
    std::vector<Embedding> odd;
    for (std::size_t i = 0; i < 8; ++i) {
        odd.push_back(FaceAt(kAda, 0.445, 50 + i));
    }
    const auto outvoted = WhyRecomputed(Analyse("outvoted.mp4", Shots(odd)));
    EXPECT_EQ(outvoted.match.certainty, Certainty::kPossible);
    EXPECT_LT(outvoted.match.distance, outvoted.match.threshold);
    EXPECT_EQ(outvoted.vote_share, 0) << "no shot by itself, though the mean of all";
    const auto twin = AddPerson("Twin", {FaceAt(kAda, 0.02, 60), FaceAt(kAda, 0.02, 60)});
    const auto unclear = WhyRecomputed(Analyse("unclear.mp4", Shots({FaceAt(kAda, 0.1, 50)})));
    EXPECT_EQ(unclear.match.certainty, Certainty::kPossible);
    EXPECT_EQ(unclear.runner_up, twin);
    EXPECT_LT(unclear.match.margin, unclear.limits.margin);
}

TEST_F(Explanations, SayThatATrackSpokeForItself) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const std::vector<Embedding> others(8, FaceOf(9));
    const auto why = WhyRecomputed(Analyse(
        "a.mp4",
        MakeFaceResult(
            {{.track = 1, .shots = {kAda, kAda, kAda}},
             {.track = 2, .start_ms = 60'000, .end_ms = 61'000, .shots = others}}
        )
    ));
    EXPECT_EQ(why.decided_by, DecidedBy::kTrack);
    EXPECT_THAT(why.votes, SizeIs(3)) << "its own shots";
    EXPECT_LT(why.match.threshold, why.limits.confirmed) << "a step stricter";
}

TEST_F(Explanations, SayWhatSomebodySaidOfAnotherTrackOfTheFace) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto bob = AddPerson("Bob", {kBob, kBob, kBob});
    const auto item = Analyse(
        "a.mp4",
        MakeFaceResult(
            {{.track = 1, .shots = {kAda}},
             {.track = 2, .start_ms = 60'000, .end_ms = 61'000, .shots = {kAda}}}
        )
    );
    Say(EditKind::kConfirm, bob, item, 1);
    const auto shown = AppearancesIn(item);
    ASSERT_THAT(shown, SizeIs(2));
    EXPECT_EQ(WhyRecomputed(shown[0]).decided_by, DecidedBy::kVerdict);
    const auto why = WhyRecomputed(shown[1]);
    EXPECT_EQ(why.decided_by, DecidedBy::kLinkVerdict);
    EXPECT_EQ(why.appearance.person_id, bob);
    EXPECT_EQ(why.match.threshold, 0) << "no line was asked";
    EXPECT_EQ(why.vote_share, 0) << "the shots say Ada";
}

TEST_F(Explanations, SayThatSomebodyUnknownWasFound) {
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto item = Analyse("a.mp4", Shots({kAda}));
    Say(EditKind::kFound, PersonId("per_found"), item, 1);
    const auto why = WhyRecomputed(item);
    EXPECT_EQ(why.decided_by, DecidedBy::kFound);
    EXPECT_EQ(why.appearance.person_name, "");
    EXPECT_EQ(why.match.threshold, 0);
    EXPECT_THAT(why.exemplars, IsEmpty());
    ASSERT_TRUE(why.runner_up);
    EXPECT_GT(why.runner_up_distance, why.limits.possible) << "nobody known is near";
}

TEST_F(Explanations, NameNoPhotosOfAFaceThatNoShotShows) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Shots({}));
    Say(EditKind::kConfirm, ada, item, 1);
    const auto why = WhyRecomputed(item);
    EXPECT_THAT(why.exemplars, IsEmpty());
    EXPECT_THAT(why.votes, IsEmpty());
}

TEST_F(Explanations, SayThatSomebodySaidSo) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Shots({kBob}));
    Say(EditKind::kConfirm, ada, item, 1);
    const auto why = WhyRecomputed(item);
    EXPECT_EQ(why.decided_by, DecidedBy::kVerdict);
    EXPECT_NEAR(why.appearance.probability, 1, 1e-9);
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
