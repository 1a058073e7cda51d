#include "people/enrolment_rules.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

const Embedding kAda = FaceOf(0);

class EnrolmentRules : public ::testing::Test {
protected:
    EnrolmentDecision Decide(const std::vector<Candidate>& candidates) {
        return DecideEnrolment(
            candidates,
            {.name = "Ada",
             .sha256 = known_sha256_,
             .photos = known_photos_,
             .person_id = PersonId("Ada"),
             .gallery = gallery_}
        );
    }

    PhotoAnswer DecideOne(const Candidate& candidate) { return Decide({candidate}).answers.at(0); }

    std::vector<std::string> known_sha256_;
    std::vector<Embedding> known_photos_;
    Gallery gallery_;
};

/// Which of the photos were accepted: "yn".
std::string Accepted(const EnrolmentDecision& decision) {
    std::string text;
    for (const auto& answer : decision.answers) {
        text += answer.accepted ? 'y' : 'n';
    }
    return text;
}

auto IsRefusedFor(const std::string& reason, const std::string& sentence) {
    return AllOf(
        Field(&PhotoAnswer::accepted, false),
        Field(&PhotoAnswer::reason, reason),
        Field(&PhotoAnswer::sentence, sentence)
    );
}

TEST_F(EnrolmentRules, AcceptAPhotoWithOneFace) {
    const auto decision = Decide({PhotoOf("a.jpg", {InPhoto(kAda)})});
    const auto& answer = decision.answers.at(0);
    EXPECT_TRUE(answer.accepted);
    EXPECT_EQ(answer.file_name, "a.jpg");
    EXPECT_EQ(answer.reason, "");
    EXPECT_EQ(answer.sentence, "");
    EXPECT_THAT(decision.faces, ElementsAre(0U));
}

TEST_F(EnrolmentRules, RefuseAPhotoWithoutAFace) {
    EXPECT_THAT(DecideOne(PhotoOf("a.jpg", {})), IsRefusedFor("no_face", "there is no face in a.jpg"));
}

TEST_F(EnrolmentRules, RefuseASecondFaceLargerThanHalfTheLargest) {
    EXPECT_THAT(
        DecideOne(PhotoOf("a.jpg", {InPhoto(kAda, 100), InPhoto(FaceOf(1), 51)})),
        IsRefusedFor(
            "second_face",
            "there is a second face in a.jpg, 51 pixels beside 100: choose one by a point in it"
        )
    );
}

TEST_F(EnrolmentRules, TakeTheLargestFaceWhenOthersAreHalfAsLargeOrSmaller) {
    const auto decision =
        Decide({PhotoOf("a.jpg", {InPhoto(FaceOf(1), 50), InPhoto(kAda, 100), InPhoto(FaceOf(2), 30)})});
    EXPECT_TRUE(decision.answers.at(0).accepted);
    EXPECT_THAT(decision.faces, ElementsAre(1U));
}

TEST_F(EnrolmentRules, RefuseASecondFaceOfTheSameSize) {
    EXPECT_EQ(
        DecideOne(PhotoOf("a.jpg", {InPhoto(kAda, 100), InPhoto(FaceOf(1), 100)})).reason, "second_face"
    );
}

TEST_F(EnrolmentRules, LetAPointChooseAmongFaces) {
    auto aside = InPhoto(kAda, 90);
    aside.box.x = 500;
    auto photo = PhotoOf("a.jpg", {InPhoto(FaceOf(1), 100), aside});
    photo.point = FacePoint{.x = 510, .y = 100};
    const auto decision = Decide({photo});
    EXPECT_TRUE(decision.answers.at(0).accepted);
    EXPECT_THAT(decision.faces, ElementsAre(1U));
}

TEST_F(EnrolmentRules, RefuseAPointThatIsInNoFace) {
    auto photo = PhotoOf("a.jpg", {InPhoto(kAda)});
    photo.point = FacePoint{.x = 5, .y = 7};
    EXPECT_THAT(DecideOne(photo), IsRefusedFor("no_face_at_point", "there is no face at 5,7 in a.jpg"));
    photo.faces = std::vector<PhotoFace>();
    EXPECT_EQ(DecideOne(photo).reason, "no_face");
}

