// /v1/buckets: what a bucket may be, alone and beside others.

#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/scan.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/scan_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::JsonOf;

class BucketsTest : public testing::ApiTest {
protected:
    /// Adds a bucket over the folder, which is made when it is not there.
    Response Add(const std::filesystem::path& folder, const std::string& more = {}) {
        std::filesystem::create_directories(folder);
        return Ask("POST", "/v1/buckets", fmt::format(R"({{"location":"{}"{}}})", folder.string(), more));
    }
};

TEST_F(BucketsTest, AreMadeWithTheirRulesOrNotAtAll) {
    const auto refused = Add(folder_.Path() / "faces", R"(,"rules":[{"processor":"facial-recognition"}])");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), "/rules/0/biometric_basis");
    EXPECT_EQ(Ask("GET", "/v1/buckets/faces").status, 404);
    ASSERT_EQ(
        Add(
            folder_.Path() / "faces",
            R"(,"rules":[{"processor":"FacialRecognition","biometric_basis":"consent"},{"processor":"checksum"}])"
        )
            .status,
        201
    );
    const auto rules = Expect(200, "GET", "/v1/buckets/faces").at("rules").as_array();
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[0].at("processor").as_string(), "facial-recognition");
    EXPECT_EQ(rules[0].at("biometric_basis").as_string(), "consent");
}

TEST_F(BucketsTest, OfIconikAreCollectionsSearchesOrAllAssetsAndPublishNoFiles) {
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.sources.Add(
            {.id = SourceId("src_1"),
             .kind = "iconik",
             .name = "iconik",
             .config = R"({"endpoint":"https://iconik.example"})",
             .created_at = clock_.Now()}
        );
    }));
    const auto add = [&](std::string_view location, std::string_view more) {
        return Ask(
            "POST",
            "/v1/buckets",
            fmt::format(
                R"({{"location":"{}","kind":"iconik","active":false,"backlog":{{"policy":"process"}}{}}})",
                location,
                more
            )
        );
    };
    const auto assets = add("assets", "");
    ASSERT_EQ(assets.status, 201) << assets.body;
    EXPECT_EQ(JsonOf(assets).at("scan_interval_seconds").to_number<int>(), 3600);
    EXPECT_TRUE(JsonOf(assets).at("publish").as_bool());
    EXPECT_THAT(
        add("assets", R"(,"name":"b","publishing":{"formats":["csv"]})").body, HasSubstr("/publishing")
    );
    const auto refused = Ask(
        "POST", "/v1/buckets", R"({"location":"a collection","kind":"iconik","backlog":{"policy":"process"}})"
    );
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), "/location");
}

TEST_F(BucketsTest, MayNotOverlapAnotherNotEvenThroughALink) {
    const auto in = folder_.Path() / "in";
    ASSERT_EQ(Add(in).status, 201);
    std::filesystem::create_directory_symlink(in, folder_.Path() / "link");
    for (const auto& folder : {in, in / "sub", folder_.Path() / "link", folder_.Path() / "link" / "sub"}) {
        const auto refused = Add(folder, R"(,"name":"other")");
        EXPECT_EQ(refused.status, 409) << folder;
        EXPECT_THAT(refused.body, HasSubstr("bucket 'in'")) << folder;
    }
    const auto sub = folder_.Path() / "deep" / "sub";
    ASSERT_EQ(Add(sub).status, 201);
    EXPECT_EQ(Add(sub.parent_path()).status, 409);
    EXPECT_EQ(Add(folder_.Path() / "in2").status, 201);  // a name that only begins alike
}

TEST_F(BucketsTest, TellWhenTheyAreScannedNextByTheirSchedule) {
    ASSERT_EQ(
        Add(
            folder_.Path() / "in",
            R"(,"schedule":{"cron":"30 2 * * *","windows":["Mon-Sun 20:00-06:00"],"time_zone":"Europe/Zurich"})"
        )
            .status,
        201
    );
    auto bucket = Expect(200, "GET", "/v1/buckets/in");
    EXPECT_THAT(std::string(bucket.at("next_scan_at").as_string()), ::testing::EndsWith("T01:30:00.000Z"));
    EXPECT_EQ(bucket.at("schedule").at("cron").as_string(), "30 2 * * *");
    EXPECT_EQ(bucket.at("schedule").at("windows").as_array().size(), 1U);
    bucket = Expect(200, "PATCH", "/v1/buckets/in", R"({"active":false})");
    EXPECT_TRUE(bucket.at("next_scan_at").is_null());
    EXPECT_EQ(bucket.at("schedule").at("time_zone").as_string(), "Europe/Zurich")
        << "what is not given stays";
}

