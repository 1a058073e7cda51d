// The client against a store that checks every signature.

#include "sources/s3/client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/http_client.hpp"
#include "core/url.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;

/// Bytes in memory.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        const auto count = std::min<std::size_t>(into.size(), bytes_.size() - offset);
        std::memcpy(into.data(), bytes_.data() + offset, count);
        return count;
    }

private:
    std::string bytes_;
};

TEST_F(S3ClientTest, WritesLooksAtReadsAndRemovesAnObject) {
    const auto etag =
        client_.Write("media", "a/x.mxf", "hello world", {.content_type = "video/mxf"}, {}).value();
    const auto info = client_.Head("media", "a/x.mxf", {}).value();
    EXPECT_EQ(info.size_bytes, 11U);
    EXPECT_EQ(info.etag, etag);
    EXPECT_EQ(info.content_type, "video/mxf");
    EXPECT_TRUE(info.modified_at.has_value());
    EXPECT_FALSE(info.archived);
    EXPECT_EQ(ReadAll("a/x.mxf", 11, etag).value(), "hello world");
    EXPECT_EQ(
        ReadWith(client_, "a/x.mxf", {.offset = 6, .object_size = 11, .etag = etag}, 5).value(), "world"
    );
    EXPECT_TRUE(client_.Remove("media", "a/x.mxf", {}).has_value());
    EXPECT_TRUE(client_.Remove("media", "a/x.mxf", {}).has_value());
    EXPECT_EQ(client_.Head("media", "a/x.mxf", {}).error().reason, objects::kNoObject);
}

TEST_F(S3ClientTest, OddKeysSurviveARoundTripThroughStoreAndListing) {
    std::vector<std::string> keys{
        "sp ace +plus%25&=\xc3\xa9\xe6\x97\xa5.mxf",
        "a//b",
        "//",
        "dots/../x",
        "./y",
        "tilde~!*'();:@$,[]",
        "q?uestion#hash",
        "back\\slash\"quote<>",
        "new\nline\ttab\x01",
        " ",
        "%2F",
        "\xff\xfe not utf-8",
    };
    for (const auto& key : keys) {
        const auto etag = client_.Write("media", key, "of " + key, {}, {});
        ASSERT_TRUE(etag.has_value()) << key << ": " << etag.error().message;
        EXPECT_EQ(ReadAll(key, key.size() + 3, *etag).value(), "of " + key) << key;
    }
    std::ranges::sort(keys);
    const auto page = client_.List("media", {}, {}).value();
    std::vector<std::string> listed;
    for (const auto& object : page.objects) {
        listed.push_back(object.key);
    }
    EXPECT_EQ(listed, keys);
    const auto after = client_.List("media", {.prefix = "dots/", .start_after = "dots/.."}, {}).value();
    ASSERT_EQ(after.objects.size(), 1U);
    EXPECT_EQ(after.objects[0].key, "dots/../x");
}

TEST_F(S3ClientTest, ListsPageAfterPageByTokenAndByKey) {
    fake_.Set(R"({"many": {"many": 2500}})");
    const auto first = client_.List("many", {}, {}).value();
    EXPECT_EQ(first.objects.size(), 1000U);
    EXPECT_TRUE(first.truncated);
    const auto second = client_.List("many", {.token = first.next_token}, {}).value();
    EXPECT_EQ(second.objects.at(0).key, "00/000001000.mxf");
    const auto third = client_.List("many", {.start_after = second.objects.back().key}, {}).value();
    EXPECT_EQ(third.objects.size(), 500U);
    EXPECT_FALSE(third.truncated);
}

TEST_F(S3ClientTest, ListsAStoreOfTheFirstFormByMarker) {
    fake_.Set(R"({"many": {"many": 1500}, "first_form": true})");
    const auto first = client_.List("many", {}, {}).value();
    EXPECT_TRUE(first.first_form);
    EXPECT_TRUE(first.truncated);
    EXPECT_EQ(first.next_token, "");
    const auto rest = client_.List("many", {.start_after = first.objects.back().key}, {}).value();
    EXPECT_EQ(rest.objects.at(0).key, "00/000001000.mxf");
    EXPECT_FALSE(rest.truncated);
}

TEST_F(S3ClientTest, AStartInTheMiddleIsKeptWhenTheStoreTurnsOutToBeOfTheFirstForm) {
    fake_.Set(R"({"many": {"many": 1500}, "first_form": true})");
    const auto page = client_.List("many", {.start_after = "00/000001400.mxf"}, {}).value();
    EXPECT_EQ(page.objects.at(0).key, "00/000001401.mxf");
}

TEST_F(S3ClientTest, FallsBackToTheFirstFormWhenTheSecondIsRefused) {
    fake_.Set(R"({"many": {"many": 3}, "faults": [{"query": "list-type=2", "times": 99, "do": "status",
                  "status": 501, "code": "NotImplemented"}]})");
    EXPECT_EQ(client_.List("many", {}, {}).value().objects.size(), 3U);
    EXPECT_EQ(client_.List("many", {}, {}).value().objects.size(), 3U);
    EXPECT_EQ(fake_.Seen().at("requests").as_int64(), 3);  // it is asked for once only
}

TEST_F(S3ClientTest, WritesInPartsAndReadsAcrossThem) {
    const auto bytes = Noise(300'000);
    MemorySource source(bytes);
    const auto etag = client_.WriteParts("media", "big+1.mxf", source, {.part_bytes = 100'000}, {}).value();
    EXPECT_TRUE(etag.ends_with("-3")) << etag;
    EXPECT_EQ(
        ReadWith(client_, "big+1.mxf", {.offset = 99'990, .object_size = 300'000, .etag = etag}, 20).value(),
        bytes.substr(99'990, 20)
    );
}

TEST_F(S3ClientTest, WhatFitsIntoOnePartIsOneRequest) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1000}}) {
        MemorySource source(Noise(size));
        const auto etag = client_.WriteParts("media", "small", source, {.part_bytes = 1000}, {}).value();
        EXPECT_EQ(etag.find('-'), std::string::npos);
        EXPECT_EQ(client_.Head("media", "small", {}).value().size_bytes, size);
    }
}

