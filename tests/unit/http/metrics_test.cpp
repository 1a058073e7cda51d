// /metrics.

#include <chrono>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/node_repository.hpp"
#include "storage/storage.hpp"
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

TEST_F(MetricsTest, TellOfNodesEndpointsPausesAndHeldBuckets) {
    AddBucket("in");
    const Node node{
        .id = NodeId("nod_1"),
        .name = "one",
        .host = "localhost",
        .version = "1",
        .roles = Roles().With(Role::kWorker),
        .started_at = clock_.Now(),
        .heard_at = clock_.Now()
    };
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        const auto bucket = transaction.buckets.List()->front().id;
        return transaction.nodes.Join(node).and_then([&] {
            return transaction.buckets.Hold(
                bucket, {.until = clock_.Now(), .reason = "credentials_refused", .sentence = "no", .times = 1}
            );
        });
    }));
    Expect(201, "POST", "/v1/pauses", R"({"of":"everything","reason":"we move"})");
    Expect(201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/"})");
    clock_.Advance(std::chrono::seconds(4));
    const auto text = Scrape();
    for (const auto* line : {
             "notifications_nodes{role=\"worker\"} 1",
             "notifications_nodes{role=\"scheduler\"} 0",
             "notifications_node_silent_seconds{node=\"one\"} 4",
             "notifications_duty_held{duty=\"delivery\"} 0",
             "notifications_bucket_held{bucket=\"in\",reason=\"credentials_refused\"} 1",
             "notifications_pauses{of=\"everything\"} 1",
             "notifications_webhook_endpoints{state=\"active\"} 1",
             "notifications_webhook_endpoints{state=\"disabled\"} 0",
             "notifications_dead_messages 0",
         }) {
        EXPECT_THAT(text, HasSubstr(fmt::format("\n{}\n", line)));
    }
}

TEST_F(MetricsTest, CountWhatEverEndedFromZeroOn) {
    const auto deliveries = [](std::string_view status, int count) {
        return fmt::format(
            "\nnotifications_deliveries_ended_total{{kind=\"webhook\",status=\"{}\"}} {}\n", status, count
        );
    };
    EXPECT_THAT(Scrape(), HasSubstr(deliveries("Failed", 0)));
    AddBucket();
    const auto item = Discover("a.mxf");
    const auto processes = [](std::string_view status, int count) {
        return fmt::format(
            "\nnotifications_processes_ended_total{{processor=\"checksum\",status=\"{}\"}} {}\n",
            status,
            count
        );
    };
    EXPECT_THAT(Scrape(), HasSubstr(processes("Cancelled", 0)));
    Expect(202, "POST", "/v1/items/" + item + "/cancel");
    EXPECT_THAT(Scrape(), HasSubstr(processes("Cancelled", 1)));
    const auto endpoint = Expect(201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/"})").at("id");
    Expect(202, "POST", "/v1/webhooks/" + std::string(endpoint.as_string()) + "/test");
    FinishDeliveries(Status::kFailed);
    EXPECT_THAT(Scrape(), HasSubstr(deliveries("Failed", 1)));
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
