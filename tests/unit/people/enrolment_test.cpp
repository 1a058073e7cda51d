#include "people/enrolment.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "people/person_edits.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/people/changing_storage.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);

class Enrolling : public PeopleTest {
protected:
    NewPhoto Good(const std::string& name) { return Photo(name, {{InPhoto(kAda)}}); }

    std::vector<Person> People() {
        return Read([](const Snapshot& snapshot) { return snapshot.people.List(); });
    }

    std::vector<AuditEntry> Audit() {
        return Read([](const Snapshot& snapshot) { return snapshot.keys.Audit({}); }).rows;
    }
};

TEST_F(Enrolling, MakesAPersonWithPhotosAndAnAudit) {
    const auto answer = ValueOf(Enrol("  Ada Lovelace ", {Good("a"), Good("b"), Good("c")}));
    EXPECT_EQ(answer.name, "Ada Lovelace");
    EXPECT_EQ(answer.photos, 3U);
    EXPECT_THAT(answer.warnings, IsEmpty());
    ASSERT_THAT(People(), SizeIs(1));
    EXPECT_EQ(People()[0].id, answer.person);
    EXPECT_EQ(People()[0].created_at, clock_.Now());
    const auto photos = PhotosOf(answer.person);
    ASSERT_THAT(photos, SizeIs(3));
    EXPECT_EQ(photos[0].embedding, kAda);
    EXPECT_EQ(photos[0].sha256, Sha256Hex(photos[0].file_name));
    EXPECT_EQ(photos[0].box.height, 100);
    EXPECT_EQ(photos[0].quality, 0.7);
    EXPECT_EQ(photos[0].model, kModel);
    ASSERT_THAT(Audit(), SizeIs(1));
    EXPECT_EQ(Audit()[0].actor, "a test");
    EXPECT_EQ(Audit()[0].action, "person.enrol");
    EXPECT_EQ(Audit()[0].subject, answer.person.Value());
    EXPECT_EQ(Audit()[0].detail, "3 of 3 photos accepted");
}

TEST_F(Enrolling, KeepsTheCropOfTheFaceSealed) {
    const auto answer = ValueOf(Enrol("Ada", {Good("a")}));
    const auto sha256 = PhotosOf(answer.person).at(0).crop_sha256;
    EXPECT_NE(sha256, Sha256Hex("a picture of a face"));
    const ArtifactRef crop{.name = "crop", .media_type = "image/jpeg", .sha256 = sha256, .sealed = true};
    EXPECT_EQ(ValueOf(artifacts_->Read(crop)), "a picture of a face");
}

TEST_F(Enrolling, WarnsOfFewPhotosUntilThereAreThree) {
    EXPECT_THAT(ValueOf(Enrol("Ada", {Good("a")})).warnings, ElementsAre(HasSubstr("1 photo only")));
    EXPECT_THAT(ValueOf(Enrol("Ada", {Good("b")})).warnings, ElementsAre(HasSubstr("2 photos only")));
    EXPECT_THAT(ValueOf(Enrol("Ada", {Good("c")})).warnings, IsEmpty());
}

TEST_F(Enrolling, AddsToThePersonOfThatNameOrId) {
    const auto first = ValueOf(Enrol("Ada", {Good("a")}));
    EXPECT_EQ(ValueOf(Enrol("Ada", {Good("b")})).person, first.person);
    const auto third = ValueOf(Enrol(first.person.Value(), {Good("c")}));
    EXPECT_EQ(third.person, first.person);
    EXPECT_EQ(third.name, "Ada");
    EXPECT_EQ(third.photos, 3U);
    EXPECT_THAT(People(), SizeIs(1));
}

TEST_F(Enrolling, AcceptsTheGoodPhotosBesideTheRefusedOnes) {
    const auto answer = ValueOf(Enrol(
        "Ada",
        {Good("a"),
         Photo("none", {std::vector<PhotoFace>()}),
         Photo("text", Fail(ErrorCode::kUnsupported, "it is no media")),
         Photo("huge", Fail(ErrorCode::kTooLarge, "it is too large"))}
    ));
    EXPECT_EQ(answer.photos, 1U);
    ASSERT_THAT(answer.answers, SizeIs(4));
    EXPECT_TRUE(answer.answers[0].accepted);
    EXPECT_EQ(answer.answers[1].reason, "no_face");
    EXPECT_EQ(answer.answers[2].reason, "not_a_photo");
    EXPECT_EQ(answer.answers[3].reason, "not_a_photo");
    EXPECT_EQ(Audit().at(0).detail, "1 of 4 photos accepted; refused: 1 no_face, 2 not_a_photo");
}

