#include "sources/objects/object_source.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "sources/objects/faults.hpp"
#include "sources/s3/config.hpp"
#include "sources/s3/s3_store.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ObjectSourceTest : public S3ClientTest {
protected:
    ObjectSourceTest() {
        bucket_.id = BucketId("bkt_1");
        bucket_.source_id = SourceId("src_1");
        bucket_.kind = "s3";
        bucket_.location = "media";
        bucket_.settle_time = 0ms;
        access_.source = {.id = bucket_.source_id, .kind = "s3", .name = "store"};
        UseEndpoint(fake_.Url());
        access_.secrets = {GoodSecret()};
    }

    static Secret GoodSecret() { return {.access_key = kGood.access_key, .secret_key = kGood.secret_key}; }

    void UseEndpoint(const std::string& url) { access_.source.config = R"({"endpoint":")" + url + R"("})"; }

    Result<ScanReport> Scan(std::vector<FoundObject>& into, const std::string& start_after = {}) {
        return source_.Scan(
            {.bucket = bucket_, .start_after = start_after},
            [&](FoundObject object) -> Result<void> {
                into.push_back(std::move(object));
                return {};
            },
            {}
        );
    }

    std::vector<std::string> Keys(const std::string& start_after = {}) {
        std::vector<FoundObject> found;
        EXPECT_TRUE(Scan(found, start_after).has_value());
        std::vector<std::string> keys;
        for (auto& object : found) {
            keys.push_back(std::move(object.key));
        }
        return keys;
    }

    /// The item that a scan would make of the object.
    Item Noticed(const std::string& key) {
        std::vector<FoundObject> found;
        EXPECT_TRUE(Scan(found).has_value());
        for (const auto& object : found) {
            if (object.key == key) {
                Item item;
                item.key = key;
                item.version = object.version;
                item.size_bytes = object.size_bytes;
                return item;
            }
        }
        ADD_FAILURE() << key << " was not found";
        return {};
    }

    Bucket bucket_;
    SourceAccess access_;
    objects::ObjectSource source_{
        [this](const SourceId&) { return Result<SourceAccess>(access_); },
        ConnectStore,
        clock_,
        objects::ObjectSource::Listing::kByFolders
    };
};

TEST_F(ObjectSourceTest, ParesALocationIntoBucketAndPrefix) {
    EXPECT_EQ(objects::PlaceOf("media").bucket, "media");
    EXPECT_EQ(objects::PlaceOf("media").prefix, "");
    EXPECT_EQ(objects::PlaceOf("media/a/b").bucket, "media");
    EXPECT_EQ(objects::PlaceOf("media/a/b").prefix, "a/b");
    EXPECT_EQ(objects::PlaceOf("media//x").prefix, "/x");
}

TEST_F(ObjectSourceTest, ScansInOrderFromAKeyOn) {
    for (const auto* key : {"b", "a/2.mxf", "a/1.mxf", "c.notifications.json"}) {
        Put(key, "x");
    }
    EXPECT_TRUE(source_.ListsInOrder());
    EXPECT_THAT(Keys(), ElementsAre("a/1.mxf", "a/2.mxf", "b", "c.notifications.json"));
    EXPECT_THAT(Keys("a/1.mxf"), ElementsAre("a/2.mxf", "b", "c.notifications.json"));
    bucket_.location = "media/a/";
    EXPECT_THAT(Keys(), ElementsAre("a/1.mxf", "a/2.mxf"));
}

TEST_F(ObjectSourceTest, ScansUpToAKey) {
    for (const auto* key : {"a/1.mxf", "a/2.mxf", "b", "b/1.mxf", "c"}) {
        Put(key, "x");
    }
    std::vector<std::string> keys;
    const auto scanned = source_.Scan(
        {.bucket = bucket_, .start_after = "a/1.mxf", .through = "b/"},
        [&](const FoundObject& object) -> Result<void> {
            keys.push_back(object.key);
            return {};
        },
        {}
    );
    ASSERT_TRUE(scanned.has_value());
    EXPECT_EQ(scanned->seen, 2U);
    EXPECT_THAT(keys, ElementsAre("a/2.mxf", "b"));
}

