#include "app/commands/bodies.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/commands/bucket_options.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class BodiesTest : public ::testing::Test {
protected:
    BodiesTest() { std::filesystem::create_directories(folder_); }

    ~BodiesTest() override { std::filesystem::remove_all(folder_); }

    void Write(const std::string& name, const std::string& text = "photo") const {
        std::ofstream(folder_ / name) << text;
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("bodies." + std::to_string(::getpid()));
};

TEST_F(BodiesTest, OfAnEnrolmentHoldThePhotosOfAFolderByName) {
    for (const auto* name : {"b.JPG", "a.png", "notes.txt", ".hidden.jpg"}) {
        Write(name);
    }
    std::filesystem::create_directories(folder_ / "deeper.jpg");
    Write("single");
    const auto body = EnrolmentBody({.name = "Ada", .photos = {folder_, folder_ / "single"}});
    ASSERT_TRUE(body) << body.error().message;
    std::string names;
    for (const auto& photo : body->at("photos").as_array()) {
        names += std::string(photo.at("file_name").as_string()) + " ";
        EXPECT_FALSE(photo.as_object().contains("face"));
    }
    EXPECT_EQ(names, "a.png b.JPG single ");
}

TEST_F(BodiesTest, OfAnEnrolmentRefuseAFolderWithoutPhotosAndAFaceThatIsNoPoint) {
    const auto empty = EnrolmentBody({.name = "Ada", .photos = {folder_}});
    ASSERT_FALSE(empty);
    EXPECT_THAT(empty.error().message, HasSubstr("there is no photo"));
    Write("a.jpg");
    for (const auto* face : {"1", "1,", "1,2,3", "nan,1", "1;2"}) {
        const auto body = EnrolmentBody({.name = "Ada", .photos = {folder_}, .face = face});
        ASSERT_FALSE(body) << face;
        EXPECT_THAT(body.error().message, HasSubstr("X,Y"));
    }
    EXPECT_TRUE(EnrolmentBody({.name = "Ada", .photos = {folder_}, .face = "10.5,20"}));
}

TEST_F(BodiesTest, OfABucketAskForANameWhenTheFolderHasNone) {
    const auto body = BucketBody({.path = "/"});
    ASSERT_FALSE(body);
    EXPECT_THAT(body.error().message, HasSubstr("--name"));
    EXPECT_TRUE(BucketBody({.path = "/", .name = "all"}));
    EXPECT_TRUE(BucketBody({.path = "/srv/media"}));
}

TEST_F(BodiesTest, OfABucketHoldItsOptionsWhetherItIsAddedOrOnlyLookedInto) {
    const auto body =
        BucketBody({.path = "/srv/media", .options = {.min_bytes = "10MB", .sequences = false}}).value();
    EXPECT_EQ(body.at("filters").at("min_bytes"), 10'000'000);
    EXPECT_EQ(body.at("sequences"), false);
    EXPECT_FALSE(BucketBody({.path = "/srv/media"})->contains("filters"));
}

/// What the options put into a body, as text.
std::string OptionsOf(const OptionWords& words, const boost::json::object& there = {}) {
    boost::json::object body;
    PutBucketOptions(words, there, body);
    return boost::json::serialize(body);
}

TEST_F(BodiesTest, OfABucketHoldItsFiltersAndScheduleAsTheApiWantsThem) {
    EXPECT_EQ(OptionsOf({}), "{}");
    EXPECT_EQ(
        OptionsOf(
            {.cron = "@daily",
             .windows = {"Mon-Fri 20:00-06:00", "Sat,Sun"},
             .time_zone = "Europe/Zurich",
             .min_bytes = "10MB",
             .max_age = "7d",
             .media_types = {"video/*"},
             .sequences = false,
             .dedupe = "off",
             .scan_streams = 4,
             .unnamed_days = "7"}
        ),
        R"({"filters":{"min_bytes":10000000,"max_age_seconds":604800,"media_types":["video/*"]},)"
        R"("schedule":{"cron":"@daily","time_zone":"Europe/Zurich","windows":["Mon-Fri 20:00-06:00","Sat,Sun"]},)"
        R"("sequences":false,"dedupe":"off","scan_streams":4,"retention":{"unnamed_days":7}})"
    );
}

TEST_F(BodiesTest, OfAChangeKeepTheFiltersThatAreNotGivenAndTakeAwayWhatIsEmpty) {
    const auto there =
        boost::json::parse(
            R"({"filters":{"min_bytes":5,"max_bytes":null,"min_age_seconds":60,"media_types":["image/"]},)"
            R"("schedule":{"cron":"@hourly","windows":["Sun"],"time_zone":"UTC"}})"
        )
            .as_object();
    EXPECT_EQ(
        OptionsOf({.min_bytes = "", .max_bytes = "1GiB"}, there),
        R"({"filters":{"media_types":["image/"],"min_age_seconds":60,"max_bytes":1073741824}})"
    );
    EXPECT_EQ(
        OptionsOf({.cron = "", .windows = {""}, .media_types = {""}}, there),
        R"({"filters":{"min_bytes":5,"min_age_seconds":60,"media_types":[]},)"
        R"("schedule":{"cron":"","windows":[],"time_zone":"UTC"}})"
    );
}

TEST_F(BodiesTest, OfABucketsPublishingKeepWhatIsNotGiven) {
    const boost::json::object there{
        {"formats", boost::json::array{"csv"}}, {"bucket", "results"}, {"prefix", "in/"}
    };
    EXPECT_EQ(PublishingBody({}, there), std::nullopt);
    const auto formats = PublishingBody({.publish_formats = {"vtt", "edl"}}, there).value();
    EXPECT_EQ(formats.at("formats"), (boost::json::array{"vtt", "edl"}));
    EXPECT_EQ(formats.at("prefix"), "in/");
    EXPECT_EQ(PublishingBody({.publish_formats = {""}}, there)->at("formats"), boost::json::array());
    const auto place = PublishingBody({.results_bucket = "other"}, there).value();
    EXPECT_EQ(place.at("bucket"), "other");
    EXPECT_FALSE(place.contains("prefix")) << "that was of the place before";
    EXPECT_EQ(PublishingBody({.results_prefix = "x/"}, there)->at("prefix"), "x/");
    const auto carrying = PublishingBody({.publish_metadata = true}, there).value();
    EXPECT_EQ(carrying.at("metadata"), true);
    EXPECT_EQ(carrying.at("prefix"), "in/");
    const auto added = BucketBody({.path = "/srv/media", .publish_formats = {"csv"}}).value();
    EXPECT_EQ(added.at("publishing").at("formats"), boost::json::array{"csv"});
    EXPECT_FALSE(BucketBody({.path = "/srv/media"})->contains("publishing"));
}

TEST_F(BodiesTest, TakeSecondsThatAreNumbersFromNought) {
    for (const auto* good : {"0", "2", "0.5"}) {
        EXPECT_EQ(IsSeconds(good), "") << good;
    }
    for (const auto* bad : {"nan", "inf", "-1", "", "2x", "two"}) {
        EXPECT_NE(IsSeconds(bad), "") << bad;
    }
}

}  // namespace
}  // namespace notify
