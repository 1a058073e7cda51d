#include "sources/iconik/asset.hpp"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "sources/iconik/ids.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

Result<Asset> Read(std::string_view json) {
    return ReadAsset(boost::json::parse(json).as_object());
}

TEST(IconikId, IsAUuidAndNothingElse) {
    EXPECT_TRUE(IsId(kAsset));
    EXPECT_TRUE(IsId("AAAAAAAA-bbbb-4ccc-8ddd-0123456789EF"));
    for (const auto* const text :
         {"",
          "22222222-2222-4222-8222-22222222222",
          "22222222-2222-4222-8222-22222222222/",
          "../../../assets/v1/assets/1234567890ab",
          "22222222x2222-4222-8222-222222222222"}) {
        EXPECT_FALSE(IsId(text)) << text;
    }
}

TEST(IconikAsset, CountsTheNewestVersionThatIsThere) {
    const auto asset =
        Read(R"({"id": "22222222-2222-4222-8222-222222222222", "title": "clip.mxf", "type": "ASSET",
        "status": "ACTIVE", "date_modified": "2026-11-28T17:48:50.239878", "versions": [
        {"id": "aaaaaaaa-2222-4222-8222-222222222222", "version_number": 2, "status": "ACTIVE"},
        {"id": "bbbbbbbb-2222-4222-8222-222222222222", "version_number": 1, "status": "ACTIVE"},
        {"id": "cccccccc-2222-4222-8222-222222222222", "version_number": 3, "status": "IN_PROGRESS"}]})");
    ASSERT_TRUE(asset.has_value());
    EXPECT_EQ(asset->version, "aaaaaaaa-2222-4222-8222-222222222222");
    EXPECT_EQ(ToRfc3339(asset->modified_at), "2026-11-28T17:48:50.000Z");
    EXPECT_FALSE(asset->archived);
}

TEST(IconikAsset, IsArchivedWhenItSaysSoOrIsOffline) {
    EXPECT_TRUE(
        Read(R"({"id": "22222222-2222-4222-8222-222222222222", "archive_status": "ARCHIVED"})")->archived
    );
    EXPECT_TRUE(Read(R"({"id": "22222222-2222-4222-8222-222222222222", "is_online": false})")->archived);
}

TEST(IconikAsset, IsReadWhateverTypesItsMembersHave) {
    EXPECT_FALSE(Read(R"({"id": 7})").has_value());
    const auto asset =
        Read(R"({"id": "22222222-2222-4222-8222-222222222222", "title": 7, "versions": [1, {"id": "x"}],
        "in_collections": {"a": 1}, "date_modified": "yesterday", "is_online": "no"})");
    ASSERT_TRUE(asset.has_value());
    EXPECT_EQ(asset->version, "");
    EXPECT_EQ(asset->type, "ASSET");
}

TEST_F(IconikTest, AnAssetThatWasDeletedIsNotThere) {
    Make(R"("status": "DELETED")");
    EXPECT_EQ(GetAsset(client_, std::string(kAsset), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(IconikTest, WhatIsNoIdIsNotAskedFor) {
    EXPECT_EQ(GetAsset(client_, "../../jobs/v1/jobs", {}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(Requests(), 0);
}

}  // namespace
}  // namespace notify::iconik
