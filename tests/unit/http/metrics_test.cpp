// /metrics.

#include <chrono>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class MetricsTest : public testing::ApiTest {
protected:
    std::string Scrape() { return "\n" + AskAs(read_key_, "GET", "/metrics").body; }
};

TEST_F(MetricsTest, CountItemsByBucketAndStatusAndProcessesByProcessor) {
    AddBucket("in");
    Discover("a.mp4");
    const auto text = Scrape();
    EXPECT_THAT(text, HasSubstr("\nnotifications_items{bucket=\"in\",status=\"Pending\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_items{bucket=\"in\",status=\"Failed\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_processes{processor=\"checksum\",status=\"Pending\"} 1\n"));
}

TEST_F(MetricsTest, SayWhatWaitsAndSinceWhen) {
    EXPECT_THAT(Scrape(), HasSubstr("\nnotifications_oldest_pending_seconds 0\n"));
    AddBucket("in");
    Discover("a.mp4");
    clock_.Advance(std::chrono::seconds(90));
    const auto text = Scrape();
    EXPECT_THAT(text, HasSubstr("\nnotifications_queue_ready 1\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_queue_delayed 0\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_oldest_pending_seconds 90\n"));
}

TEST_F(MetricsTest, CountDeliveriesByKindAndStatus) {
    Expect(201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/"})");
    Append("item.completed");
    EXPECT_THAT(Scrape(), HasSubstr("\nnotifications_deliveries{kind=\"webhook\",status=\"Pending\"} 1\n"));
}

TEST_F(MetricsTest, TellOfWorkersChildrenAndTheProgram) {
    const auto text = Scrape();
    EXPECT_THAT(text, HasSubstr("\nnotifications_workers 3\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_workers_busy 2\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_children_started_total 5\n"));
    EXPECT_THAT(text, HasSubstr("\nnotifications_build_info{version=\""));
}

TEST_F(MetricsTest, EscapeTheNamesOfBuckets) {
    std::filesystem::create_directories(folder_.Path() / "in");
    Expect(
        201,
        "POST",
        "/v1/buckets",
        fmt::format(R"({{"location":"{}","name":"say \"hi\""}})", (folder_.Path() / "in").string())
    );
    EXPECT_THAT(Scrape(), HasSubstr(R"(bucket="say \"hi\"",)"));
}

}  // namespace
}  // namespace notify
