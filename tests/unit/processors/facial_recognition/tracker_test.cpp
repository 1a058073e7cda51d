#include "processors/facial_recognition/tracker.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using testing::FaceAt;
using ::testing::IsEmpty;

/// Five samples a second.
constexpr std::int64_t kStep = 200;

TEST(Tracker, FollowsAFaceThatMovesAndGrows) {
    Tracker tracker({});
    for (int i = 0; i < 10; ++i) {
        const auto step = tracker.Advance(
            {.pts_ms = i * kStep},
            std::vector{FaceAt(static_cast<float>(40 * i), 100, static_cast<float>(100 + (3 * i)))}
        );
        EXPECT_THAT(step.track_of, ElementsAre(1)) << i;
    }
}

TEST(Tracker, FollowsAFastFaceByItsVelocityWhereBoxesDoNotOverlap) {
    Tracker tracker({});
    // 60, then 120 pixels a sample: the box of 100 is left behind, the predicted one is not
    for (const auto& [ms, x] :
         std::vector<std::pair<std::int64_t, float>>{{0, 0}, {200, 50}, {400, 110}, {600, 190}}) {
        // another look each time, so that only the place tells
        const auto step =
            tracker.Advance({.pts_ms = ms}, std::vector{FaceAt(x, 0, 100, static_cast<unsigned int>(ms))});
        EXPECT_THAT(step.track_of, ElementsAre(1)) << ms;
    }
}

TEST(Tracker, KeepsTwoFacesApartThatCrossEachOther) {
    Tracker tracker({});
    for (int i = 0; i <= 8; ++i) {
        const auto right = FaceAt(static_cast<float>(50 * i), 0, 100, 1);
        const auto left = FaceAt(static_cast<float>(400 - (50 * i)), 30, 100, 2);
        const auto step = tracker.Advance({.pts_ms = i * kStep}, std::vector{right, left});
        EXPECT_THAT(step.track_of, ElementsAre(1, 2)) << i;
    }
}

TEST(Tracker, GivesTheSameNumbersWhateverTheOrderOfLaterSightings) {
    Tracker tracker({});
    static_cast<void>(
        tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100, 1), FaceAt(300, 0, 100, 2)})
    );
    const auto step =
        tracker.Advance({.pts_ms = kStep}, std::vector{FaceAt(305, 0, 100, 2), FaceAt(5, 0, 100, 1)});
    EXPECT_THAT(step.track_of, ElementsAre(2, 1));
}

TEST(Tracker, NeverGivesOneTrackToTwoFacesOfASample) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100)}));
    const auto step = tracker.Advance({.pts_ms = kStep}, std::vector{FaceAt(20, 0, 100), FaceAt(2, 0, 100)});
    EXPECT_THAT(step.track_of, ElementsAre(2, 1));
}

TEST(Tracker, BridgesAnOcclusionOfHalfASecond) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100)}));
    for (const std::int64_t ms : {200, 400}) {
        EXPECT_THAT(tracker.Advance({.pts_ms = ms}, {}).ended, IsEmpty());
    }
    EXPECT_THAT(tracker.Advance({.pts_ms = 600}, std::vector{FaceAt(10, 0, 100)}).track_of, ElementsAre(1));
}

TEST(Tracker, EndsATrackThatIsUnseenForLonger) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100)}));
    for (const std::int64_t ms : {200, 400, 600}) {
        EXPECT_THAT(tracker.Advance({.pts_ms = ms}, {}).ended, IsEmpty());
    }
    const auto step = tracker.Advance({.pts_ms = 800}, std::vector{FaceAt(0, 0, 100)});
    EXPECT_THAT(step.ended, ElementsAre(1));
    EXPECT_THAT(step.track_of, ElementsAre(2));
}

TEST(Tracker, DoesNotGiveALostTrackToSomebodyElseInItsPlace) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100, 1)}));
    static_cast<void>(tracker.Advance({.pts_ms = 200}, {}));
    EXPECT_THAT(tracker.Advance({.pts_ms = 400}, std::vector{FaceAt(0, 0, 100, 2)}).track_of, ElementsAre(2));
}

TEST(Tracker, StartsAfreshAfterACut) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100), FaceAt(300, 0, 100)}));
    const auto step = tracker.Advance({.pts_ms = 200, .after_cut = true}, std::vector{FaceAt(0, 0, 100)});
    EXPECT_THAT(step.ended, ElementsAre(1, 2));
    EXPECT_THAT(step.track_of, ElementsAre(3));
}

TEST(Tracker, FollowsAFaceThatLeapsOnlyWhileItLooksTheSame) {
    Tracker same({});
    static_cast<void>(same.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100, 1)}));
    EXPECT_THAT(same.Advance({.pts_ms = 200}, std::vector{FaceAt(110, 0, 100, 1)}).track_of, ElementsAre(1));

    Tracker other({});
    static_cast<void>(other.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 100, 1)}));
    EXPECT_THAT(other.Advance({.pts_ms = 200}, std::vector{FaceAt(110, 0, 100, 2)}).track_of, ElementsAre(2));
}

TEST(Tracker, EndsWhatIsLeftByNumber) {
    Tracker tracker({});
    static_cast<void>(tracker.Advance({.pts_ms = 0}, std::vector{FaceAt(0, 0, 90), FaceAt(300, 0, 90)}));
    EXPECT_THAT(tracker.EndAll(), ElementsAre(1, 2));
    EXPECT_THAT(tracker.EndAll(), IsEmpty());
}

}  // namespace
}  // namespace notify
