#include "people/labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/people_repository.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);

FaceTracks TracksOfAda() {
    FaceTracks found{
        .tracks = {FactsOf({.track = 1, .shots = {kAda}}), FactsOf({.track = 2, .link = 2, .shots = {}})}
    };
    for (auto& facts : found.tracks) {
        facts.track.id = {};
    }
    return found;
}

TEST(MakingLabels, GivesTracksAndAppearancesIdsOfTheirOwn) {
    auto gallery = MakeGalleryOf({MakeKnown("Ada", {kAda, kAda, kAda})});
    gallery.version = 42;
    const auto labels = MakeLabels(TracksOfAda(), gallery);
    EXPECT_EQ(labels.gallery_version, 42);
    ASSERT_THAT(labels.tracks, SizeIs(2));
    EXPECT_NE(labels.tracks[0].id, labels.tracks[1].id);
    ASSERT_THAT(labels.appearances, SizeIs(1));
    EXPECT_FALSE(labels.appearances[0].id.IsEmpty());
    EXPECT_THAT(labels.appearances[0].tracks, ElementsAre(labels.tracks[0].id));
    EXPECT_NE(MakeLabels(TracksOfAda(), gallery).tracks[0].id, labels.tracks[0].id);
}

class WritingLabels : public PeopleTest {};

TEST_F(WritingLabels, IsRefusedWhenTheGalleryHasAnotherVersion) {
    const auto item = Analyse("a.mp4", MakeFaceResult({}));
    const auto result = ProcessesOf(item).at(0).result_id;
    AddPerson("Ada", {kAda, kAda, kAda});
    GalleryCache cache(*storage_);
    const auto labels = MakeLabels(TracksOfAda(), cache.Current().value()->Of(kModel));
    const auto write = [&] {
        return Write([&](Transaction& transaction) {
            return WriteLabels(transaction, item, result, labels);
        });
    };
    AddPerson("Bob", {FaceOf(1)});
    EXPECT_FALSE(write());
    EXPECT_THAT(TracksOf(result), IsEmpty());
    EXPECT_THAT(AppearancesIn(item), IsEmpty());
}

TEST_F(WritingLabels, LetsFreshIdsGiveWayToThoseThatAreStored) {
    const auto item = Analyse("a.mp4", MakeFaceResult({}));
    const auto result = ProcessesOf(item).at(0).result_id;
    AddPerson("Ada", {kAda, kAda, kAda});
    GalleryCache cache(*storage_);
    for (int i = 0; i < 2; ++i) {
        const auto labels = MakeLabels(TracksOfAda(), cache.Current().value()->Of(kModel));
        EXPECT_TRUE(Write([&](Transaction& transaction) {
            return WriteLabels(transaction, item, result, labels);
        }));
    }
    const auto tracks = TracksOf(result);
    ASSERT_THAT(tracks, SizeIs(2));
    ASSERT_THAT(AppearancesIn(item), SizeIs(1));
    EXPECT_THAT(AppearancesIn(item)[0].tracks, ElementsAre(tracks[0].id));
}

}  // namespace
}  // namespace notify::testing