TEST_F(ObjectSourceTest, ListsWhatStandsInAFolder) {
    for (const auto* key : {"in/a/1.mxf", "in/a/2.mxf", "in/b", "in/c d/+/x", "in/z.mxf", "other/x"}) {
        Put(key, "x");
    }
    bucket_.location = "media/in/";
    EXPECT_TRUE(source_.ListsFolders());
    auto listing = source_.ListFolder(bucket_, "", 9, {});
    ASSERT_TRUE(listing.has_value());
    EXPECT_THAT(listing->files, ElementsAre("in/b", "in/z.mxf"));
    EXPECT_THAT(listing->folders, ElementsAre("in/a/", "in/c d/"));
    EXPECT_TRUE(listing->whole);
    EXPECT_EQ(listing->pages, 1);
    listing = source_.ListFolder(bucket_, "in/c d/", 9, {});
    ASSERT_TRUE(listing.has_value());
    EXPECT_THAT(listing->folders, ElementsAre("in/c d/+/"));
}

TEST_F(ObjectSourceTest, ListsALargeFolderPageByPageAndNoFurtherThanAsked) {
    for (const auto* key : {"a/1", "b/1", "b/2", "c", "d/1", "e/1", "f"}) {
        Put(key, "x");
    }
    for (const auto* form : {"false", "true"}) {
        fake_.Set(std::string(R"({"page": 2, "first_form": )") + form + "}");
        auto listing = source_.ListFolder(bucket_, "", 9, {});
        ASSERT_TRUE(listing.has_value());
        EXPECT_THAT(listing->folders, ElementsAre("a/", "b/", "d/", "e/"));
        EXPECT_THAT(listing->files, ElementsAre("c", "f"));
        EXPECT_TRUE(listing->whole);
        EXPECT_EQ(listing->pages, 3);
        listing = source_.ListFolder(bucket_, "", 2, {});
        ASSERT_TRUE(listing.has_value());
        EXPECT_THAT(listing->folders, ElementsAre("a/", "b/", "d/"));
        EXPECT_FALSE(listing->whole);
    }
}

TEST_F(ObjectSourceTest, LeavesOutDirectoryMarkersAndWhatGlobsLeaveOut) {
    Put("a/", "");
    Put("a/x.mxf", "");
    Put("a/x.tmp", "1");
    bucket_.exclude = {"*.tmp"};
    EXPECT_THAT(Keys(), ElementsAre("a/x.mxf"));
}

TEST_F(ObjectSourceTest, MatchesGlobsAgainstTheWholeKeyPrefixIncluded) {
    for (const auto* key : {"incoming/a.mxf", "incoming/day 1/b.mxf", "incoming-old/c.mxf"}) {
        Put(key, "x");
    }
    bucket_.location = "media/incoming/";
    bucket_.include = {"day 1/*"};
    EXPECT_THAT(Keys(), ElementsAre()) << "no path relative to the prefix";
    bucket_.include = {"incoming/day 1/*"};
    EXPECT_THAT(Keys(), ElementsAre("incoming/day 1/b.mxf"));
    bucket_.include = {"*.mxf"};
    EXPECT_THAT(Keys(), ElementsAre("incoming/a.mxf", "incoming/day 1/b.mxf"));
    bucket_.exclude = {"incoming/*"};
    EXPECT_THAT(Keys(), ElementsAre("incoming/day 1/b.mxf"));
}

TEST_F(ObjectSourceTest, TakesAPrefixAsBytesAndNotAsAFolder) {
    for (const auto* key : {"incoming/a.mxf", "incoming-old/c.mxf"}) {
        Put(key, "x");
    }
    bucket_.location = "media/incoming";
    EXPECT_THAT(Keys(), ElementsAre("incoming-old/c.mxf", "incoming/a.mxf"));
    bucket_.location = "media/incoming/";
    EXPECT_THAT(Keys(), ElementsAre("incoming/a.mxf"));
}

