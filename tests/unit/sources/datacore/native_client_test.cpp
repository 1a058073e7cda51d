#include "sources/datacore/native_client.hpp"

#include <algorithm>
#include <mutex>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/url.hpp"
#include "sources/objects/faults.hpp"
#include "unit/sources/datacore/fixture.hpp"

namespace notify::datacore {
namespace {

TEST_F(NativeClientTest, WritesLooksAtReadsListsAndRemoves) {
    const auto etag = Put("day 1/clip.mxf", "0123456789");
    const auto info = client_.Head("media", "day 1/clip.mxf", {}).value();
    EXPECT_EQ(info.size_bytes, 10U);
    EXPECT_EQ(info.etag, etag);
    EXPECT_EQ(info.content_type, "video/mxf");
    EXPECT_TRUE(info.modified_at.has_value());
    EXPECT_EQ(
        ReadWith(client_, "day 1/clip.mxf", {.offset = 3, .object_size = 10, .etag = etag}, 4).value(), "3456"
    );
    const auto page = client_.List("media", {}, {}).value();
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].key, "day 1/clip.mxf");
    EXPECT_EQ(page[0].etag, etag);
    EXPECT_EQ(page[0].size_bytes, 10U);
    EXPECT_TRUE(client_.Remove("media", "day 1/clip.mxf", {}).has_value());
    EXPECT_TRUE(client_.Remove("media", "day 1/clip.mxf", {}).has_value());
    EXPECT_EQ(client_.Head("media", "day 1/clip.mxf", {}).error().reason, objects::kNoObject);
}

TEST_F(NativeClientTest, WritesMetadataAsSwarmNamesIt) {
    const objects::WrittenAs as{
        .content_type = "application/json", .metadata = {{"notifications-item", "itm_1"}}
    };
    ASSERT_TRUE(client_.Write("media", "a.json", "{}", as, {}).has_value());
    EXPECT_THAT(
        boost::json::serialize(fake_.Seen().at("headers")),
        ::testing::HasSubstr("\"x-notifications-item-meta\"")
    );
}

TEST_F(NativeClientTest, NamesTheDomainInEachRequestAndShowsTheTokenAsACookie) {
    fake_.Set(R"({"domain": "media.example"})");
    Put("a", "x");
    auto elsewhere = Settings();
    elsewhere.domain.clear();  // the endpoint's host
    NativeClient other(elsewhere, Always(notify::testing::kFakeToken), clock_);
    EXPECT_EQ(other.Head("media", "a", {}).error().reason, objects::kNoBucket);
    const auto seen = fake_.Seen();
    EXPECT_EQ(seen.at("cookies").as_array(), (boost::json::array{"token=0123456789abcdef0123456789abcdef"}));
    const auto headers = boost::json::serialize(seen.at("headers"));
    EXPECT_EQ(headers.find("x-amz"), std::string::npos) << headers;
    EXPECT_EQ(headers.find("authorization"), std::string::npos) << headers;
}

TEST_F(NativeClientTest, OddKeysComeBackAsTheyWere) {
    for (const std::string key :
         {"a+b.mxf",
          "100%.mxf",
          "a//b",
          "../up",
          "./x",
          "\xc3\xa9t\xc3\xa9.mxf",
          "a?b&c=d#e",
          "semi;colon",
          "\"q\""}) {
        const auto etag = Put(key, key);
        EXPECT_EQ(ReadAll(key, key.size(), etag).value(), key);
        const auto page = client_.List("media", {.prefix = key}, {}).value();
        ASSERT_EQ(page.size(), 1U) << key;
        EXPECT_EQ(page[0].key, key);
        EXPECT_TRUE(client_.Remove("media", key, {}).has_value());
    }
}

TEST_F(NativeClientTest, AListingGoesOnBehindItsMarkerAndKeepsToItsPrefix) {
    for (const auto* key : {"a/1", "a/2", "a/3", "b/1"}) {
        Put(key, "x");
    }
    const auto page = client_.List("media", {.prefix = "a/", .marker = "a/1", .size = 1}, {}).value();
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].key, "a/2");
}

TEST_F(NativeClientTest, MakesNewObjectsByPostWhereAStoreMakesNoneByPut) {
    fake_.Set(R"({"no_put": true})");
    const auto etag = Put("new.json", "{}");
    EXPECT_EQ(ReadAll("new.json", 2, etag).value(), "{}");
    Put("new.json", "[]");
    EXPECT_EQ(
        client_.Write("nowhere", "new.json", "{}", {.content_type = "application/json"}, {}).error().reason,
        objects::kNoBucket
    );
}

TEST_F(NativeClientTest, TakesANewTokenWhileRequestsRun) {
    std::mutex mutex;
    std::string current(notify::testing::kFakeToken);
    NativeClient client(
        Settings(),
        [&](const std::string* /*refused*/) -> Result<std::string> {
            const std::scoped_lock lock(mutex);
            return current;
        },
        clock_
    );
    Put("a", "x");
    EXPECT_TRUE(client.Head("media", "a", {}).has_value());
    fake_.Set(R"({"tokens": {"0123456789abcdef0123456789abcdef": -1, "fresh": 3600}})");
    EXPECT_EQ(client.Head("media", "a", {}).error().reason, objects::kCredentialsExpired);
    {
        const std::scoped_lock lock(mutex);
        current = "fresh";
    }
    EXPECT_TRUE(client.Head("media", "a", {}).has_value());
}

TEST_F(NativeClientTest, OfTwoTokensThatLiveTheSecondIsTriedAtOnceWhenTheFirstIsRefused) {
    fake_.Set(R"({"tokens": {"second": 3600}})");
    NativeClient client(
        Settings(),
        [](const std::string* refused) -> Result<std::string> {
            return refused != nullptr && *refused == "first" ? "second" : "first";
        },
        clock_
    );
    EXPECT_TRUE(client.List("media", {}, {}).has_value());
    const auto before = Requests();
    EXPECT_TRUE(client.List("media", {}, {}).has_value());
    EXPECT_EQ(Requests(), before + 1);
}

TEST_F(NativeClientTest, ATokenThatAUserMadeWithAPasswordOpensTheStoreUntilItEnds) {
    const auto make = [&](const std::string& expires) {
        const auto answer = HttpClient().Send(
            {.method = "POST",
             .url = Url::Parse(fake_.Url() + "/.TOKEN/?setcookie=false").value(),
             .headers =
                 {{"authorization", "Basic " + ToBase64("admin:PasswordForTests")},
                  {"x-user-token-expires-meta", expires}}},
            {}
        );
        EXPECT_EQ(answer.value().status, 201);
        return std::string(answer.value().Header("gateway-token"));
    };
    NativeClient lives(Settings(), Always(make("+90")), clock_);
    EXPECT_TRUE(lives.List("media", {}, {}).has_value());
    NativeClient ended(Settings(), Always(make("2020-01-01")), clock_);
    EXPECT_EQ(ended.List("media", {}, {}).error().reason, objects::kCredentialsRefused);
}

TEST_F(NativeClientTest, KeepsItsConnections) {
    Put("a", "x");
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(client_.Head("media", "a", {}).has_value());
    }
    // each control request makes one of its own
    EXPECT_LE(fake_.Seen().at("connections").as_int64(), 3);
}

}  // namespace
}  // namespace notify::datacore
