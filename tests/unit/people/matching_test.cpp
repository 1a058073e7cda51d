#include "people/matching.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

/// A person with three photos that are all `face`.
KnownPerson WellKnown(const std::string& name, const Embedding& face) {
    return MakeKnown(name, {face, face, face});
}

std::optional<Match> MatchAt(double distance, const Gallery& gallery) {
    return MatchShots(Shots({FaceAt(kAda, distance, 50)}), gallery);
}

bool IsConfirmedAt(double distance, const Gallery& gallery) {
    const auto match = MatchAt(distance, gallery);
    return match && match->certainty == Certainty::kConfirmed;
}

TEST(Matching, NamesTheNearestPersonWithDistanceAndMargin) {
    const auto gallery = MakeGalleryOf({WellKnown("Ada", kAda), WellKnown("Bob", kBob)});
    const auto match = MatchAt(0.2, gallery);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->person, 0U);
    EXPECT_NEAR(match->distance, 0.2, 1e-6);
    EXPECT_NEAR(match->margin, DistanceBetween(kBob, FaceAt(kAda, 0.2, 50)) - 0.2, 1e-6);
    EXPECT_EQ(match->certainty, Certainty::kConfirmed);
}

TEST(Matching, ConfirmsBelowTheThresholdOnly) {
    const auto crowd = CrowdWith({WellKnown("Ada", kAda)}, 20);
    EXPECT_TRUE(IsConfirmedAt(0.330, crowd));
    EXPECT_FALSE(IsConfirmedAt(0.332, crowd));
}

TEST(Matching, IsStricterEachTimeThatTwiceAsManyPeopleAreKnown) {
    const auto line = [](std::size_t people) {
        return ThresholdIn(CrowdWith({WellKnown("Ada", kAda)}, people), {});
    };
    EXPECT_NEAR(line(16), 0.331, 1e-9);
    EXPECT_NEAR(line(31), 0.331, 1e-9);
    EXPECT_NEAR(line(32), 0.3228, 1e-9);
    EXPECT_NEAR(line(64), 0.3146, 1e-9);
    EXPECT_NEAR(line(8), 0.3392, 1e-9);
    EXPECT_NEAR(line(4), 0.3474, 1e-9);
    EXPECT_NEAR(line(1), 0.3474, 1e-9);
    EXPECT_FALSE(IsConfirmedAt(0.324, CrowdWith({WellKnown("Ada", kAda)}, 32)));
}

TEST(Matching, TakesADistanceToUnlikePhotosAsOneToSinglePhotos) {
    // three photos, each 0.3 from Ada's face: what is odd in them is gone from their mean
    const std::vector<Embedding> photos{FaceAt(kAda, 0.3, 50), FaceAt(kAda, 0.3, 51), FaceAt(kAda, 0.3, 52)};
    const auto person = MakeKnown("Ada", photos);
    EXPECT_NEAR(person.spread, 2 * kSpreadOfPhotos / 3, 1e-9) << "what is gone of three of anybody's";
    const double to_mean = DistanceBetween(person.mean, kAda);
    EXPECT_NEAR(
        DistanceTo(person, kAda),
        std::sqrt((to_mean * to_mean + 0.62 * person.spread + 0.3 * 0.3 * 0.3) / 1.3),
        1e-6
    );
    const auto alike = MakeKnown("Ada", {kAda, FaceAt(kAda, 0.1, 50)});
    EXPECT_NEAR(alike.spread, 2 * 0.1 * 0.1 / 4, 1e-6) << "nothing is gone of pictures that are alike";
    EXPECT_NEAR(DistanceTo(WellKnown("Ada", kAda), kAda), 0, 1e-6);
}

TEST(Matching, TakesTheMeanOfATrackForMoreThanAPicture) {
    auto person = WellKnown("Ada", kAda);
    person.within = kSpreadOfTrack;
    EXPECT_NEAR(DistanceTo(person, kAda), std::sqrt(kSpreadOfTrack / 2), 1e-6);
}

TEST(Matching, TakesADistanceOfUnlikeShotsAsOneOfSingleShots) {
    const auto shots = Shots(
        {FaceAt(kAda, 0.35, 50), FaceAt(kAda, 0.35, 51), FaceAt(kAda, 0.35, 52), FaceAt(kAda, 0.35, 53)}
    );
    const auto person = WellKnown("Ada", kAda);
    const double of_mean = DistanceBetween(MeanOf(shots), kAda);
    const double distance = DistanceTo(person, shots);
    EXPECT_NEAR(distance, std::sqrt(of_mean * of_mean + SpreadOf(shots) / 2), 1e-9);
    EXPECT_GT(distance, of_mean + 0.05);
    const auto match = MatchShots(shots, CrowdWith({person}, 20));
    ASSERT_TRUE(match);
    EXPECT_NEAR(match->distance, distance, 1e-9);
    EXPECT_NEAR(match->threshold, 0.331, 1e-9);
}