TEST_F(ObjectSourceTest, TellsOfWhatWasWrittenAMomentAgoThatItSettles) {
    Put("a", "x");
    bucket_.settle_time = std::chrono::hours(24 * 3650);  // the listing's time is years ago, but not ten
    std::vector<FoundObject> found;
    const auto report = Scan(found).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].settles);
    EXPECT_EQ(report.settling, 1U);
    EXPECT_TRUE(report.look_again_at.has_value());
}

TEST_F(ObjectSourceTest, TellsByOurClockWhenAnObjectWasWritten) {
    Put("a", "x");
    std::vector<FoundObject> before;
    ASSERT_TRUE(Scan(before).has_value());
    const auto looked_at = source_.Look(bucket_, "a", {}).value().value().modified_at;
    fake_.Set(R"({"clock": 7200})");
    std::vector<FoundObject> after;
    ASSERT_TRUE(Scan(after).has_value());
    EXPECT_LE(std::chrono::abs(after.at(0).modified_at - before.at(0).modified_at), 5s);
    EXPECT_LE(std::chrono::abs(source_.Look(bucket_, "a", {}).value().value().modified_at - looked_at), 5s);
    EXPECT_EQ(after.at(0).version, before.at(0).version);
}

TEST_F(ObjectSourceTest, OpensTheVersionThatWasNoticedAndNoOther) {
    Put("a", "0123456789");
    const auto item = Noticed("a");
    auto opened = source_.Open(bucket_, item, {}).value();
    ASSERT_TRUE(opened.reader);
    EXPECT_EQ(opened.size_bytes, 10U);
    std::string bytes(10, '\0');
    EXPECT_EQ(opened.reader->ReadAt(0, std::as_writable_bytes(std::span(bytes))).value(), 10U);
    EXPECT_EQ(bytes, "0123456789");
    Put("a", "9876543210");
    EXPECT_EQ(source_.Open(bucket_, item, {}).error().code, ErrorCode::kConflict);
    EXPECT_EQ(
        opened.reader->ReadAt(0, std::as_writable_bytes(std::span(bytes))).error().code, ErrorCode::kConflict
    );
    auto gone = item;
    gone.key = "b";
    EXPECT_EQ(source_.Open(bucket_, gone, {}).error().reason, objects::kNoObject);
}

TEST_F(ObjectSourceTest, LooksAtOneObjectAsAScanWouldTellIt) {
    Put("a/x.mxf", "0123456789");
    Put("a/", "");
    const auto noticed = Noticed("a/x.mxf");
    const auto seen = source_.Look(bucket_, "a/x.mxf", {}).value();
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->version, noticed.version);
    EXPECT_EQ(seen->size_bytes, 10U);
    EXPECT_FALSE(source_.Look(bucket_, "a/y.mxf", {}).value().has_value());
    EXPECT_FALSE(source_.Look(bucket_, "a/", {}).value().has_value());
    fake_.Set(R"({"denied": ["a/x"]})");
    EXPECT_EQ(source_.Look(bucket_, "a/x.mxf", {}).error().reason, objects::kAccessDenied);
}

TEST_F(ObjectSourceTest, DoesNotReadWhatIsArchived) {
    Put("a", "x");
    const auto item = Noticed("a");
    fake_.Set(R"({"archived": ["a"]})");
    const auto error = source_.Open(bucket_, item, {}).error();
    EXPECT_EQ(error.reason, objects::kArchived);
    EXPECT_EQ(error.code, ErrorCode::kThrottled);
    EXPECT_EQ(error.retry_after, 24h);
    EXPECT_THAT(error.message, HasSubstr("restored first"));
}