TEST_F(Enrolling, RefusesAPhotoItsChildDiesOfAndAcceptsTheOthers) {
    const Error crash{
        .code = ErrorCode::kInternal, .stage = "child", .reason = "crashed", .message = "the processor died"
    };
    const auto answer = ValueOf(Enrol("Ada", {Photo("bad", Unexpected(crash)), Good("a")}));
    EXPECT_EQ(answer.answers.at(0).reason, "not_a_photo");
    EXPECT_EQ(answer.answers.at(0).sentence, "bad cannot be read as a photo: the processor died");
    EXPECT_TRUE(answer.answers.at(1).accepted);
}

TEST_F(Enrolling, WritesNothingButTheAuditWhenNoPhotoIsAccepted) {
    const auto version = GalleryVersion();
    const auto answer = ValueOf(Enrol("Ada", {Photo("none", {std::vector<PhotoFace>()})}));
    EXPECT_TRUE(answer.person.IsEmpty());
    EXPECT_EQ(answer.photos, 0U);
    EXPECT_THAT(answer.warnings, IsEmpty());
    EXPECT_THAT(People(), IsEmpty());
    EXPECT_EQ(GalleryVersion(), version);
    ASSERT_THAT(Audit(), SizeIs(1));
    EXPECT_EQ(Audit()[0].at, clock_.Now());
    EXPECT_EQ(Audit()[0].actor, "a test");
    EXPECT_EQ(Audit()[0].action, "person.enrol");
    EXPECT_EQ(Audit()[0].subject, "nobody") << "the name of somebody who is not known is kept nowhere";
    EXPECT_EQ(Audit()[0].detail, "0 of 1 photos accepted; refused: 1 no_face");
}

TEST_F(Enrolling, NotesEachRefusalWithItsReason) {
    const auto ada = ValueOf(Enrol("Ada", {Good("a")})).person;
    auto blurred = InPhoto(kAda);
    blurred.sharpness = 0.1;
    const std::vector<std::pair<NewPhoto, std::string>> refusals{
        {Photo("none", {std::vector<PhotoFace>()}), "no_face"},
        {Photo("two", {{InPhoto(kAda), InPhoto(FaceOf(1))}}), "second_face"},
        {Photo("blurred", {{blurred}}), "blurred"},
        {Photo("small", {{InPhoto(kAda, 20)}}), "too_small"},
        {Photo("unlike", {{InPhoto(FaceOf(1))}}), "unlike"},
        {Photo("broken", Fail(ErrorCode::kInvalidArgument, "it is damaged")), "not_a_photo"},
        {Good("a"), "same_photo"},
    };
    for (const auto& [photo, reason] : refusals) {
        EXPECT_EQ(ValueOf(Enrol("Ada", {photo})).answers.at(0).reason, reason);
        EXPECT_EQ(Audit().at(0).subject, ada.Value());
        EXPECT_EQ(Audit().at(0).detail, "0 of 1 photos accepted; refused: 1 " + reason);
    }
    EXPECT_THAT(Audit(), SizeIs(1 + refusals.size()));
}

TEST_F(Enrolling, NotesWhoIsRefusedBecauseTheyWereErased) {
    const auto ada = ValueOf(Enrol("Ada", {Good("a")})).person;
    Write([&](Transaction& transaction) { return ErasePerson(transaction, ada, "a test", clock_.Now()); });
    const auto refused = Enrol("Ada", {Good("b")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "erased");
    EXPECT_EQ(Audit().at(0).subject, "nobody");
    EXPECT_EQ(Audit().at(0).detail, "none of 1 photos accepted: erased");
}

TEST_F(Enrolling, WritesNothingWhenAPhotoCannotBeLookedAtNow) {
    for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kStopped, ErrorCode::kInternal}) {
        const auto answer = Enrol("Ada", {Good("a"), Photo("b", Fail(code, "no child could be started"))});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, code);
        EXPECT_THAT(answer.error().message, HasSubstr("b"));
        EXPECT_THAT(People(), IsEmpty());
        EXPECT_EQ(Audit().at(0).detail, fmt::format("none of 2 photos accepted: {}", ToString(code)));
    }
}