TEST(Matching, ShowsAsPossibleWhatIsNearAndNothingBeyond) {
    const auto gallery = MakeGalleryOf({WellKnown("Ada", kAda)});
    const auto near = MatchAt(0.375, gallery);
    ASSERT_TRUE(near);
    EXPECT_EQ(near->certainty, Certainty::kPossible);
    EXPECT_FALSE(MatchAt(0.385, gallery));
}

TEST(Matching, DoesNotConfirmAStrangerBetweenTwoPeople) {
    // Ada's face and a face of Bob's that is nearly as near to the shot
    const auto shot = FaceAt(kAda, 0.25, 50);
    const auto twin = FaceAt(shot, 0.27, 60);
    const auto gallery = MakeGalleryOf({WellKnown("Ada", kAda), WellKnown("Bob", twin)});
    const auto match = MatchShots(Shots({shot}), gallery);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->person, 0U);
    EXPECT_NEAR(match->margin, 0.02, 1e-6);
    EXPECT_EQ(match->certainty, Certainty::kPossible);

    const auto further = MakeGalleryOf({WellKnown("Ada", kAda), WellKnown("Bob", FaceAt(shot, 0.29, 60))});
    EXPECT_EQ(MatchShots(Shots({shot}), further)->certainty, Certainty::kConfirmed);
}

TEST(Matching, HasTheWholeMarginWhereOnePersonIsKnown) {
    EXPECT_EQ(MatchAt(0.1, MakeGalleryOf({WellKnown("Ada", kAda)}))->margin, 2);
}

TEST(Matching, NeedsTheSecondNearestPhotoSoThatOneOddPhotoMakesNoMatch) {
    const auto odd = FaceOf(9);
    const auto person = MakeKnown("Ada", {kAda, kAda, kAda, kAda, odd});
    EXPECT_GT(DistanceTo(person, odd), 0.9);
    const auto twice = MakeKnown("Ada", {kAda, kAda, odd, odd});
    EXPECT_NEAR(DistanceTo(twice, odd), std::sqrt(kSpreadOfPhotos / 4), 1e-6) << "who has two looks";
    EXPECT_NEAR(DistanceTo(twice, kAda), std::sqrt(kSpreadOfPhotos / 4), 1e-6);
}

TEST(Matching, UsesTheTemplateOfAPersonWithOnePhoto) {
    EXPECT_NEAR(DistanceTo(MakeKnown("Ada", {kAda}), FaceAt(kAda, 0.3, 50)), 0.3, 1e-6);
}

TEST(Matching, LetsTheMeanOfAllShotsDecide) {
    // each alone is too far, their mean is not
    const std::vector<Embedding> shots{FaceAt(kAda, 0.4, 50), FaceAt(kAda, 0.4, 51), FaceAt(kAda, 0.4, 52)};
    const auto gallery = MakeGalleryOf({WellKnown("Ada", kAda)});
    EXPECT_FALSE(MatchShots(Shots({shots[0]}), gallery));
    const auto match = MatchShots(Shots(shots), gallery);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->certainty, Certainty::kConfirmed);
}

TEST(Matching, DoesNotConfirmWhatTheSingleShotsDoNotSpeakFor) {
    // together they are near enough, but each shot by itself is beyond reach
    std::vector<Embedding> shots;
    for (std::size_t towards = 50; towards < 59; ++towards) {
        shots.push_back(FaceAt(kAda, 0.45, towards));
    }
    const auto match = MatchShots(Shots(shots), MakeGalleryOf({WellKnown("Ada", kAda)}));
    ASSERT_TRUE(match);
    EXPECT_LT(match->distance, match->threshold);
    EXPECT_EQ(match->certainty, Certainty::kPossible);
}

TEST(Matching, DoesNotDependOnTheOrderOfShotsOrPeople) {
    std::vector<Embedding> shots{FaceAt(kAda, 0.1, 50), FaceAt(kAda, 0.3, 51), FaceAt(kAda, 0.2, 52)};
    std::vector<KnownPerson> people{
        WellKnown("Ada", kAda), WellKnown("Bob", kBob), WellKnown("Cy", FaceOf(3))
    };
    const auto first = MatchShots(Shots(shots), MakeGalleryOf(people));
    std::ranges::reverse(shots);
    std::ranges::reverse(people);
    const auto second = MatchShots(Shots(shots), MakeGalleryOf(people));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->person, 0U);
    EXPECT_EQ(second->person, 2U);
    EXPECT_NEAR(first->distance, second->distance, 1e-6);
    EXPECT_NEAR(first->margin, second->margin, 1e-6);
}

TEST(Matching, FindsNobodyWithoutShotsOrWithoutPeople) {
    EXPECT_FALSE(MatchShots({}, MakeGalleryOf({WellKnown("Ada", kAda)})));
    EXPECT_FALSE(MatchShots(Shots({kAda}), Gallery{}));
    EXPECT_EQ(DistanceTo(WellKnown("Ada", kAda), std::span<const WeighedEmbedding>()), 2);
}

}  // namespace
}  // namespace notify::testing
