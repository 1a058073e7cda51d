#include "app/store_sources.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/secret_box.hpp"
#include "sources/registry.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"
#include "support/temporary_folder.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Stores, AreFoundWhenTheirVariablesAreComplete) {
    const auto found = FindStores({
        {"ICONIK_APP_ID", "app"},
        {"ICONIK_ACCESS_TOKEN", "canary-1"},
        {"DATACORE_ENDPOINT", "https://swarm.example"},
        {"DATACORE_TOKEN", "canary-2"},
    });
    ASSERT_EQ(found.complete.size(), 2U);
    EXPECT_EQ(
        found.complete[0].config,
        R"({"endpoint":"https://app.iconik.io","credentials":{"access_key":"ICONIK_APP_ID","secret_key":"ICONIK_ACCESS_TOKEN"}})"
    );
    EXPECT_EQ(
        found.complete[1].config,
        R"({"endpoint":"https://swarm.example","credentials":{"token":"DATACORE_TOKEN"}})"
    );
    EXPECT_THAT(found.sentences, IsEmpty());
}

TEST(Stores, OfIconikAreWhereTheSettingsSay) {
    const auto found = FindStores(
        {{"ICONIK_APP_ID", "app"}, {"ICONIK_ACCESS_TOKEN", "t"}, {"ICONIK_URL", "https://eu.iconik.io"}}
    );
    ASSERT_EQ(found.complete.size(), 1U);
    EXPECT_THAT(found.complete[0].config, HasSubstr(R"("endpoint":"https://eu.iconik.io")"));
}

TEST(Stores, OfDatacoreMayBeReachedWithTheKeysOfS3) {
    const auto found = FindStores({
        {"DATACORE_ENDPOINT", "https://swarm.example"},
        {"AWS_ACCESS_KEY", "canary-1"},
        {"AWS_SECRET_KEY", "canary-2"},
    });
    ASSERT_EQ(found.complete.size(), 1U);
    EXPECT_THAT(found.complete[0].config, HasSubstr(R"("secret_key":"AWS_SECRET_KEY")"));
    EXPECT_THAT(found.complete[0].config, Not(HasSubstr("canary")));
}

TEST(Stores, SayWhatIsMissing) {
    EXPECT_THAT(
        FindStores({{"ICONIK_APP_ID", "app"}}).sentences,
        ElementsAre("ICONIK_APP_ID is set, but ICONIK_ACCESS_TOKEN is not: there is no source for ICONIK")
    );
    EXPECT_THAT(
        FindStores({{"DATACORE_ENDPOINT", "https://a"}, {"AWS_ACCESS_KEY", "k"}}).sentences,
        ElementsAre(HasSubstr("DATACORE_TOKEN (or AWS_ACCESS_KEY with AWS_SECRET_KEY) is not"))
    );
    EXPECT_THAT(
        FindStores({{"DATACORE_TOKEN", "t"}}).sentences, ElementsAre(HasSubstr("DATACORE_ENDPOINT is not"))
    );
    const auto nothing = FindStores({{"ICONIK_APP_ID", ""}, {"AWS_ACCESS_KEY", "k"}});
    EXPECT_THAT(nothing.sentences, IsEmpty());
    EXPECT_TRUE(nothing.complete.empty());
}

TEST(Stores, AQueueIsFoundWithTheKeysOfAmazonAndTakesItsRegionFromItsUrl) {
    const auto found = FindStores({
        {"SQS_QUEUE_URL", "https://sqs.us-east-2.amazonaws.com/123456789012/Webhook-Requeue"},
        {"SQS_MODE", "interval"},
        {"SQS_POLL_INTERVAL", "90"},
        {"AWS_REGION", "us-east-1"},
        {"AWS_ACCESS_KEY", "canary-1"},
        {"AWS_SECRET_KEY", "canary-2"},
    });
    ASSERT_EQ(found.complete.size(), 1U);
    EXPECT_EQ(found.complete[0].kind, "sqs");
    EXPECT_EQ(
        found.complete[0].config,
        R"({"queue_url":"https://sqs.us-east-2.amazonaws.com/123456789012/Webhook-Requeue","mode":"interval",)"
        R"("poll_interval_s":90})"
    );
    EXPECT_THAT(found.sentences, IsEmpty());
}

TEST(Stores, AQueueElsewhereNeedsItsRegionAndItsKeys) {
    auto values = std::map<std::string, std::string, std::less<>>{
        {"SQS_QUEUE_URL", "http://127.0.0.1:9324/000000000000/events"},
        {"AWS_ACCESS_KEY", "k"},
        {"AWS_SECRET_KEY", "s"},
    };
    EXPECT_THAT(
        FindStores(values).sentences, ElementsAre(HasSubstr("SQS_QUEUE_URL is set, but AWS_REGION is"))
    );
    values["AWS_REGION"] = "eu-west-1";
    EXPECT_THAT(FindStores(values).complete.at(0).config, HasSubstr(R"("region":"eu-west-1")"));
    values.erase("AWS_SECRET_KEY");
    EXPECT_THAT(FindStores(values).sentences, ElementsAre(HasSubstr("but AWS_SECRET_KEY is not")));
    EXPECT_TRUE(FindStores(values).complete.empty());
    EXPECT_THAT(
        FindStores({{"SQS_ENDPOINT", "http://127.0.0.1:9324"}}).sentences,
        ElementsAre(HasSubstr("SQS_ENDPOINT is set, but SQS_QUEUE_URL is not"))
    );
}

TEST(Stores, AUrlThatIsNoQueueMakesNoSourceAndIsTold) {
    const auto found = FindStores({
        {"SQS_QUEUE_URL", "https://sqs.us-east-2.amazonaws.com/"},
        {"AWS_REGION", "us-east-2"},
        {"AWS_ACCESS_KEY", "k"},
        {"AWS_SECRET_KEY", "s"},
    });
    EXPECT_TRUE(found.complete.empty());
    EXPECT_THAT(found.sentences, ElementsAre(HasSubstr("must be the whole URL of the queue")));
}

TEST(Stores, BecomeSourcesOnce) {
    const testing::TemporaryFolder folder;
    const SystemClock clock;
    const auto box = SecretBox::Open(folder.Path() / "key").value();
    const auto storage = OpenSqliteStorage(folder.Path() / "database", box, clock).value();
    const std::vector<StoreSettings> stores{
        {.kind = "iconik", .config = R"({"endpoint":"https://app.iconik.io"})"}
    };
    const SourceRegistry registry({.data_dir = folder.Path(), .access = nullptr}, clock);
    ASSERT_TRUE(EnsureStoreSources(*storage, registry, stores, clock.Now()));
    ASSERT_TRUE(EnsureStoreSources(*storage, registry, stores, clock.Now()));
    const auto sources =
        storage->Read([](const Snapshot& snapshot) { return snapshot.sources.List(); }).value();
    ASSERT_EQ(sources.size(), 1U);
    EXPECT_EQ(sources[0].kind, "iconik");
    EXPECT_THAT(sources[0].config, HasSubstr(R"("endpoint":"https://app.iconik.io")"));
}

}  // namespace
}  // namespace notify
