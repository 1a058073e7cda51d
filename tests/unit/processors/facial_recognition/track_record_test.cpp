#include "processors/facial_recognition/track_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

using testing::EmbeddingOf;
using testing::FaceAt;

Result<std::string> NoPicture(const Shot& /*shot*/) {
    return std::string();
}

/// Adds a sample, and a shot of it when the track wants one.
void See(TrackRecord& record, std::int64_t ms, unsigned int person, float score = 0.9F) {
    auto sighting = FaceAt(static_cast<float>(ms) / 10, 50, 120, person);
    sighting.score = score;
    const auto facts = record.Add({.ms = ms, .number = ms / 200}, sighting);
    if (record.WouldKeep(facts)) {
        record.Keep({.facts = facts, .box = sighting.box, .chip = {}});
    }
    record.EndAt(-1);
}

/// Shots before `change_ms` show person 1, later ones person 2.
EmbedShots PersonChangesAt(std::int64_t change_ms) {
    return [change_ms](const std::vector<Shot>& shots) -> Result<std::vector<FaceEmbedding>> {
        std::vector<FaceEmbedding> embeddings;
        for (const auto& shot : shots) {
            const auto number = static_cast<unsigned int>(shot.facts.ms);
            embeddings.push_back(EmbeddingOf(shot.facts.ms < change_ms ? 1 : 2, number));
        }
        return embeddings;
    };
}

TEST(TrackRecord, IsOneTrackForOnePerson) {
    TrackRecord record(50, 5);
    for (std::int64_t ms = 100; ms <= 2100; ms += 200) {
        See(record, ms, 1);
    }
    record.EndAt(2200);
    const auto tracks = record.Finish(PersonChangesAt(99'999), NoPicture).value();
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].start_ms, 50);
    EXPECT_EQ(tracks[0].end_ms, 2200);
    EXPECT_EQ(tracks[0].boxes.size(), 11U);
    EXPECT_EQ(tracks[0].shots.size(), 5U);
    EXPECT_FALSE(tracks[0].is_weak);
}

TEST(TrackRecord, IsTwoTracksWhereThePersonChangesAndLooksDifferentAtOnce) {
    TrackRecord record(0, 5);
    for (std::int64_t ms = 0; ms <= 4000; ms += 200) {
        See(record, ms, ms < 2000 ? 1 : 2);
    }
    record.EndAt(4100);
    const auto tracks = record.Finish(PersonChangesAt(2000), NoPicture).value();
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].end_ms, 1900);  // between the samples at 1800 and 2000, where the look changed
    EXPECT_EQ(tracks[1].start_ms, 1901);
    EXPECT_EQ(tracks[1].end_ms, 4100);
    for (const auto& shot : tracks[0].shots) {
        EXPECT_LT(shot.shot.ms, 2000);
    }
    EXPECT_EQ(tracks[0].boxes.back().ms, 1800);
    EXPECT_EQ(tracks[1].boxes.front().ms, 2000);
    EXPECT_LT(tracks[0].boxes.back().sample, tracks[1].boxes.front().sample);
}

TEST(TrackRecord, StaysBoundedHoweverLongItGoesOn) {
    TrackRecord record(0, 5);
    for (std::int64_t ms = 0; ms < 2'000'000; ms += 200) {
        See(record, ms, 1);
    }
    record.EndAt(2'000'000);
    const auto tracks = record.Finish(PersonChangesAt(99'999'999), NoPicture).value();
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_LE(tracks[0].boxes.size(), 129U);
    EXPECT_EQ(tracks[0].boxes.front().ms, 0);
    EXPECT_EQ(tracks[0].boxes.back().ms, 1'999'800);
}

TEST(TrackRecord, CallsAShortUnsureTrackWeak) {
    TrackRecord once(0, 5);
    See(once, 100, 1, 0.65F);
    once.EndAt(200);
    EXPECT_TRUE(once.Finish(PersonChangesAt(99'999), NoPicture).value()[0].is_weak);

    TrackRecord sure(0, 5);
    See(sure, 100, 1, 0.9F);
    sure.EndAt(200);
    EXPECT_FALSE(sure.Finish(PersonChangesAt(99'999), NoPicture).value()[0].is_weak);
}

TEST(TrackRecord, EndsWhereTheFaceWasFirstMissedUnlessItCameBack) {
    TrackRecord record(0, 5);
    See(record, 0, 1);
    record.EndAt(100);
    record.EndAt(900);
    record.Reopen();
    record.EndAt(500);
    EXPECT_EQ(record.Finish(PersonChangesAt(99'999), NoPicture).value()[0].end_ms, 500);
}

TEST(TrackRecord, KeepsItsSurestSightingWhenNoShotWasGoodEnough) {
    TrackRecord record(0, 5);
    static_cast<void>(record.Add({.ms = 100, .number = 0}, FaceAt(10, 10, 14)));
    auto surer = FaceAt(20, 10, 14);
    surer.score = 0.95F;
    static_cast<void>(record.Add({.ms = 300, .number = 1}, surer));
    record.EndAt(400);
    const auto tracks = record.Finish(PersonChangesAt(99'999), NoPicture).value();
    EXPECT_TRUE(tracks[0].shots.empty());
    EXPECT_EQ(tracks[0].best.ms, 300);
    EXPECT_EQ(tracks[0].quality, 0);
}

TEST(TrackRecord, PassesOnWhatTheModelSays) {
    TrackRecord record(0, 5);
    See(record, 100, 1);
    record.EndAt(200);
    const EmbedShots broken = [](const std::vector<Shot>& /*shots*/) -> Result<std::vector<FaceEmbedding>> {
        return Fail(ErrorCode::kInternal, "the model is broken");
    };
    const auto tracks = record.Finish(broken, NoPicture);
    ASSERT_FALSE(tracks);
    EXPECT_EQ(tracks.error().message, "the model is broken");
}

}  // namespace
}  // namespace notify
