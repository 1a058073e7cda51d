// What a bucket may publish, publishing anew, and an item's results as a download.

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/delivery_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;

class PublishingApi : public ApiTest {
protected:
    PublishingApi() { AddBucket(); }

    Response Set(const std::string& publishing, const std::string& bucket = "in") {
        return Ask("PATCH", "/v1/buckets/" + bucket, R"({"publishing":)" + publishing + "}");
    }

    /// Refused with this pointer and words.
    void ExpectRefused(const std::string& publishing, std::string_view pointer, const std::string& words) {
        const auto refused = Set(publishing);
        EXPECT_EQ(refused.status, 400) << refused.body;
        EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), pointer) << refused.body;
        EXPECT_THAT(refused.body, HasSubstr(words));
    }

    std::string Results() {
        std::filesystem::create_directories(folder_.Path() / "results");
        return (folder_.Path() / "results").string();
    }
};

TEST_F(PublishingApi, TakesTheFormatsThereAreAndNamesThemForAnother) {
    ASSERT_EQ(Set(R"({"formats":["csv","avid-markers"]})").status, 200);
    const auto shown = Expect(200, "GET", "/v1/buckets/in").at("publishing");
    EXPECT_EQ(shown.at("formats"), (boost::json::array{"csv", "avid-markers"}));
    EXPECT_EQ(shown.at("prefix"), "");
    ExpectRefused(
        R"({"formats":["csv","xls"]})",
        "/publishing/formats/1",
        "must be one of csv, vtt, edl, avid-markers, face-search, markdown"
    );
    ExpectRefused(R"({"formats":["csv","vtt","csv"]})", "/publishing/formats/2", "csv is there twice");
}

TEST_F(PublishingApi, RefusesMetadataForAFolderWhoseFilesCarryNone) {
    EXPECT_EQ(Expect(200, "GET", "/v1/buckets/in").at("publishing").at("metadata"), false);
    ExpectRefused(
        R"({"formats":[],"metadata":true})", "/publishing/metadata", "files of a folder carry none"
    );
    EXPECT_EQ(Set(R"({"formats":[],"metadata":false})").status, 200);
}

TEST_F(PublishingApi, GivesEachBucketAPartOfThePlaceForResults) {
    const auto place = Results();
    ASSERT_EQ(Set(fmt::format(R"({{"formats":[],"bucket":"{}/./"}})", place)).status, 200);
    const auto shown = Expect(200, "GET", "/v1/buckets/in").at("publishing");
    EXPECT_EQ(shown.at("bucket").as_string(), place);
    EXPECT_EQ(shown.at("prefix"), "in/");
    AddBucket("other");
    const auto refused = Set(fmt::format(R"({{"formats":[],"bucket":"{}","prefix":"in/"}})", place), "other");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("of bucket 'in' could meet under one key"));
    const auto above = Set(fmt::format(R"({{"formats":[],"bucket":"{}","prefix":""}})", place), "other");
    EXPECT_EQ(above.status, 409) << "its key in/x is the other's key x";
    EXPECT_EQ(
        Set(fmt::format(R"({{"formats":[],"bucket":"{}","prefix":"out/"}})", place), "other").status, 200
    );
    EXPECT_EQ(Set(fmt::format(R"({{"formats":["vtt"],"bucket":"{}"}})", place)).status, 200) << "its own";
}

TEST_F(PublishingApi, RefusesAPlaceThatIsNotThereAndPrefixesThatLeaveIt) {
    ExpectRefused(
        fmt::format(R"({{"formats":[],"bucket":"{}/nowhere"}})", folder_.Path().string()),
        "/publishing/bucket",
        "is no folder"
    );
    ExpectRefused(R"({"formats":[],"bucket":"results"})", "/publishing/bucket", "is not an absolute path");
    ExpectRefused(R"({"formats":[],"prefix":"x/"})", "/publishing/prefix", "say that in /publishing/bucket");
    for (const auto* const prefix : {"../", "/", "a//b/", "a/../b", "./a"}) {
        ExpectRefused(
            fmt::format(R"({{"formats":[],"bucket":"{}","prefix":"{}"}})", Results(), prefix),
            "/publishing/prefix",
            "no path inside"
        );
    }
}

TEST_F(PublishingApi, PublishesAnewAndSaysHowManyItemsHaveAnythingToTell) {
    Discover("a.mp4");
    const auto done = Expect(200, "POST", "/v1/buckets/in/publish");
    EXPECT_EQ(done.at("items"), 0);
    EXPECT_EQ(done.at("left_out"), 1) << "it has not ended";
    EXPECT_THAT(AuditActions(), ::testing::Contains("bucket.publish"));
    EXPECT_EQ(Ask("POST", "/v1/buckets/none/publish").status, 404);
    ASSERT_EQ(Ask("PATCH", "/v1/buckets/in", R"({"publish":false})").status, 200);
    const auto refused = Ask("POST", "/v1/buckets/in/publish");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("notifications-api buckets change in --publish"));
}

TEST_F(PublishingApi, GivesAnItemsResultsInAFormatAsADownload) {
    const auto item = Discover("a.mp4");
    const auto json = Ask("GET", "/v1/items/" + item + "/exports/notifications.json");
    EXPECT_EQ(json.status, 200);
    EXPECT_EQ(json.content_type, "application/json");
    EXPECT_EQ(
        HeaderOf(json, "Content-Disposition"),
        fmt::format("attachment; filename=\"{}.notifications.json\"", item)
    );
    EXPECT_EQ(JsonOf(json).at("item").at("key"), "a.mp4");
    const auto csv = Ask("GET", "/v1/items/" + item + "/exports/csv");
    EXPECT_EQ(csv.status, 422);
    EXPECT_THAT(csv.body, HasSubstr("no run that looks for faces has completed"));
    EXPECT_EQ(Ask("GET", "/v1/items/" + item + "/exports/xls").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/items/itm_none/exports/csv").status, 404);
}

}  // namespace
}  // namespace notify::testing
