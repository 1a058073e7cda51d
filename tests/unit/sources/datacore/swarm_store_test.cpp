// A source of kind datacore: which door its token opens, and what it does behind it.

#include "sources/datacore/swarm_store.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "fakes/fake_store.hpp"
#include "fakes/s3_server.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/object_source.hpp"
#include "sources/source.hpp"

namespace notify::datacore {
namespace {

using notify::testing::FakeS3;
using notify::testing::FakeSwarm;
using notify::testing::kFakeToken;

const Secret kTokenId{.token = std::string(kFakeToken)};
const Secret kKeyPair{.access_key = "AKTEST", .secret_key = "SecretForTests"};

class DatacoreSourceTest : public ::testing::Test {
protected:
    void Give(const std::string& endpoint, std::vector<Secret> secrets) {
        const std::scoped_lock lock(mutex_);
        access_.source.config = fmt::format(R"({{"endpoint": "{}", "domain": "media.example"}})", endpoint);
        access_.secrets = std::move(secrets);
    }

    Result<std::vector<FoundObject>> Scan() {
        std::vector<FoundObject> found;
        return source_
            .Scan(
                {.bucket = bucket_, .start_after = {}},
                [&](FoundObject object) -> Result<void> {
                    found.push_back(std::move(object));
                    return {};
                },
                {}
            )
            .map([&](const ScanReport&) { return found; });
    }

    void Put(const std::string& key, std::string_view bytes) {
        SystemClock clock;
        NativeClient client(
            ReadNativeSettings(access_.source.config).value(),
            [](const std::string* /*refused*/) { return std::string(kFakeToken); },
            clock
        );
        ASSERT_TRUE(client.Write("media", key, bytes, {.content_type = "video/mxf"}, {}).has_value());
    }

    static Item ItemOf(const FoundObject& found) {
        return {.key = found.key, .version = found.version, .size_bytes = found.size_bytes};
    }

    FakeSwarm swarm_;
    SystemClock clock_;
    std::mutex mutex_;
    SourceAccess access_{
        .source = {.id = SourceId("src_1"), .kind = "datacore", .name = "news"}, .secrets = {}
    };
    const Bucket bucket_{
        .id = BucketId("bkt_1"),
        .source_id = SourceId("src_1"),
        .kind = "datacore",
        .name = "media",
        .location = "media/in/",
        .settle_time = std::chrono::milliseconds(0)
    };
    objects::ObjectSource source_{
        [this](const SourceId& /*id*/) -> Result<SourceAccess> {
            const std::scoped_lock lock(mutex_);
            return access_;
        },
        ConnectStore,
        clock_,
        objects::ObjectSource::Listing::kWhole
    };
};

TEST_F(DatacoreSourceTest, ATokensIdIsForSwarmsOwnApi) {
    Give(swarm_.Url(), {kTokenId});
    Put("in/a.mxf", "0123456789");
    Put("in/folder/", "");
    Put("out/b.mxf", "x");
    ASSERT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
    const auto found = Scan().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].key, "in/a.mxf");
    const auto item = ItemOf(found[0]);
    const auto opened = source_.Open(bucket_, item, {}).value();
    std::string bytes(4, '\0');
    EXPECT_EQ(opened.reader->ReadAt(3, std::as_writable_bytes(std::span(bytes))).value(), 4U);
    EXPECT_EQ(bytes, "3456");
    const PublicationTarget target{.place = {}, .key = "in/a.mxf.csv", .media_type = "text/csv"};
    EXPECT_FALSE(source_.StartOfPublished(bucket_, target, {}).value().has_value());
    ASSERT_TRUE(source_.Publish(bucket_, item, target, R"({"item":1})", {}).has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), R"({"item":1})");
    EXPECT_EQ(Scan().value().size(), 2U);
    ASSERT_TRUE(source_.RemovePublished(bucket_, target, {}).has_value());
    EXPECT_FALSE(source_.StartOfPublished(bucket_, target, {}).value().has_value());
}

TEST_F(DatacoreSourceTest, AKeyPairIsForS3AndASourceMayChangeOver) {
    Give(swarm_.Url(), {kTokenId});
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
    const FakeS3 s3;
    Give(s3.Url(), {kKeyPair, kTokenId});
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
    EXPECT_EQ(s3.Seen().at("requests").as_int64(), 1);
    Give(swarm_.Url(), {kTokenId, kKeyPair});
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
    EXPECT_EQ(s3.Seen().at("requests").as_int64(), 1);
}

TEST_F(DatacoreSourceTest, AnObjectThatWasReplacedIsAnotherVersion) {
    Give(swarm_.Url(), {kTokenId});
    Put("in/a.mxf", "first");
    const auto old = Scan().value().at(0);
    Put("in/a.mxf", "other");
    EXPECT_NE(Scan().value().at(0).version, old.version);
    EXPECT_EQ(source_.Open(bucket_, ItemOf(old), {}).error().code, ErrorCode::kConflict);
}

TEST_F(DatacoreSourceTest, NothingIsPublishedBesideMediaThatIsGone) {
    Give(swarm_.Url(), {kTokenId});
    const PublicationTarget target{.place = {}, .key = "in/gone.mxf.csv", .media_type = "text/csv"};
    EXPECT_EQ(
        source_.Publish(bucket_, {.key = "in/gone.mxf"}, target, "{}", {}).error().code, ErrorCode::kNotFound
    );
}

TEST_F(DatacoreSourceTest, ATokenThatEndsIsSaidAndTheNextOneTakenWithTheNextRequest) {
    Give(swarm_.Url(), {kTokenId});
    Put("in/a.mxf", "x");
    EXPECT_EQ(Scan().value().size(), 1U);
    swarm_.Set(R"({"tokens": {"0123456789abcdef0123456789abcdef": -1, "fresh": 3600}})");
    EXPECT_EQ(Scan().error().reason, objects::kCredentialsExpired);
    Give(swarm_.Url(), {{.token = "fresh"}, kTokenId});
    EXPECT_EQ(Scan().value().size(), 1U);
}

TEST_F(DatacoreSourceTest, AWrongConfigurationNamesItsSource) {
    Give("ftp://swarm.example", {kTokenId});
    const auto error = source_.CheckBucket(bucket_, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.reason, objects::kBadNetworkSetup);
    EXPECT_NE(error.message.find("news"), std::string::npos);
}

}  // namespace
}  // namespace notify::datacore
