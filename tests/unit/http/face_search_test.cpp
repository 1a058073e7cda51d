// POST /v1/faces/search: what the audit has of it.

#include "people/face_search.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

class FaceSearchRouteTest : public testing::ApiTest {
protected:
    /// What the audit has newest, after a search that ends with that status.
    boost::json::value NotedAfter(int status) {
        const auto key = MakeKey({"people"});
        EXPECT_EQ(AskAs(key, "POST", "/v1/faces/search", R"({"base64":"AAAA"})").status, status);
        auto row = Expect(200, "GET", "/v1/audit?limit=1").at("rows").at(0);
        EXPECT_EQ(row.at("actor").as_string(), IdOfKey(key));
        EXPECT_EQ(row.at("action"), "face.search");
        return row;
    }
};

TEST_F(FaceSearchRouteTest, IsNotedWithHowManyFacesThereWere) {
    search_faces_ = [](std::string_view, std::size_t, double) { return std::vector<FaceAnswer>(2); };
    EXPECT_EQ(NotedAfter(200).at("detail"), "faces in the picture: 2");
}

TEST_F(FaceSearchRouteTest, IsNotedWhenThePictureCannotBeRead) {
    search_faces_ = [](std::string_view, std::size_t, double) -> Result<std::vector<FaceAnswer>> {
        return Fail(ErrorCode::kUnsupported, "it is no picture");
    };
    EXPECT_EQ(NotedAfter(422).at("detail"), "no answer: unsupported");
}

TEST_F(FaceSearchRouteTest, IsNotedWhenNobodyCouldLookAtThePicture) {
    search_faces_ = [](std::string_view, std::size_t, double) -> Result<std::vector<FaceAnswer>> {
        return Fail(ErrorCode::kUnavailable, "no child could be started");
    };
    EXPECT_EQ(NotedAfter(503).at("detail"), "no answer: unavailable");
}

}  // namespace
}  // namespace notify
