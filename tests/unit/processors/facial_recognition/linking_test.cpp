// Which tracks are one face, and which track is two: by embeddings alone.

#include "processors/facial_recognition/linking.hpp"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processors/facial_recognition/track_split.hpp"
#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using testing::EmbeddingOf;

struct Track {
    std::int64_t first;
    std::int64_t last;
    std::vector<FaceEmbedding> shots;
};

/// `count` shots of a person, seen from `first` to `last`.
Track TrackOf(unsigned int person, std::int64_t first, std::int64_t last, unsigned int count = 3) {
    Track track{.first = first, .last = last, .shots = {}};
    for (unsigned int i = 0; i < count; ++i) {
        track.shots.push_back(EmbeddingOf(person, static_cast<unsigned int>(first) + i));
    }
    return track;
}

std::vector<int> Link(const std::vector<Track>& tracks, const LinkLimits& limits = {}) {
    std::vector<LinkTrack> facts;
    for (const auto& track : tracks) {
        facts.push_back(
            {.first_sample = track.first, .last_sample = track.last, .quality = 0.5, .shots = track.shots}
        );
    }
    return LinkTracks(facts, limits);
}

TEST(Linking, JoinsTracksOfOneFaceAndNumbersLinksInTheOrderTheyAppear) {
    EXPECT_THAT(
        Link(
            {TrackOf(5, 0, 9), TrackOf(2, 0, 9), TrackOf(5, 20, 29), TrackOf(3, 20, 29), TrackOf(2, 40, 49)}
        ),
        ElementsAre(1, 2, 1, 3, 2)
    );
}

TEST(Linking, NeverJoinsFacesThatAreSeenTogether) {
    EXPECT_THAT(Link({TrackOf(1, 0, 10), TrackOf(1, 10, 20)}), ElementsAre(1, 2));
    EXPECT_THAT(Link({TrackOf(1, 0, 10), TrackOf(1, 11, 20)}), ElementsAre(1, 1));
}

/// A track with one shot, `distance` from one person on the way to another.
Track TrackAt(float distance, std::int64_t first, std::int64_t last) {
    return {
        .first = first, .last = last, .shots = {testing::Between(EmbeddingOf(1), EmbeddingOf(2), distance)}
    };
}

TEST(Linking, KeepsThatRuleForWholeLinks) {
    // All are near enough to be one face. The first two are nearest and join; the third is nearer to the
    // first than the fourth is, but it is seen together with the second.
    EXPECT_THAT(
        Link({TrackAt(0.10F, 0, 10), TrackAt(0.14F, 20, 30), TrackAt(0.04F, 25, 35), TrackAt(0.20F, 50, 60)}),
        ElementsAre(1, 1, 2, 1)
    );
}

TEST(Linking, IsStricterBetweenLinksOfSeveralTracks) {
    // two of each person, 0.35 apart: each pair is one link, and two pairs are not one
    EXPECT_THAT(
        Link({TrackAt(0, 0, 10), TrackAt(0, 20, 30), TrackAt(0.35F, 40, 50), TrackAt(0.35F, 60, 70)}),
        ElementsAre(1, 1, 2, 2)
    );
    EXPECT_THAT(Link({TrackAt(0, 0, 10), TrackAt(0, 20, 30), TrackAt(0.35F, 40, 50)}), ElementsAre(1, 1, 1));
    EXPECT_THAT(
        Link({TrackAt(0, 0, 10), TrackAt(0, 20, 30), TrackAt(0.34F, 40, 50), TrackAt(0.34F, 60, 70)}),
        ElementsAre(1, 1, 1, 1)
    );
}

TEST(Linking, GivesATrackThatMayJoinEitherOfTwoToTheNearer) {
    EXPECT_THAT(
        Link({TrackAt(0, 0, 10), TrackAt(0.30F, 5, 15), TrackAt(0.05F, 30, 40), TrackAt(0.22F, 50, 60)}),
        ElementsAre(1, 2, 1, 2)
    );
}

TEST(Linking, DoesNotChainDifferentPeopleThroughFacesInBetween) {
    const auto a = EmbeddingOf(1);
    const auto b = EmbeddingOf(2);
    std::vector<Track> tracks;
    for (int i = 0; i <= 8; ++i) {  // each 0.2 from the next, the ends 1.4 apart
        const auto between = testing::Between(a, b, 0.17F * static_cast<float>(i));
        tracks.push_back({.first = 10 * i, .last = (10 * i) + 5, .shots = {between}});
    }
    const auto links = Link(tracks);
    EXPECT_NE(links.front(), links.back());
}

TEST(Linking, LeavesATrackWithoutShotsByItself) {
    EXPECT_THAT(Link({TrackOf(1, 0, 5), TrackOf(1, 10, 15, 0), TrackOf(1, 20, 25)}), ElementsAre(1, 2, 1));
}

TEST(Linking, GivesTheSameAnswerBeyondTheExactPart) {
    std::vector<Track> tracks;
    for (int i = 0; i < 40; ++i) {
        tracks.push_back(TrackOf(static_cast<unsigned int>(i % 4), 10 * i, (10 * i) + 5));
    }
    EXPECT_EQ(Link(tracks, {.exact_tracks = 10}), Link(tracks));
}

TEST(Linking, HasNothingToSayOfNoTracks) {
    EXPECT_TRUE(Link({}).empty());
}

std::vector<EmbeddedShot> ShotsOf(const std::vector<unsigned int>& people) {
    std::vector<EmbeddedShot> shots;
    for (std::size_t i = 0; i < people.size(); ++i) {
        shots.push_back(
            {.ms = static_cast<std::int64_t>(i) * 500,
             .quality = 0.5F,
             .embedding = EmbeddingOf(people[i], static_cast<unsigned int>(i))}
        );
    }
    return shots;
}

TEST(TrackSplit, FindsWhereOnePersonBecomesAnother) {
    const auto split = FindSplit(ShotsOf({1, 1, 1, 2, 2}));
    ASSERT_TRUE(split);
    EXPECT_EQ(split->first_after, 3U);
    EXPECT_EQ(split->before_ms, 1000);
    EXPECT_EQ(split->after_ms, 1500);
}

TEST(TrackSplit, LeavesOnePersonWhole) {
    EXPECT_FALSE(FindSplit(ShotsOf({1, 1, 1, 1, 1})));
    EXPECT_FALSE(FindSplit(ShotsOf({1})));
    EXPECT_FALSE(FindSplit({}));
}

TEST(TrackSplit, LeavesAPersonWholeOfWhomOneShotIsOdd) {
    auto shots = ShotsOf({1, 1, 1, 1, 1});
    shots[2].embedding = testing::Between(shots[2].embedding, EmbeddingOf(9), 0.40F);
    EXPECT_FALSE(FindSplit(shots));
}

TEST(TrackSplit, DoesNotSplitPeopleThatAlternate) {
    EXPECT_FALSE(FindSplit(ShotsOf({1, 2, 1, 2, 1})));
}

}  // namespace
}  // namespace notify
