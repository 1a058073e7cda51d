#include "http/routes/photo_crops.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/person.hpp"
#include "people/gallery_departure.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using testing::Get;
using ::testing::HasSubstr;
using testing::JsonOf;
using ::testing::Not;

constexpr const char* kJpeg = "\xff\xd8\xff the face of Ada";
constexpr const char* kPath = "/v1/people/per_1/photos/pho_1/crop";

class PhotoCropsTest : public testing::ApiTest {
protected:
    PhotoCropsTest() : key_(MakeKey({"biometric"})) {
        const auto crop = artifacts_->Prepare(CropRef({}), kJpeg).value();
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            EXPECT_TRUE(crop.Commit(transaction));
            EXPECT_TRUE(
                testing::AddPerson(
                    transaction, {.id = PersonId("per_1"), .name = "Ada", .created_at = clock_.Now()}
                )
            );
            EXPECT_TRUE(
                testing::AddPerson(
                    transaction, {.id = PersonId("per_2"), .name = "Bo", .created_at = clock_.Now()}
                )
            );
            EXPECT_TRUE(AddPhoto(transaction, "pho_1", crop.ref.sha256));
            EXPECT_TRUE(AddPhoto(transaction, "pho_2", {}));
            return AddPhoto(transaction, "pho_3", std::string(64, 'b'));
        }));
    }

    Result<void> AddPhoto(Transaction& transaction, const std::string& id, const std::string& crop) {
        EnrolmentPhoto photo{.id = PhotoId(id), .person_id = PersonId("per_1"), .file_name = id + ".jpg"};
        photo.sha256 = std::string(64, id.back());
        photo.embedding[0] = 1;
        photo.model = std::string(64, 'e');
        photo.crop_sha256 = crop;
        photo.created_at = clock_.Now();
        return testing::AddPhoto(transaction, photo);
    }

    std::string key_;
};

TEST_F(PhotoCropsTest, AreJpegsForWhoMaySeeFacesAndAreKeptByNobody) {
    Serve();
    auto answer = Connect().Ask(Get(kPath, Bearer(key_)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, kJpeg);
    EXPECT_EQ(answer.headers["content-type"], "image/jpeg");
    EXPECT_EQ(answer.headers["cache-control"], "no-store");
    EXPECT_EQ(AskAs(key_, "GET", "/v1/people/Ada/photos/pho_1/crop").body, kJpeg);
}

TEST_F(PhotoCropsTest, AreNotedBeforeTheyAreShown) {
    EXPECT_EQ(AskAs(key_, "GET", kPath).status, 200);
    const auto row = Expect(200, "GET", "/v1/audit?limit=1").at("rows").at(0);
    EXPECT_EQ(row.at("action"), "photo.read");
    EXPECT_EQ(row.at("subject"), "per_1");
    EXPECT_EQ(row.at("detail"), "pho_1");
    EXPECT_EQ(row.at("actor").as_string(), IdOfKey(key_));
}

TEST_F(PhotoCropsTest, NeedTheScopeOfFaces) {
    for (const auto& key : {read_key_, write_key_, MakeKey({"people"})}) {
        const auto answer = AskAs(key, "GET", kPath);
        EXPECT_EQ(answer.status, 403);
        EXPECT_THAT(answer.body, HasSubstr("biometric"));
        EXPECT_THAT(answer.body, Not(HasSubstr("the face of Ada")));
    }
    EXPECT_EQ(AskAs({}, "GET", kPath).status, 401);
    EXPECT_THAT(AuditActions(), Not(Contains("photo.read")));
}

TEST_F(PhotoCropsTest, AreSaidToBeNowhereWhereNoneIsKept) {
    for (const auto& [path, sentence] :
         {std::pair("/v1/people/per_1/photos/pho_2/crop", "no picture of the face in photo pho_2 is kept"),
          std::pair("/v1/people/per_1/photos/pho_3/crop", "no picture of the face in photo pho_3 is kept"),
          std::pair("/v1/people/per_1/photos/pho_9/crop", "person per_1 has no photo pho_9"),
          std::pair("/v1/people/per_2/photos/pho_1/crop", "person per_2 has no photo pho_1"),
          std::pair("/v1/people/per_9/photos/pho_1/crop", "per_9")}) {
        const auto answer = AskAs(key_, "GET", path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_THAT(std::string(JsonOf(answer).at("detail").as_string()), HasSubstr(sentence));
    }
    EXPECT_THAT(AuditActions(), Not(Contains("photo.read")));
}

TEST_F(PhotoCropsTest, AreNamedByThePersonsPhotosWhereTheyAreKept) {
    const auto photos = Expect(200, "GET", "/v1/people/Ada").at("photos").as_array();
    ASSERT_EQ(photos.size(), 3U);
    EXPECT_EQ(photos[0].at("crop"), kPath);
    EXPECT_TRUE(photos[1].at("crop").is_null());
    EXPECT_EQ(CropPath(PersonId("per_1"), PhotoId("pho_1")), kPath);
}

TEST_F(PhotoCropsTest, GoWithAMergeAndAreGoneWithTheErased) {
    Expect(201, "POST", "/v1/edits", R"({"kind":"merge","person":"Bo","other":"Ada"})");
    EXPECT_EQ(AskAs(key_, "GET", kPath).body, kJpeg) << "by the id from before the merge";
    const auto photos = Expect(200, "GET", "/v1/people/Bo").at("photos").as_array();
    EXPECT_EQ(AskAs(key_, "GET", photos.at(0).at("crop").as_string()).body, kJpeg);
    EXPECT_EQ(Ask("DELETE", "/v1/people/Bo").status, 204);
    EXPECT_EQ(AskAs(key_, "GET", kPath).status, 404);
    EXPECT_EQ(AskAs(key_, "GET", photos.at(0).at("crop").as_string()).status, 404);
}

}  // namespace
}  // namespace notify
