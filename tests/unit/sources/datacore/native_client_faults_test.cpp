// What the client makes of a Swarm in trouble, and of settings that are wrong.

#include <chrono>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/objects/faults.hpp"
#include "unit/sources/datacore/fixture.hpp"

namespace notify::datacore {
namespace {

using namespace std::chrono_literals;

/// The sentence says what, and holds no token.
void ExpectSpeaks(const Error& error, std::string_view part) {
    EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find(notify::testing::kFakeToken), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
    EXPECT_EQ(error.stage, "store");
}

TEST_F(NativeClientTest, ATokenThatWasGoodAndIsTakenNoMoreHasExpired) {
    EXPECT_TRUE(client_.List("media", {}, {}).has_value());
    for (const int status : {401, 403}) {
        fake_.Set(
            fmt::format(
                R"({{"refusal": {}, "refusal_body": "Token is not valid", "tokens": {{"{}": -1}}}})",
                status,
                notify::testing::kFakeToken
            )
        );
        const auto error = client_.List("media", {}, {}).error();
        EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(error.reason, objects::kCredentialsExpired);
        EXPECT_TRUE(objects::IsBucketFault(error));
        EXPECT_EQ(error.retry_after, 30'000ms);
        ExpectSpeaks(error, "expired or were withdrawn");
    }
}

TEST_F(NativeClientTest, ATokenThatWasNeverGoodIsRefusedAndOneForS3IsToldFor) {
    fake_.Set(R"({"secret_tokens": ["fors3"]})");
    for (const auto* token : {"unknown", "fors3"}) {
        NativeClient client(Settings(), Always(token), clock_);
        const auto error = client.Head("media", "a", {}).error();
        EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(error.reason, objects::kCredentialsRefused);
        EXPECT_TRUE(objects::IsBucketFault(error));
        ExpectSpeaks(error, "give it as ACCESS:SECRET");
    }
    fake_.Set(R"({"refusal_body": "Token expired"})");
    NativeClient fresh(Settings(), Always("unknown"), clock_);
    EXPECT_EQ(fresh.List("media", {}, {}).error().reason, objects::kCredentialsExpired);
}

TEST_F(NativeClientTest, WhatAPolicyForbidsIsSaidAndWaitsForAPerson) {
    fake_.Set(R"({"denied": ["secret/"]})");
    const auto error = client_.List("media", {.prefix = "secret/"}, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(error.reason, objects::kAccessDenied);
    ExpectSpeaks(error, "does not let this token list bucket 'media'");
}

TEST_F(NativeClientTest, AMissingBucketIsToldFromAMissingObject) {
    Put("a", "x");
    EXPECT_EQ(client_.Head("media", "b", {}).error().reason, objects::kNoObject);
    EXPECT_EQ(client_.Head("media", "b", {}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(client_.Head("nowhere", "a", {}).error().reason, objects::kNoBucket);
    const auto listed = client_.List("nowhere", {}, {}).error();
    EXPECT_EQ(listed.reason, objects::kNoBucket);
    EXPECT_EQ(listed.code, ErrorCode::kUnavailable);
    ExpectSpeaks(listed, "no bucket 'nowhere'");
}

TEST_F(NativeClientTest, TriesAgainWhenTheStoreIsBusyOrAtFault) {
    const auto etag = Put("a", "hello");
    fake_.Set(R"({"faults": [{"method": "GET", "times": 2, "do": "status", "status": 503},
                             {"method": "GET", "times": 2, "do": "status", "status": 500},
                             {"method": "GET", "times": 1, "do": "status", "status": 429}]})");
    EXPECT_EQ(ReadAll("a", 5, etag).value(), "hello");
    EXPECT_EQ(Requests(), 1 + 6);
}

TEST_F(NativeClientTest, GivesUpOnABusyStoreAsThrottledAndLeavesALongPauseToTheCaller) {
    fake_.Set(R"({"faults": [{"times": 999, "do": "status", "status": 503}]})");
    EXPECT_EQ(client_.List("media", {}, {}).error().reason, objects::kSlowDown);
    EXPECT_EQ(Requests(), 8);
    fake_.Set(
        R"({"faults": [{"times": 1, "do": "status", "status": 503, "headers": [["Retry-After", "30"]]}]})"
    );
    const auto error = client_.List("media", {}, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kThrottled);
    EXPECT_EQ(error.retry_after, 30'000ms);
}

TEST_F(NativeClientTest, ContinuesABodyThatBreaksOffOrIsTooShort) {
    const std::string bytes(400'000, 'x');
    const auto etag = Put("a", bytes);
    fake_.Set(R"({"faults": [{"method": "GET", "times": 2, "do": "cut", "bytes": 100000},
                             {"method": "GET", "times": 1, "do": "short", "bytes": 90000}]})");
    EXPECT_EQ(ReadAll("a", bytes.size(), etag).value(), bytes);
}

TEST_F(NativeClientTest, NeverGivesShortOrForeignBytesAsWhole) {
    const auto etag = Put("a", std::string(5000, 'x'));
    for (const auto* fault :
         {R"("do": "short", "bytes": 0)",
          R"("do": "cut", "bytes": 0)",
          R"("do": "wrong_range")",
          R"("do": "grow")",
          R"("do": "no_etag")",
          R"("do": "html")",
          R"("do": "flip")",
          R"("do": "ignore_range")"}) {
        fake_.Set(fmt::format(R"({{"faults": [{{"method": "GET", "times": 999, {}}}]}})", fault));
        NativeClient fresh(Settings(), Always(notify::testing::kFakeToken), clock_);
        EXPECT_FALSE(
            ReadWith(fresh, "a", {.offset = 10, .object_size = 5000, .etag = etag}, 4000).has_value()
        ) << fault;
    }
}

TEST_F(NativeClientTest, ANewVersionIsAConflictAlsoWhereIfMatchIsNotHonoured) {
    const auto old = Put("a", "first");
    Put("a", "other");
    for (const auto* honours : {"false", "true"}) {
        fake_.Set(fmt::format(R"({{"ignore_if_match": {}}})", honours));
        const auto error = ReadAll("a", 5, old).error();
        EXPECT_EQ(error.code, ErrorCode::kConflict);
        EXPECT_EQ(error.reason, objects::kObjectChanged);
    }
}

TEST_F(NativeClientTest, AWebPageIsNoListingAndARedirectIsNotFollowed) {
    fake_.Set(R"({"faults": [{"times": 99, "do": "html"}]})");
    const auto page = client_.List("media", {}, {}).error();
    EXPECT_EQ(page.reason, objects::kNotAStore);
    ExpectSpeaks(page, "web page");
    fake_.Set(R"({"faults": [{"times": 99, "do": "status", "status": 301,
                              "headers": [["Location", "http://evil.example/media"]]}]})");
    const auto before = Requests();
    const auto moved = client_.List("media", {}, {}).error();
    EXPECT_EQ(moved.reason, objects::kWrongRegion);
    ExpectSpeaks(moved, "Content Gateway");
    EXPECT_EQ(Requests(), before + 1);
}

TEST_F(NativeClientTest, AnUnknownHostAndAClosedPortAreSaid) {
    NativeClient unknown(Settings("http://no-such-host.invalid"), Always("x"), clock_);
    EXPECT_EQ(unknown.List("media", {}, {}).error().reason, objects::kUnknownHost);
    NativeClient closed(Settings("http://127.0.0.1:1"), Always("x"), clock_);
    EXPECT_EQ(closed.List("media", {}, {}).error().reason, objects::kUnreachable);
}

TEST_F(NativeClientTest, StopsAtOnceWhileTheStoreHangs) {
    fake_.Set(R"({"faults": [{"times": 1, "do": "hang", "seconds": 3}]})");
    std::stop_source stop;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(client_.List("media", {}, stop.get_token()).error().code, ErrorCode::kStopped);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(NativeClientTest, AbandonsABodyThatDripsAndGoesOnElsewhere) {
    const std::string bytes(2000, 'x');
    const auto etag = Put("a", bytes);
    auto settings = Settings();
    settings.least_speed.during = 2s;
    NativeClient client(settings, Always(notify::testing::kFakeToken), clock_);
    fake_.Set(R"({"faults": [{"method": "GET", "times": 1, "do": "drip"}]})");
    EXPECT_EQ(ReadWith(client, "a", {.object_size = 2000, .etag = etag}, 2000).value(), bytes);
}

}  // namespace
}  // namespace notify::datacore