TEST_F(EnrolmentRules, RefuseAFaceThatIsTooSmall) {
    auto face = InPhoto(kAda);
    face.inter_eye_px = 23.4;
    EXPECT_THAT(
        DecideOne(PhotoOf("a.jpg", {face})),
        IsRefusedFor("too_small", "the face in a.jpg is too small: 23 pixels between the eyes, 24 are needed")
    );
    face.inter_eye_px = 24;
    EXPECT_TRUE(DecideOne(PhotoOf("a.jpg", {face})).accepted);
}

TEST_F(EnrolmentRules, RefuseABlurredFace) {
    auto face = InPhoto(kAda);
    face.sharpness = 0.31;
    EXPECT_THAT(
        DecideOne(PhotoOf("a.jpg", {face})),
        IsRefusedFor("blurred", "the face in a.jpg is blurred: its sharpness is 0.31 of 1, 0.45 is needed")
    );
    face.sharpness = 0.45;
    EXPECT_TRUE(DecideOne(PhotoOf("a.jpg", {face})).accepted);
}

TEST_F(EnrolmentRules, RefuseWhatIsNoPhotoAndSayWhy) {
    auto photo = PhotoOf("notes.txt", {});
    photo.faces = Fail(ErrorCode::kUnsupported, "there is no picture in the file");
    EXPECT_THAT(
        DecideOne(photo),
        IsRefusedFor("not_a_photo", "notes.txt cannot be read as a photo: there is no picture in the file")
    );
}

TEST_F(EnrolmentRules, RefuseAFaceUnlikeThePersonsOtherPhotos) {
    known_photos_ = {kAda};
    EXPECT_TRUE(DecideOne(PhotoOf("a.jpg", {InPhoto(FaceAt(kAda, 0.39, 50))})).accepted);
    EXPECT_THAT(
        DecideOne(PhotoOf("a.jpg", {InPhoto(FaceAt(kAda, 0.41, 50))})),
        IsRefusedFor("unlike", "the face in a.jpg is unlike the other photos of Ada")
    );
}

TEST_F(EnrolmentRules, CompareWithTheNearestPhotoOrTheirMean) {
    known_photos_ = {FaceAt(kAda, 0.3, 50), FaceAt(kAda, 0.3, 51), FaceAt(kAda, 0.3, 52)};
    EXPECT_TRUE(DecideOne(PhotoOf("near-one.jpg", {InPhoto(FaceAt(known_photos_[0], 0.39, 60))})).accepted);
    const auto near_mean = FaceAt(kAda, 0.35, 60);
    for (const auto& photo : known_photos_) {
        ASSERT_GT(DistanceBetween(photo, near_mean), 0.4);
    }
    EXPECT_TRUE(DecideOne(PhotoOf("near-mean.jpg", {InPhoto(near_mean)})).accepted);
}

TEST_F(EnrolmentRules, TakeThePhotoMostOthersAreLikeForANewPerson) {
    const auto decision = Decide(
        {PhotoOf("stranger.jpg", {InPhoto(FaceOf(1))}),
         PhotoOf("a.jpg", {InPhoto(kAda)}),
         PhotoOf("b.jpg", {InPhoto(FaceAt(kAda, 0.2, 50))})}
    );
    EXPECT_EQ(Accepted(decision), "nyy");
    EXPECT_EQ(decision.answers[0].reason, "unlike");
}

TEST_F(EnrolmentRules, TakeTheFirstOfTwoPhotosThatAreUnlikeEachOther) {
    EXPECT_EQ(
        Accepted(Decide({PhotoOf("a.jpg", {InPhoto(kAda)}), PhotoOf("b.jpg", {InPhoto(FaceOf(1))})})), "yn"
    );
}

TEST_F(EnrolmentRules, AcceptAPhotoThatIsLikeOneThatComesAfterIt) {
    known_photos_ = {kAda};
    const auto between = FaceAt(kAda, 0.35, 50);
    const auto beyond = FaceAt(between, 0.38, 51);
    ASSERT_GT(DistanceBetween(beyond, kAda), 0.4);
    EXPECT_EQ(
        Accepted(
            Decide({PhotoOf("beyond.jpg", {InPhoto(beyond)}), PhotoOf("between.jpg", {InPhoto(between)})})
        ),
        "yy"
    );
}