TEST_F(S3ClientTest, AbortsAnUploadWhosePartIsRefused) {
    fake_.Set(R"({"faults": [{"query": "partNumber=2", "times": 99, "do": "status", "status": 400,
                  "code": "EntityTooSmall"}]})");
    MemorySource source(Noise(300'000));
    EXPECT_FALSE(client_.WriteParts("media", "big", source, {.part_bytes = 100'000}, {}).has_value());
    EXPECT_EQ(fake_.Seen().at("uploads").as_int64(), 0);
}

TEST_F(S3ClientTest, KeepsItsConnectionsAndSendsNoChecksums) {
    const auto etag = Put("a", "0123456789");
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(ReadAll("a", 10, etag).has_value());
    }
    const auto seen = fake_.Seen();
    EXPECT_LE(seen.at("connections").as_int64(), 3);  // one, and those of this test's own calls
    for (const auto& name : seen.at("headers").as_array()) {
        EXPECT_FALSE(name.as_string().starts_with("x-amz-checksum")) << name;
        EXPECT_FALSE(name.as_string().starts_with("x-amz-sdk")) << name;
        EXPECT_NE(name.as_string(), "content-encoding");
    }
}

TEST_F(S3ClientTest, AsksTheStoreItselfToRefuseAnotherVersion) {
    const auto etag = Put("a", "0123456789");
    const auto names = [&] {
        std::set<std::string> all;
        const auto seen = fake_.Seen();
        for (const auto& name : seen.at("headers").as_array()) {
            all.emplace(name.as_string());
        }
        return all;
    };
    EXPECT_FALSE(names().contains("if-match"));
    ASSERT_TRUE(ReadAll("a", 10, etag).has_value());
    EXPECT_TRUE(names().contains("if-match"));
}

TEST_F(S3ClientTest, APresignedUrlReadsWithoutCredentials) {
    Put("dir/a b+c.mxf", "hello");
    const auto url = client_.PresignRead("media", "dir/a b+c.mxf", 60s).value();
    const auto get = [](const std::string& text) {
        return HttpClient().Send({.url = Url::Parse(text).value()}, {}).value();
    };
    EXPECT_EQ(get(url).body, "hello");
    auto tampered = url;
    tampered.replace(tampered.find("c.mxf"), 1, "d");
    EXPECT_EQ(get(tampered).status, 403);
    EXPECT_EQ(url.find(kGood.secret_key), std::string::npos);
}

TEST_F(S3ClientTest, SendsTheSessionTokenOfTemporaryCredentials) {
    fake_.Set(R"({"token": "tok/en+=="})");
    auto temporary = kGood;
    temporary.session_token = "tok/en+==";
    Client client(Settings(), Always(temporary), clock_);
    EXPECT_TRUE(client.List("media", {}, {}).has_value());
    const auto url = client.PresignRead("media", "missing", 60s).value();
    EXPECT_EQ(HttpClient().Send({.url = Url::Parse(url).value()}, {}).value().status, 404);
    EXPECT_EQ(client_.List("media", {}, {}).error().reason, objects::kCredentialsExpired);
}

TEST_F(S3ClientTest, LearnsTheRegionOfABucketOnce) {
    fake_.Set(R"({"region": "eu-west-1"})");
    EXPECT_TRUE(client_.List("media", {}, {}).has_value());
    EXPECT_TRUE(client_.Head("media", "x", {}).error().reason == objects::kNoObject);
    const auto log = fake_.Seen().at("log").as_array();
    EXPECT_EQ(std::ranges::count_if(log, [](const auto& line) { return line.at(2) == 400; }), 1);
}

TEST_F(S3ClientTest, LearnsTheClockOfTheStore) {
    fake_.Set(R"({"clock": 7200})");
    EXPECT_TRUE(client_.List("media", {}, {}).has_value());
    EXPECT_NEAR(std::chrono::duration<double>(client_.ClockOffset()).count(), 7200, 5);
    EXPECT_EQ(client_.Head("media", "x", {}).error().reason, objects::kNoObject);
    fake_.Set(R"({"clock": 0})");  // set right again
    EXPECT_EQ(client_.Head("media", "x", {}).error().reason, objects::kNoObject);
    EXPECT_NEAR(std::chrono::duration<double>(client_.ClockOffset()).count(), 0, 5);
}

TEST_F(S3ClientTest, TakesNewCredentialsWhileRequestsRun) {
    std::mutex mutex;
    auto current = kGood;
    Client client(
        Settings(),
        [&](const Credentials* /*refused*/) -> Result<Credentials> {
            const std::scoped_lock lock(mutex);
            return current;
        },
        clock_
    );
    const auto etag = Put("a", "0123456789");
    fake_.Set(R"({"credentials": {"AKTEST": "SecretForTests", "AKNEW": "NewSecret"}})");
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 4; ++i) {
            readers.emplace_back([&] {
                for (int n = 0; n < 50; ++n) {
                    failed += ReadWith(client, "a", {.object_size = 10, .etag = etag}, 10) ? 0 : 1;
                }
            });
        }
        {
            const std::scoped_lock lock(mutex);
            current = {.access_key = "AKNEW", .secret_key = "NewSecret"};
        }
        fake_.Set(R"({"expired": ["AKTEST"]})");
    }
    EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace notify::s3
