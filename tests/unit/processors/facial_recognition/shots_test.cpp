// Which pictures of a face are kept: quality and the choice of best shots.

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processors/facial_recognition/best_shots.hpp"
#include "processors/facial_recognition/shot_quality.hpp"
#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using testing::FaceAt;

/// The face turned: the nose goes to one side.
Sighting Turned(Sighting sighting, float part_of_eyes) {
    sighting.landmarks[2].x += part_of_eyes * EyeDistance(sighting.landmarks);
    return sighting;
}

TEST(ShotQuality, IsHighForALargeSharpFrontalFace) {
    const float quality = QualityOf(FaceAt(0, 0, 300));
    EXPECT_GT(quality, 0.5F);
    EXPECT_LE(quality, 1.0F);
}

TEST(ShotQuality, FallsWithEachThingThatMakesAFaceHarderToRecognise) {
    const auto good = FaceAt(0, 0, 150);
    auto blurred = good;
    blurred.sharpness = 0.3F;
    auto unsure = good;
    unsure.score = 0.6F;
    for (const auto& worse : {blurred, unsure, FaceAt(0, 0, 60), Turned(good, 0.2F), Turned(good, -0.2F)}) {
        EXPECT_LT(QualityOf(worse), 0.8F * QualityOf(good));
    }
}

TEST(ShotQuality, DoesNotMindAHeadThatIsTilted) {
    auto tilted = FaceAt(0, 0, 150);
    for (Point& p : tilted.landmarks) {  // by about 37 degrees
        p = {.x = (0.8F * p.x) - (0.6F * p.y), .y = (0.6F * p.x) + (0.8F * p.y)};
    }
    EXPECT_NEAR(QualityOf(tilted), QualityOf(FaceAt(0, 0, 150)), 0.01F);
}

TEST(ShotQuality, TellsProfilesAndTinyFacesFromThoseThatCanBeRecognised) {
    EXPECT_TRUE(IsRecognisable(FaceAt(0, 0, 60)));
    EXPECT_FALSE(IsRecognisable(FaceAt(0, 0, 20)));
    EXPECT_FALSE(IsRecognisable(Turned(FaceAt(0, 0, 150), 0.6F)));
}

TEST(ShotQuality, SurvivesLandmarksInOnePlace) {
    Sighting nowhere;
    EXPECT_EQ(QualityOf(nowhere), 0);
    EXPECT_FALSE(IsRecognisable(nowhere));
}

Shot ShotAt(std::int64_t ms, float quality, int view = 0, float yaw = 0) {
    return {
        .facts = {.ms = ms, .quality = quality, .pose = {.yaw = yaw, .pitch = 0}, .view = view},
        .box = {},
        .chip = {}
    };
}

std::vector<std::int64_t> TimesOf(BestShots shots) {
    std::vector<std::int64_t> times;
    for (const auto& shot : shots.Take()) {
        times.push_back(shot.facts.ms);
    }
    return times;
}

TEST(BestShots, KeepsTheBestOfThoseThatComeCloseTogether) {
    BestShots shots(5);
    for (const auto& [ms, quality] :
         std::vector<std::pair<std::int64_t, float>>{{0, 0.4F}, {200, 0.6F}, {300, 0.5F}}) {
        shots.Keep(ShotAt(ms, quality));
    }
    EXPECT_THAT(TimesOf(shots), ElementsAre(200));
}

TEST(BestShots, KeepsCloseOnesInAnotherPose) {
    BestShots shots(5);
    shots.Keep(ShotAt(0, 0.5F));
    shots.Keep(ShotAt(100, 0.4F, 0, 0.4F));
    EXPECT_THAT(TimesOf(shots), ElementsAre(0, 100));
}

TEST(BestShots, NeverKeepsMoreThanItMay) {
    BestShots shots(3);
    for (int i = 0; i < 50; ++i) {
        shots.Keep(ShotAt(500 * i, 0.3F + (0.01F * static_cast<float>(i))));
    }
    EXPECT_EQ(TimesOf(shots).size(), 3U);
}

TEST(BestShots, ReplacesTheWorstByAClearlyBetterOne) {
    BestShots shots(2);
    shots.Keep(ShotAt(0, 0.5F));
    shots.Keep(ShotAt(1000, 0.4F));
    EXPECT_FALSE(shots.WouldKeep(ShotAt(2000, 0.42F).facts));
    EXPECT_TRUE(shots.WouldKeep(ShotAt(2000, 0.6F).facts));
    shots.Keep(ShotAt(2000, 0.6F));
    EXPECT_THAT(TimesOf(shots), ElementsAre(2000, 0));
}

TEST(BestShots, LeavesRoomForAViewThatComesLate) {
    BestShots shots(5);
    for (int i = 0; i < 5; ++i) {
        shots.Keep(ShotAt(500 * i, 0.7F));
    }
    for (int i = 5; i < 10; ++i) {
        shots.Keep(ShotAt(500 * i, 0.5F, 1));
    }
    int late = 0;
    for (const auto& shot : shots.Take()) {
        late += shot.facts.view;
    }
    EXPECT_EQ(late, 2);
}

TEST(BestShots, DoesNotGiveRoomToAHopelessView) {
    BestShots shots(2);
    shots.Keep(ShotAt(0, 0.7F));
    shots.Keep(ShotAt(500, 0.7F));
    EXPECT_FALSE(shots.WouldKeep(ShotAt(1000, 0.1F, 1).facts));
}

TEST(BestShots, SaysBeforehandWhatItWouldKeep) {
    BestShots shots(2);
    for (int i = 0; i < 30; ++i) {
        const auto shot = ShotAt(150 * i, static_cast<float>((i * 7) % 10) / 10.0F, i / 15);
        auto copy = shots;
        const auto before = copy.Take();
        const bool kept = shots.WouldKeep(shot.facts);
        shots.Keep(shot);
        copy = shots;
        const auto after = copy.Take();
        const bool changed =
            before.size() != after.size() ||
            !std::equal(before.begin(), before.end(), after.begin(), [](const Shot& a, const Shot& b) {
                return a.facts.ms == b.facts.ms;
            });
        EXPECT_EQ(kept, changed) << i;
    }
}

}  // namespace
}  // namespace notify
