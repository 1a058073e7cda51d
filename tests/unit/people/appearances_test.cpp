#include "people/appearances.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/distance.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr Box kHere{.x = 10, .y = 20, .width = 100, .height = 120};
constexpr Box kThere{.x = 900, .y = 20, .width = 100, .height = 120};

/// A track that was named: Ada is 0, Bob 1.
struct Named {
    std::int64_t start_ms;
    std::int64_t end_ms;
    std::optional<std::size_t> person = 0;
    Box box = kHere;
    Certainty certainty = Certainty::kConfirmed;
    double distance = 0.2;
    double quality = 0.5;
};

std::vector<Appearance> Make(const std::vector<Named>& named, std::vector<std::int64_t> cuts_ms = {}) {
    FaceTracks tracks{.tracks = {}, .cuts_ms = std::move(cuts_ms)};
    std::vector<std::optional<Match>> names;
    for (const auto& one : named) {
        tracks.tracks.push_back(FactsOf(
            {.track = static_cast<int>(names.size()) + 1,
             .start_ms = one.start_ms,
             .end_ms = one.end_ms,
             .shots = {},
             .quality = one.quality,
             .box = one.box}
        ));
        names.push_back(
            one.person
                ? std::optional(
                      Match{.person = *one.person, .distance = one.distance, .certainty = one.certainty}
                  )
                : std::nullopt
        );
    }
    return MakeAppearances(
        tracks, names, MakeGalleryOf({MakeKnown("Ada", {FaceOf(0)}), MakeKnown("Bob", {FaceOf(1)})})
    );
}

/// "Ada 0-1000", ….
std::vector<std::string> Ranges(const std::vector<Appearance>& appearances) {
    std::vector<std::string> ranges;
    for (const auto& a : appearances) {
        ranges.push_back(fmt::format("{} {}-{}", a.person_name, a.start_ms, a.end_ms));
    }
    return ranges;
}

TEST(Appearances, SayWhoIsSeenFromWhenToWhenAndHowSurely) {
    const auto appearances = Make({{.start_ms = 980, .end_ms = 4600, .distance = 0.25}});
    ASSERT_THAT(appearances, SizeIs(1));
    const auto& a = appearances[0];
    EXPECT_EQ(a.person_id, PersonId("Ada"));
    EXPECT_EQ(a.person_name, "Ada");
    EXPECT_EQ(a.certainty, Certainty::kConfirmed);
    EXPECT_EQ(a.start_ms, 980);
    EXPECT_EQ(a.end_ms, 4600);
    EXPECT_EQ(a.distance, 0.25);
    EXPECT_EQ(a.similarity, SimilarityOf(0.25));
    EXPECT_EQ(a.best_shot_ms, 1080);
    EXPECT_EQ(a.box.width, 100);
    EXPECT_THAT(a.tracks, ElementsAre(TrackId("trk_1")));
}

TEST(Appearances, AreNotMadeOfTracksWithoutANameAndAreSortedByStart) {
    EXPECT_THAT(
        Ranges(Make(
            {{.start_ms = 5000, .end_ms = 6000, .person = 1},
             {.start_ms = 0, .end_ms = 9000, .person = std::nullopt},
             {.start_ms = 100, .end_ms = 900}}
        )),
        ElementsAre("Ada 100-900", "Bob 5000-6000")
    );
}

TEST(Appearances, JoinTracksWithLessThanASecondBetweenThemInTheSamePlace) {
    EXPECT_THAT(
        Ranges(Make({{.start_ms = 0, .end_ms = 1000}, {.start_ms = 1999, .end_ms = 3000}})),
        ElementsAre("Ada 0-3000")
    );
    EXPECT_THAT(
        Ranges(Make({{.start_ms = 0, .end_ms = 1000}, {.start_ms = 2000, .end_ms = 3000}})),
        ElementsAre("Ada 0-1000", "Ada 2000-3000")
    );
}

TEST(Appearances, JoinTracksInAnotherPlaceOnlyAfterACut) {
    const std::vector<Named> tracks{
        {.start_ms = 0, .end_ms = 1000}, {.start_ms = 1200, .end_ms = 3000, .box = kThere}
    };
    EXPECT_THAT(Ranges(Make(tracks)), ElementsAre("Ada 0-1000", "Ada 1200-3000"));
    EXPECT_THAT(Ranges(Make(tracks, {500, 1000})), ElementsAre("Ada 0-3000"));
    EXPECT_THAT(Ranges(Make(tracks, {1200})), ElementsAre("Ada 0-3000"));
    EXPECT_THAT(Ranges(Make(tracks, {999, 1201})), ElementsAre("Ada 0-1000", "Ada 1200-3000"));
}

TEST(Appearances, KeepApartWhatIsSeenAtTheSameTime) {
    EXPECT_THAT(
        Ranges(Make({{.start_ms = 0, .end_ms = 1000}, {.start_ms = 900, .end_ms = 2000}}, {950})),
        ElementsAre("Ada 0-1000", "Ada 900-2000")
    );
}

TEST(Appearances, KeepApartThePossibleAndTheConfirmed) {
    const auto appearances = Make(
        {{.start_ms = 0, .end_ms = 1000},
         {.start_ms = 1100, .end_ms = 2000, .certainty = Certainty::kPossible, .distance = 0.35}}
    );
    ASSERT_THAT(appearances, SizeIs(2));
    EXPECT_EQ(appearances[1].certainty, Certainty::kPossible);
}

TEST(Appearances, OfOnePersonGoOnBehindThoseOfAnother) {
    EXPECT_THAT(
        Ranges(Make(
            {{.start_ms = 0, .end_ms = 1000},
             {.start_ms = 500, .end_ms = 3000, .person = 1, .box = kThere},
             {.start_ms = 1500, .end_ms = 2500}}
        )),
        ElementsAre("Ada 0-2500", "Bob 500-3000")
    );
}

TEST(Appearances, GoOnWithTheOneOfTwoThatEndedLast) {
    EXPECT_THAT(
        Ranges(Make(
            {{.start_ms = 0, .end_ms = 1000},
             {.start_ms = 100, .end_ms = 1400, .box = kThere},
             {.start_ms = 1500, .end_ms = 2000}},
            {1450}
        )),
        ElementsAre("Ada 0-1000", "Ada 100-2000")
    );
}

TEST(Appearances, TakeTheBestShotAndTheLeastDistanceOfTheirTracks) {
    const auto appearances = Make(
        {{.start_ms = 0, .end_ms = 1000, .distance = 0.3, .quality = 0.4},
         {.start_ms = 1100, .end_ms = 2000, .distance = 0.2, .quality = 0.9},
         {.start_ms = 2100, .end_ms = 3000, .distance = 0.25, .quality = 0.6}}
    );
    ASSERT_THAT(appearances, SizeIs(1));
    EXPECT_EQ(appearances[0].best_shot_ms, 1200);
    EXPECT_EQ(appearances[0].distance, 0.2);
    EXPECT_EQ(appearances[0].similarity, SimilarityOf(0.2));
    EXPECT_THAT(appearances[0].tracks, ElementsAre(TrackId("trk_1"), TrackId("trk_2"), TrackId("trk_3")));
}

TEST(Appearances, OfAStillPictureBeginAndEndAtOnce) {
    EXPECT_THAT(Ranges(Make({{.start_ms = 0, .end_ms = 0}})), ElementsAre("Ada 0-0"));
}

}  // namespace
}  // namespace notify::testing