TEST_F(ObjectSourceTest, TriesTheOtherLiveSecretWhenTheStoreRefusesOne) {
    Put("a", "x");
    access_.secrets = {{.access_key = "AKEARLY", .secret_key = "not yet"}, GoodSecret()};
    EXPECT_THAT(Keys(), ElementsAre("a"));
    access_.secrets = {{.access_key = "AKEARLY", .secret_key = "not yet"}};
    std::vector<FoundObject> found;
    EXPECT_EQ(Scan(found).error().reason, objects::kCredentialsRefused);
    access_.secrets = {};
    EXPECT_THAT(Scan(found).error().message, HasSubstr("sources secret store"));
}

TEST_F(ObjectSourceTest, TakesAChangedConfigurationAtTheNextUse) {
    Put("a", "x");
    UseEndpoint("http://127.0.0.1:9");
    EXPECT_EQ(source_.CheckBucket(bucket_, {}).error().reason, objects::kUnreachable);
    UseEndpoint(fake_.Url());
    EXPECT_TRUE(source_.CheckBucket(bucket_, {}).has_value());
    bucket_.location = "missing";
    EXPECT_EQ(source_.CheckBucket(bucket_, {}).error().reason, objects::kNoBucket);
}

TEST_F(ObjectSourceTest, WhoseConfigurationCannotBeReadNowIsTroubleOfTheWholeBucket) {
    access_.source.config = R"({"endpoint":"https://store.example","ca_file":"/nowhere/ca.pem"})";
    const auto error = source_.CheckBucket(bucket_, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.reason, objects::kBadNetworkSetup);
    EXPECT_TRUE(objects::IsBucketFault(error));
    EXPECT_THAT(error.message, HasSubstr("ca_file"));
}

TEST_F(ObjectSourceTest, PublishesBesideTheObjectAndNotBesideNothing) {
    Put("a/x.mxf", "media");
    const auto item = Noticed("a/x.mxf");
    const PublicationTarget target{
        .place = {}, .key = source_.PublicationKey(item.key, ".notifications.csv"), .media_type = "text/csv"
    };
    EXPECT_EQ(target.key, "a/x.mxf.notifications.csv");
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), std::nullopt);
    ASSERT_TRUE(source_.Publish(bucket_, item, target, "bucket,key", {}).has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), "bucket,key");
    ASSERT_TRUE(source_.Publish(bucket_, item, target, std::string(100, 'y'), {}).has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), std::string(64, 'y'));
    ASSERT_TRUE(source_.Publish(bucket_, item, target, "", {}).has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), "");
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(source_.RemovePublished(bucket_, target, {}).has_value());
        EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), std::nullopt);
    }
    auto gone = item;
    gone.key = "a/gone.mxf";
    EXPECT_EQ(source_.Publish(bucket_, gone, target, "{}", {}).error().code, ErrorCode::kNotFound);
}

TEST_F(ObjectSourceTest, PublishesMetadataWithTheResultAndNeverWithTheMedia) {
    Put("a.mxf", "media");
    const auto item = Noticed("a.mxf");
    const auto publish = [&](const std::string& people) {
        const PublicationTarget target{
            .place = {}, .key = "a.json", .media_type = {}, .metadata = {{"notifications-people", people}}
        };
        EXPECT_TRUE(source_.Publish(bucket_, item, target, "{}", {}).has_value());
        return ToJsonText(fake_.Seen().at("meta"));
    };
    EXPECT_EQ(publish("1"), R"({"media/a.json":{"x-amz-meta-notifications-people":"1"}})");
    EXPECT_EQ(publish("2"), R"({"media/a.json":{"x-amz-meta-notifications-people":"2"}})");
    bucket_.kind = "object_matrix";
    EXPECT_EQ(publish("3"), "{}") << "what is there has metadata that cannot be changed";
    EXPECT_TRUE(client_.Remove("media", "a.json", {}).has_value());
    EXPECT_EQ(publish("4"), R"({"media/a.json":{"x-amz-meta-notifications-people":"4"}})");
}