TEST_F(EnrolmentRules, DecideTheSameInEveryOrderOfThePhotos) {
    // both are accepted; the third is near the mean with the first alone, but not with both
    known_photos_ = {kAda};
    const auto first = FaceAt(kAda, 0.38, 50);
    const auto second = FaceAt(kAda, 0.38, 51);
    const auto third = FaceAt(MeanOf(Shots({kAda, first})), 0.395, 60);
    std::vector<Candidate> photos{
        PhotoOf("1", {InPhoto(first)}), PhotoOf("2", {InPhoto(second)}), PhotoOf("3", {InPhoto(third)})
    };
    do {
        const auto decision = Decide(photos);
        for (const auto& answer : decision.answers) {
            EXPECT_EQ(answer.accepted, answer.file_name != "3") << answer.file_name;
        }
    } while (std::ranges::next_permutation(photos, {}, &Candidate::file_name).found);
}

TEST_F(EnrolmentRules, RefuseAPhotoThePersonHas) {
    known_photos_ = {kAda};
    known_sha256_ = {"digest of a.jpg"};
    EXPECT_THAT(
        DecideOne(PhotoOf("a.jpg", {InPhoto(kAda)})),
        IsRefusedFor("same_photo", "Ada has the photo a.jpg already")
    );
}

TEST_F(EnrolmentRules, RefuseAPhotoThatIsGivenTwice) {
    const auto photo = PhotoOf("a.jpg", {InPhoto(kAda)});
    const auto decision = Decide({photo, photo});
    EXPECT_EQ(Accepted(decision), "yn");
    EXPECT_THAT(decision.answers[1], IsRefusedFor("same_photo", "the photo a.jpg is given twice"));
}

TEST_F(EnrolmentRules, AcceptAPhotoGivenAgainWithAPointAfterItWasRefusedWithoutOne) {
    auto aside = InPhoto(kAda, 100);
    aside.box.x = 500;
    const auto without = PhotoOf("a.jpg", {InPhoto(FaceOf(1), 100), aside});
    auto with = without;
    with.point = FacePoint{.x = 510, .y = 100};
    const auto decision = Decide({without, with});
    EXPECT_EQ(Accepted(decision), "ny");
    EXPECT_EQ(decision.answers[0].reason, "second_face");
}

TEST_F(EnrolmentRules, WarnOfAFaceThatIsKnownByAnotherName) {
    gallery_ = MakeGalleryOf({MakeKnown("Ada", {kAda}), MakeKnown("Bob", {FaceAt(kAda, 0.3, 50)})});
    const auto answer = DecideOne(PhotoOf("a.jpg", {InPhoto(kAda)}));
    EXPECT_TRUE(answer.accepted);
    EXPECT_EQ(answer.reason, "looks_like_another");
    EXPECT_EQ(answer.sentence, "the face in a.jpg looks like Bob, who is enrolled already");
}

TEST_F(EnrolmentRules, SayOnlyOfThePhotoInQuestionWhatIsWrongWithIt) {
    known_photos_ = {kAda};
    const auto decision = Decide(
        {PhotoOf("none.jpg", {}),
         PhotoOf("good.jpg", {InPhoto(kAda)}),
         PhotoOf("other.jpg", {InPhoto(FaceOf(1))})}
    );
    EXPECT_EQ(Accepted(decision), "nyn");
    EXPECT_THAT(decision.answers[0].sentence, HasSubstr("none.jpg"));
    EXPECT_THAT(decision.answers[2].sentence, HasSubstr("other.jpg"));
}

TEST(FewPhotos, AreWarnedOf) {
    EXPECT_EQ(
        FewPhotosWarning("Ada", 1),
        "Ada is known by 1 photo only and will be found less often; 3 or more are better"
    );
    EXPECT_THAT(FewPhotosWarning("Ada", 2), HasSubstr("2 photos only"));
    EXPECT_EQ(FewPhotosWarning("Ada", 3), "");
    EXPECT_EQ(FewPhotosWarning("Ada", 0), "") << "nobody was made";
}

}  // namespace
}  // namespace notify::testing
