#include "people/gallery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/distance.hpp"
#include "people/matching.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(MakingAGallery, TakesTheMeanOfAPersonsPhotosForTheTemplate) {
    const Person ada{.id = PersonId("per_1"), .name = "Ada", .created_at = {}};
    EnrolmentPhoto first;
    first.person_id = ada.id;
    first.embedding = FaceOf(1);
    auto second = first;
    second.embedding = FaceOf(2);
    const auto gallery = MakeGallery(7, {ada}, {first, second});
    EXPECT_EQ(gallery.version, 7);
    ASSERT_THAT(gallery.people, SizeIs(1));
    EXPECT_EQ(gallery.people[0].mean, MeanOf(Shots({FaceOf(1), FaceOf(2)})));
    EXPECT_THAT(gallery.people[0].photos, SizeIs(2));
}

TEST(MakingAGallery, KeepsPeopleWithoutAPhotoThatCanBeComparedForVerdicts) {
    const Person ada{.id = PersonId("per_1"), .name = "Ada", .created_at = {}};
    const Person bob{.id = PersonId("per_2"), .name = "Bob", .created_at = {}};
    EnrolmentPhoto unreadable;
    unreadable.person_id = ada.id;
    const auto gallery = MakeGallery(1, {ada, bob}, {unreadable});
    EXPECT_THAT(gallery.people, SizeIs(2));
    EXPECT_EQ(gallery.Comparable(), 0U);
    EXPECT_EQ(MatchShots(Shots({FaceOf(1)}), gallery), std::nullopt);
}

TEST(MakingAGallery, GivesAPersonThePhotosOfWhoeverWasMerged) {
    const Person ada{.id = PersonId("per_1"), .name = "Ada", .created_at = {}, .root = PersonId("per_1")};
    const Person countess{
        .id = PersonId("per_2"), .name = "Countess", .created_at = {}, .merged_into = ada.id, .root = ada.id
    };
    EnrolmentPhoto photo;
    photo.person_id = countess.id;
    photo.embedding = FaceOf(1);
    const auto gallery = MakeGallery(1, {ada, countess}, {photo});
    ASSERT_THAT(gallery.people, SizeIs(1));
    EXPECT_EQ(gallery.people[0].name, "Ada");
    EXPECT_THAT(gallery.people[0].photos, SizeIs(1));
    EXPECT_EQ(gallery.PlaceOf(countess.id), 0U);
    EXPECT_EQ(gallery.PlaceOf(PersonId("per_none")), std::nullopt);
}

class GalleryCaching : public PeopleTest {};

TEST_F(GalleryCaching, ReadsPeopleOnceForEachVersion) {
    AddPerson("Ada", {FaceOf(1)});
    GalleryCache cache(*storage_);
    const auto first = cache.Current().value();
    EXPECT_THAT(first->Of(kModel).people, ElementsAre(Field(&KnownPerson::name, "Ada")));
    EXPECT_EQ(cache.Current().value(), first) << "the same gallery, not one like it";

    AddPerson("Bob", {FaceOf(2)});
    const auto second = cache.Current().value();
    EXPECT_GT(second->Version(), first->Version());
    EXPECT_THAT(second->Of(kModel).people, SizeIs(2));
    EXPECT_THAT(first->Of(kModel).people, SizeIs(1)) << "who matches by the older one goes on with it";
}

TEST_F(GalleryCaching, ShowsARenamedPersonAndNoRemovedOne) {
    const auto ada = AddPerson("Ada", {FaceOf(1)});
    const auto bob = AddPerson("Bob", {FaceOf(2)});
    GalleryCache cache(*storage_);
    ASSERT_THAT(cache.Current().value()->Of(kModel).people, SizeIs(2));
    Write([&](Transaction& transaction) { return testing::RenamePerson(transaction, ada, "Augusta"); });
    Write([&](Transaction& transaction) { return testing::RemovePerson(transaction, bob); });
    EXPECT_THAT(
        cache.Current().value()->Of(kModel).people, ElementsAre(Field(&KnownPerson::name, "Augusta"))
    );
}

TEST_F(GalleryCaching, TakesTheMeanOfFacesThatAreSaidToBeOfWhoHasNoPhoto) {
    const auto ada = AddPerson("Ada", {});
    AddPerson("Bob", {});
    for (const std::size_t who : {1U, 2U, 3U}) {
        const auto item = Analyse(std::to_string(who), MakeFaceResult({{.shots = {FaceOf(who)}}}));
        auto confirm = EditOf(EditKind::kConfirm, ada);
        confirm.tracks = {TracksOf(ProcessesOf(item).at(0).result_id).at(0).anchor};
        Write([&](Transaction& transaction) { return MakeEdit(transaction, confirm); });
    }
    const auto gallery = Read(ReadGalleries).Of(kModel);
    const auto place = gallery.PlaceOf(ada).value();
    EXPECT_THAT(gallery.people[place].photos, UnorderedElementsAre(FaceOf(1), FaceOf(2), FaceOf(3)));
    EXPECT_LT(DistanceBetween(gallery.people[place].mean, MeanOf(Shots(gallery.people[place].photos))), 1e-6);
    EXPECT_EQ(gallery.people[1 - place].mean, Embedding{});
    EXPECT_EQ(gallery.people[place].within, kSpreadOfTrack) << "a mean of shots is no photo";
}

TEST_F(GalleryCaching, HoldsForEachModelWhatItMeasured) {
    const auto ada = AddPerson("Ada", {FaceOf(1), FaceOf(1)});
    const auto bob = AddPerson("Bob", {});
    Write([&](Transaction& transaction) -> Result<void> {
        Result<void> added;
        for (const auto& person : {ada, bob}) {
            EnrolmentPhoto photo{.id = PhotoId("pho_" + person.Value()), .person_id = person};
            photo.embedding = FaceOf(2);
            photo.model = "another";
            added = added.and_then([&] { return testing::AddPhoto(transaction, photo); });
        }
        return added;
    });
    const auto galleries = Read(ReadGalleries);
    EXPECT_THAT(galleries.ByModel(), SizeIs(2));
    EXPECT_EQ(galleries.Of(kModel).people.at(0).photos, (std::vector{FaceOf(1), FaceOf(1)}));
    EXPECT_EQ(galleries.Of(kModel).people.at(0).mean, FaceOf(1));
    EXPECT_THAT(galleries.Of(kModel).people.at(1).photos, ::testing::IsEmpty());
    EXPECT_EQ(galleries.Of("another").people.at(0).photos, std::vector{FaceOf(2)});
    EXPECT_EQ(galleries.Of("another").Comparable(), 2U);
    EXPECT_EQ(galleries.Of("a third").Comparable(), 0U);
    EXPECT_EQ(galleries.Of("a third").PlaceOf(ada), 0U) << "verdicts name people by every model";
}

}  // namespace
}  // namespace notify::testing