TEST_F(Enrolling, NeedsANameAndAPhoto) {
    EXPECT_EQ(Enrol(" \t", {Good("a")}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Enrol("Ada", {}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Enrol(std::string(201, 'a'), {Good("a")}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Enrolling, CountsTheCharactersOfANameAndNotItsBytes) {
    std::string name;
    for (int i = 0; i < 200; ++i) {
        name += "é";
    }
    EXPECT_EQ(ValueOf(Enrol(name, {Good("a")})).name, name);
    EXPECT_FALSE(Enrol(name + "é", {Good("b")}));
}

TEST_F(Enrolling, RefusesAPhotoUnlikeThoseThatAreStored) {
    ASSERT_TRUE(Enrol("Ada", {Good("a")}));
    const auto answer = ValueOf(Enrol("Ada", {Photo("b", {{InPhoto(FaceOf(1))}})}));
    EXPECT_EQ(answer.answers.at(0).reason, "unlike");
    EXPECT_EQ(answer.photos, 1U);
}

TEST_F(Enrolling, EnrolsAPhotoOnce) {
    const auto first = ValueOf(Enrol("Ada", {Good("a")}));
    const auto again = ValueOf(Enrol("Ada", {Good("a")}));
    EXPECT_EQ(again.answers.at(0).reason, "same_photo");
    EXPECT_THAT(PhotosOf(first.person), SizeIs(1));
}

TEST_F(Enrolling, WarnsInItsAnswerOfAFaceKnownByAnotherName) {
    AddPerson("Bob", {kAda, kAda, kAda});
    const auto answer = ValueOf(Enrol("Ada", {Good("a"), Good("b"), Good("c")}));
    EXPECT_EQ(answer.photos, 3U);
    EXPECT_THAT(answer.warnings, SizeIs(3));
    EXPECT_THAT(answer.warnings[0], HasSubstr("looks like Bob"));
}

TEST_F(Enrolling, DecidesOnPeopleAsTheyAreAfterThePhotosWereLookedAt) {
    while_reading_ = [&] {
        while_reading_ = nullptr;
        AddPerson("Ada", {FaceOf(1)});
    };
    const auto answer = ValueOf(Enrol("Ada", {Good("a")}));
    EXPECT_EQ(answer.answers.at(0).reason, "unlike") << "the person who was made meanwhile is somebody else";
    EXPECT_THAT(People(), SizeIs(1));
}

TEST_F(Enrolling, DecidesAgainWhenPeopleChangedBeforeItsWrite) {
    int changes = 0;
    ChangingStorage changing(*storage_, [&] {
        if (changes++ == 0) {
            AddPerson("Ada", {kAda});
        }
    });
    Enrolment enrolment(
        changing,
        *artifacts_,
        clock_,
        [](std::string_view) { return Result<std::vector<PhotoFace>>({InPhoto(kAda)}); },
        kModel
    );
    const std::vector<NewPhoto> photos{{.file_name = "a", .bytes = "a", .face = {}}};
    const auto answer = ValueOf(enrolment.Enrol("Ada", photos, "a test"));
    EXPECT_EQ(changes, 2);
    EXPECT_EQ(answer.photos, 2U) << "with that of the other caller";
    ASSERT_THAT(People(), SizeIs(1));
    EXPECT_EQ(People()[0].id, answer.person);
}

TEST_F(Enrolling, GivesUpWhenPeopleDoNotComeToRest) {
    int changes = 0;
    ChangingStorage changing(*storage_, [&] {
        AddPerson("person " + std::to_string(++changes), {FaceOf(1)});
    });
    Enrolment enrolment(
        changing,
        *artifacts_,
        clock_,
        [](std::string_view) { return Result<std::vector<PhotoFace>>({InPhoto(kAda)}); },
        kModel
    );
    const std::vector<NewPhoto> photos{{.file_name = "a", .bytes = "a", .face = {}}};
    EXPECT_EQ(enrolment.Enrol("Ada", photos, "a test").error().code, ErrorCode::kConflict);
    EXPECT_THAT(People(), SizeIs(changes));
}

}  // namespace
}  // namespace notify::testing