TEST_F(ObjectSourceTest, PublishesALargeResultInParts) {
    Put("a.mxf", "media");
    const std::string large((16U << 20U) + 1, 'x');
    ASSERT_TRUE(source_
                    .Publish(
                        bucket_,
                        Noticed("a.mxf"),
                        {.place = {}, .key = "a.json", .media_type = "application/json"},
                        large,
                        {}
                    )
                    .has_value());
    const auto written = client_.Head("media", "a.json", {}).value();
    EXPECT_EQ(written.size_bytes, large.size());
    EXPECT_TRUE(written.etag.ends_with("-2")) << written.etag;
}

TEST_F(ObjectSourceTest, PublishesIntoAnotherBucketOfTheStore) {
    Put("a/x.mxf", "media");
    fake_.Set(R"({"put":{"results/other":""}})");
    const auto item = Noticed("a/x.mxf");
    const PublicationTarget target{
        .place = "results", .key = "in/a/x.mxf.notifications.csv", .media_type = {}
    };
    ASSERT_TRUE(source_.Publish(bucket_, item, target, "rows", {}).has_value());
    EXPECT_EQ(source_.StartOfPublished(bucket_, target, {}).value(), "rows");
    const PublicationTarget beside{.place = {}, .key = target.key, .media_type = {}};
    EXPECT_EQ(source_.StartOfPublished(bucket_, beside, {}).value(), std::nullopt);
}

TEST_F(ObjectSourceTest, ShortensTheKeyOfAResultThatWouldBeTooLongBetweenTwoCharacters) {
    EXPECT_EQ(source_.PublicationKey(std::string(1020, 'k'), ".notifications.csv").size(), 1024U);
    std::string wide;
    while (wide.size() < 1020) {
        wide += "語";
    }
    const auto key = source_.PublicationKey(wide, ".notifications.vtt");
    EXPECT_LE(key.size(), 1024U);
    EXPECT_EQ(key.find('~') % 3, 0U);
}

TEST(S3Config, RefusesWhatCannotBeAnEndpointOrWouldShowASecret) {
    EXPECT_TRUE(ReadConfig(R"({"endpoint":"https://s3.example:9000"})").has_value());
    EXPECT_THAT(ReadConfig(R"({"endpoint":"s3.example"})").error().message, HasSubstr("/endpoint"));
    EXPECT_THAT(
        ReadConfig(R"({"endpoint":"https://a:canary@s3.example"})").error().message,
        ::testing::AllOf(HasSubstr("/endpoint"), ::testing::Not(HasSubstr("canary")))
    );
    EXPECT_THAT(
        ReadConfig(R"({"endpoint":"https://a","proxy":"http://u:canary@p:8080"})").error().message,
        ::testing::AllOf(HasSubstr("/proxy"), ::testing::Not(HasSubstr("canary")))
    );
    const auto missing = ReadConfig(R"({"endpoint":"https://a","ca_file":"/nowhere/ca.pem"})").error();
    EXPECT_EQ(missing.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(missing.message, HasSubstr("/ca_file"));
    EXPECT_THAT(
        ReadConfig(R"({"endpoint":"https://a","credentials":{"acces_key":"STORE_A"}})").error().message,
        HasSubstr("/credentials: there are access_key, secret_key")
    );
    EXPECT_THAT(
        ReadConfig(R"({"endpoint":"https://a","credentials":{"token":5}})").error().message,
        HasSubstr("/credentials/token")
    );
    EXPECT_THAT(
        ReadConfig(R"({"endpoint":"https://a","credentials":{"secret_key":"canary/Key"}})").error().message,
        ::testing::AllOf(HasSubstr("/credentials/secret_key"), ::testing::Not(HasSubstr("canary")))
    );
    EXPECT_TRUE(ReadConfig(R"({"endpoint":"https://a","credentials":{"token":"STORE_A"}})").has_value());
}

}  // namespace
}  // namespace notify::s3