TEST_F(BucketsTest, TellHowFarAScanInRangesIsByTheFirstThatIsNotDone) {
    const BucketId id(AddBucket());
    const auto put = [&](bool first_done, const std::string& position) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.scans
                .Put(id, {.started_at = clock_.Now(), .scope = "all", .position = {}, .seen = 7})
                .and_then([&] {
                    return transaction.scans.PutRanges(
                        id,
                        {{.after = "", .through = "m/", .position = "m/", .done = first_done},
                         {.after = "m/", .through = {}, .position = position}}
                    );
                });
        }));
    };
    const auto position = [&] {
        return std::string(
            Expect(200, "GET", "/v1/buckets/" + id.Value()).at("scan").at("position").as_string()
        );
    };
    put(true, "n/5");
    EXPECT_EQ(position(), "n/5");
    put(true, "");
    EXPECT_EQ(position(), "m/") << "it has just begun";
}

TEST_F(BucketsTest, AreRefusedWithASchedulOrFiltersThatMeanNothing) {
    AddBucket();
    const std::vector<std::pair<std::string, std::string>> faults{
        {R"({"schedule":{"cron":"61 * * * *"}})", "/schedule/cron"},
        {R"({"schedule":{"windows":["Sat","Mon-Fry"]}})", "/schedule/windows/1"},
        {R"({"schedule":{"time_zone":"Mars/Olympus"}})", "/schedule/time_zone"},
        {R"({"filters":{"min_bytes":2,"max_bytes":1}})", "/filters/max_bytes"},
        {R"({"filters":{"min_age_seconds":60,"max_age_seconds":60}})", "/filters/max_age_seconds"},
        {R"({"filters":{"media_types":["video"]}})", "/filters/media_types/0"},
    };
    for (const auto& [body, pointer] : faults) {
        const auto refused = Ask("PATCH", "/v1/buckets/in", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), pointer) << refused.body;
    }
    EXPECT_EQ(Ask("POST", "/v1/buckets", R"({"location":"/","schedule":{"cron":"x"}})").status, 400);
}

TEST_F(BucketsTest, AreListedBySeveralStreamsOnlyWhereTheListingMayBeCut) {
    for (const auto* kind : {"s3", "object_matrix", "datacore"}) {
        const auto name = std::string(kind);
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(
                {.id = SourceId("src_" + name),
                 .kind = name,
                 .name = name,
                 .config = R"({"endpoint":"http://127.0.0.1:9"})",
                 .created_at = clock_.Now()}
            );
        }));
        const auto add = [&](const std::string& streams) {
            return Ask(
                "POST",
                "/v1/buckets",
                R"({"location":"media","active":false,"backlog":{"policy":"process"},"kind":")" + name +
                    R"(","source":")" + name + R"(","name":")" + name + R"(","scan_streams":)" + streams + "}"
            );
        };
        EXPECT_EQ(add("17").status, 400);
        EXPECT_EQ(add("0").status, 400);
        const auto added = add("4");
        if (name == "datacore") {
            EXPECT_EQ(added.status, 400);
            EXPECT_EQ(JsonOf(added).at("pointer").as_string(), "/scan_streams");
            EXPECT_THAT(added.body, HasSubstr("a datacore bucket is listed as a whole, by one stream"));
            EXPECT_EQ(add("1").status, 201);
            EXPECT_EQ(Ask("PATCH", "/v1/buckets/datacore", R"({"scan_streams":2})").status, 400);
        } else {
            EXPECT_EQ(added.status, 201) << added.body;
            EXPECT_EQ(Expect(200, "GET", "/v1/buckets/" + name).at("scan_streams").to_number<int>(), 4);
        }
    }
}

TEST_F(BucketsTest, CountInAScanWhatTheirFiltersLeaveOut) {
    const auto folder = folder_.Path() / "in";
    ASSERT_EQ(
        Add(folder, R"(,"filters":{"media_types":["video/*"]},"settle_seconds":0,"sequences":false)").status,
        201
    );
    for (const auto* name : {"a.mp4", "b.jpg", "c.txt"}) {
        std::ofstream(folder / name) << "media";
    }
    const auto scan = Expect(200, "POST", "/v1/buckets/in/scan");
    EXPECT_EQ(scan.at("seen").to_number<int>(), 3);
    EXPECT_EQ(scan.at("added").to_number<int>(), 1);
    EXPECT_EQ(scan.at("filtered").to_number<int>(), 2);
    EXPECT_FALSE(Expect(200, "GET", "/v1/buckets/in").at("sequences").as_bool());
}

TEST_F(BucketsTest, BreakOffAScanWhenTheServiceStops) {
    AddBucket();
    std::stop_source source;
    static_cast<void>(source.request_stop());
    Request request{.method = "POST", .path = "/v1/buckets/in/scan"};
    request.stop = source.get_token();
    EXPECT_EQ(router_->Handle(request, true).status, 503);
}

}  // namespace
}  // namespace notify
