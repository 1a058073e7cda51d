// What the client makes of stores in trouble, and of settings that are wrong.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/objects/faults.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/faults.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;

std::int64_t Requests(const notify::testing::FakeS3& fake) {
    return fake.Seen().at("requests").as_int64();
}

/// The sentence says where, and holds none of the secrets.
void ExpectSpeaks(const Error& error, std::string_view part) {
    EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("Secret"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
    EXPECT_EQ(error.stage, "store");
}

TEST_F(S3ClientTest, TriesAgainWhenTheStoreIsBusyOrAtFault) {
    const auto etag = Put("a", "hello");
    fake_.Set(
        R"({"faults": [{"method": "GET", "times": 2, "do": "status", "status": 503, "code": "SlowDown"},
                             {"method": "GET", "times": 2, "do": "status", "status": 500, "code": "InternalError"},
                             {"method": "GET", "times": 1, "do": "status", "status": 502, "body": "<html>"}]})"
    );
    EXPECT_EQ(ReadAll("a", 5, etag).value(), "hello");
    EXPECT_EQ(Requests(fake_), 1 + 6);
}

TEST_F(S3ClientTest, GivesUpOnABusyStoreAsThrottledWhichBurnsNoAttempt) {
    fake_.Set(R"({"faults": [{"times": 999, "do": "status", "status": 503, "code": "SlowDown"}]})");
    const auto error = client_.List("media", {}, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kThrottled);
    EXPECT_EQ(error.reason, objects::kSlowDown);
    EXPECT_EQ(Requests(fake_), 8);
}

TEST_F(S3ClientTest, LeavesALongRetryAfterToTheCaller) {
    fake_.Set(R"({"faults": [{"times": 1, "do": "status", "status": 503, "code": "SlowDown",
                              "headers": [["Retry-After", "30"]]}]})");
    const auto error = client_.List("media", {}, {}).error();
    EXPECT_EQ(error.retry_after, 30'000ms);
    EXPECT_EQ(Requests(fake_), 1);
    // and others do not ask meanwhile
    const auto next = client_.Head("media", "a", {}).error();
    EXPECT_EQ(next.code, ErrorCode::kThrottled);
    EXPECT_GT(next.retry_after.value(), 20'000ms);
    EXPECT_EQ(Requests(fake_), 1);
}

TEST_F(S3ClientTest, FinishesEverythingWhenThreeAnswersOfTenAreRefusedWithLessThanTwiceTheRequests) {
    const auto etag = Put("a", Noise(1000));
    fake_.Set(
        R"({"faults": [{"method": "GET", "share": 0.3, "do": "status", "status": 503, "code": "SlowDown"}]})"
    );
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 4; ++i) {
            readers.emplace_back([&] {
                for (int n = 0; n < 100; ++n) {
                    auto read = ReadAll("a", 1000, etag);
                    // eight refusals in a row (once in 15,000 reads) end as throttled: the queue asks again
                    while (!read && read.error().code == ErrorCode::kThrottled) {
                        read = ReadAll("a", 1000, etag);
                    }
                    failed += read ? 0 : 1;
                }
            });
        }
    }
    EXPECT_EQ(failed, 0);
    EXPECT_LT(Requests(fake_), 800);
    RecordProperty("requests", static_cast<int>(Requests(fake_)));
}

TEST_F(S3ClientTest, AStoreThatIsDownGetsHardlyMoreThanTheFirstTries) {
    fake_.Set(R"({"faults": [{"times": 9999, "do": "status", "status": 500, "code": "InternalError"}]})");
    for (int i = 0; i < 200; ++i) {
        EXPECT_FALSE(client_.Head("media", "a", {}).has_value());
    }
    EXPECT_LE(Requests(fake_), 200 + 100);
}

TEST_F(S3ClientTest, ContinuesABodyThatBreaksOff) {
    const auto bytes = Noise(400'000);
    const auto etag = Put("a", bytes);
    fake_.Set(R"({"faults": [{"method": "GET", "times": 3, "do": "cut", "bytes": 100000}]})");
    EXPECT_EQ(ReadAll("a", bytes.size(), etag).value(), bytes);
    EXPECT_EQ(Requests(fake_), 1 + 4);
}

TEST_F(S3ClientTest, ContinuesABodyThatIsShorterThanItsRange) {
    const auto bytes = Noise(10'000);
    const auto etag = Put("a", bytes);
    fake_.Set(R"({"faults": [{"method": "GET", "times": 2, "do": "short", "bytes": 4000}]})");
    EXPECT_EQ(ReadAll("a", bytes.size(), etag).value(), bytes);
}

TEST_F(S3ClientTest, NeverGivesShortOrForeignBytesAsWhole) {
    const auto etag = Put("a", Noise(5000));
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
        for (int i = 0; i < 5; ++i) {
            Client fresh(Settings(), Always(kGood), clock_);
            EXPECT_FALSE(
                ReadWith(fresh, "a", {.offset = 10, .object_size = 5000, .etag = etag}, 4000).has_value()
            ) << fault;
        }
    }
}

TEST_F(S3ClientTest, OfAThousandBodiesThatAreOftenShortOrForeignNoneIsTakenForWhole) {
    const auto bytes = Noise(20'000);
    const auto etag = Put("a", bytes);
    auto settings = Settings();
    settings.retry.attempts = 2;
    Client client(settings, Always(kGood), clock_);
    fake_.Set(R"({"faults": [{"method": "GET", "share": 0.3, "do": "short", "bytes": 7000},
                             {"method": "GET", "share": 0.3, "do": "cut", "bytes": 9000},
                             {"method": "GET", "share": 0.3, "do": "wrong_range"},
                             {"method": "GET", "share": 0.3, "do": "grow"},
                             {"method": "GET", "share": 0.3, "do": "html"}]})");
    int whole = 0;
    int wrong = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto read = ReadWith(client, "a", {.offset = 100, .object_size = 20'000, .etag = etag}, 15'000);
        whole += read ? 1 : 0;
        wrong += read && *read != bytes.substr(100, 15'000) ? 1 : 0;
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(whole, 100);
    EXPECT_LT(whole, 900);
}

TEST_F(S3ClientTest, OfFiveHundredReadsAcrossAChangeOfVersionNoneMixesTwo) {
    const auto bytes = Noise(100'000);
    const auto etag = Put("a", bytes);
    for (int i = 0; i < 500; ++i) {
        // the body breaks off, and what continues it is another version
        fake_.Set(
            R"({"faults": [{"method": "GET", "do": "cut", "bytes": 70000}, {"method": "GET", "do": "flip"}]})"
        );
        EXPECT_EQ(ReadAll("a", 100'000, etag).error().reason, objects::kObjectChanged);
    }
}

TEST_F(S3ClientTest, ANewVersionIsAConflictWhetherTheStoreSaysSoOrNot) {
    const auto old = Put("a", "first");
    Put("a", "other");
    const auto said = ReadAll("a", 5, old).error();
    EXPECT_EQ(said.code, ErrorCode::kConflict);
    EXPECT_EQ(said.reason, objects::kObjectChanged);
    const auto etag = Put("b", "hello");
    fake_.Set(R"({"faults": [{"method": "GET", "do": "flip"}]})");
    const auto seen = ReadAll("b", 5, etag).error();
    EXPECT_EQ(seen.code, ErrorCode::kConflict);
    EXPECT_EQ(seen.reason, objects::kObjectChanged);
}

TEST_F(S3ClientTest, AbandonsABodyThatDripsAndGoesOnElsewhere) {
    const auto etag = Put("a", Noise(2000));
    auto settings = Settings();
    settings.least_speed.during = 2s;
    Client client(settings, Always(kGood), clock_);
    fake_.Set(R"({"faults": [{"method": "GET", "times": 1, "do": "drip"}]})");
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(ReadWith(client, "a", {.object_size = 2000, .etag = etag}, 2000).value(), Noise(2000));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(S3ClientTest, StopsAtOnceWhileTheStoreHangsAndWhileItWaits) {
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

TEST_F(S3ClientTest, AWrongSecretIsSaidAndBurnsNoAttempt) {
    Client client(Settings(), Always({.access_key = "AKTEST", .secret_key = "WrongSecret"}), clock_);
    for (const auto& error : {client.List("media", {}, {}).error(), client.Head("media", "a", {}).error()}) {
        EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(error.reason, objects::kCredentialsRefused);
        ExpectSpeaks(error, "secret key is wrong");
        EXPECT_TRUE(objects::IsBucketFault(error));
    }
}

TEST_F(S3ClientTest, AnUnknownKeyAnExpiredTokenAndAMissingBucketAreSaid) {
    Client unknown(Settings(), Always({.access_key = "AKNONE", .secret_key = "x"}), clock_);
    ExpectSpeaks(unknown.List("media", {}, {}).error(), "does not know the access key");
    const auto missing = client_.List("nowhere", {}, {}).error();
    EXPECT_EQ(missing.reason, objects::kNoBucket);
    ExpectSpeaks(missing, "no bucket 'nowhere'");
    EXPECT_EQ(client_.Head("nowhere", "a", {}).error().reason, objects::kNoBucket);
    fake_.Set(R"({"expired": ["AKTEST"]})");
    const auto expired = client_.Head("media", "a", {}).error();
    EXPECT_EQ(expired.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(expired.reason, objects::kCredentialsExpired);
    ExpectSpeaks(expired, "expired");
}

TEST_F(S3ClientTest, AForbiddenPrefixIsSaidAndWaitsForAPerson) {
    fake_.Set(R"({"denied": ["secret/"]})");
    const auto error = client_.List("media", {.prefix = "secret/"}, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(error.reason, objects::kAccessDenied);
    ExpectSpeaks(error, "does not let this access key list bucket 'media'");
    EXPECT_TRUE(client_.List("media", {.prefix = "open/"}, {}).has_value());
}

TEST_F(S3ClientTest, AnArchivedObjectWaitsADayAndIsNotRead) {
    const auto etag = Put("old.mxf", "hello");
    fake_.Set(R"({"archived": ["old.mxf"]})");
    EXPECT_TRUE(client_.Head("media", "old.mxf", {}).value().archived);
    EXPECT_TRUE(client_.List("media", {}, {}).value().objects.at(0).archived);
    const auto error = ReadAll("old.mxf", 5, etag).error();
    EXPECT_EQ(error.code, ErrorCode::kThrottled);
    EXPECT_EQ(error.reason, objects::kArchived);
    EXPECT_EQ(error.retry_after, 24h);
}

TEST_F(S3ClientTest, AnArchivedObjectIsRestoredOnceHoweverOftenItIsAskedFor) {
    const auto etag = Put("old.mxf", "hello");
    fake_.Set(R"({"archived": ["old.mxf"]})");
    EXPECT_FALSE(client_.Head("media", "old.mxf", {}).value().restoring);
    EXPECT_TRUE(client_.Restore("media", "old.mxf", {}, {}).has_value());
    EXPECT_TRUE(client_.Restore("media", "old.mxf", {}, {}).has_value()) << "it is under way";
    EXPECT_TRUE(client_.Head("media", "old.mxf", {}).value().restoring);
    fake_.Set(R"({"restored": ["old.mxf"]})");
    const auto back = client_.Head("media", "old.mxf", {}).value();
    EXPECT_FALSE(back.archived);
    EXPECT_FALSE(back.restoring);
    EXPECT_EQ(ReadAll("old.mxf", 5, etag).value(), "hello");
}

TEST_F(S3ClientTest, AWebPageInsteadOfAStoreIsSaid) {
    fake_.Set(R"({"faults": [{"times": 99, "do": "html"}]})");
    const auto listed = client_.List("media", {}, {}).error();
    EXPECT_EQ(listed.code, ErrorCode::kUnavailable);
    EXPECT_EQ(listed.reason, objects::kNotAStore);
    ExpectSpeaks(listed, "web page");
    fake_.Set(R"({"faults": [{"times": 99, "do": "status", "status": 404, "body": "<html>no</html>"}]})");
    EXPECT_EQ(client_.Head("media", "a", {}).error().reason, objects::kNotAStore);
    EXPECT_EQ(client_.List("media", {}, {}).error().reason, objects::kNotAStore);
}

TEST_F(S3ClientTest, ARedirectIsNotFollowedToAnotherHostButSaid) {
    fake_.Set(R"({"faults": [{"times": 99, "do": "status", "status": 307, "body":
        "<Error><Code>TemporaryRedirect</Code><Endpoint>evil.example</Endpoint></Error>",
        "headers": [["Location", "http://evil.example/media"]]}]})");
    const auto error = client_.List("media", {}, {}).error();
    EXPECT_EQ(error.reason, objects::kWrongRegion);
    ExpectSpeaks(error, "evil.example");
    EXPECT_EQ(Requests(fake_), 1);
}

TEST_F(S3ClientTest, AClockThatIsOffAndCannotBeLearnedIsSaid) {
    fake_.Set(
        R"({"faults": [{"times": 99, "do": "status", "status": 403, "code": "RequestTimeTooSkewed"}]})"
    );
    const auto error = client_.List("media", {}, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(error.reason, objects::kClockOff);
    ExpectSpeaks(error, "clock");
}

TEST_F(S3ClientTest, AnUnknownHostAClosedPortAndADeadProxyAreSaid) {
    Client unknown(Settings("http://no-such-host.invalid"), Always(kGood), clock_);
    const auto no_host = unknown.List("media", {}, {}).error();
    EXPECT_EQ(no_host.reason, objects::kUnknownHost);
    ExpectSpeaks(no_host, "no-such-host.invalid");
    Client closed(Settings("http://127.0.0.1:1"), Always(kGood), clock_);
    const auto no_answer = closed.List("media", {}, {}).error();
    EXPECT_EQ(no_answer.reason, objects::kUnreachable);
    ExpectSpeaks(no_answer, "127.0.0.1:1");
    auto settings = Settings("https://store.invalid");
    settings.network.proxy = fake_.Url();  // it knows no CONNECT
    Client proxied(settings, Always(kGood), clock_);
    const auto no_proxy = proxied.List("media", {}, {}).error();
    EXPECT_EQ(no_proxy.reason, objects::kProxyFailed);
    ExpectSpeaks(no_proxy, "proxy");
}

TEST_F(S3ClientTest, AProxyThatDoesNotAnswerIsNamedWithoutItsPassword) {
    for (const auto* endpoint : {"http://store.invalid", "https://store.invalid"}) {
        auto settings = Settings(endpoint);
        settings.network.proxy = "http://user:canary@127.0.0.1:1";
        Client proxied(settings, Always(kGood), clock_);
        const auto error = proxied.List("media", {}, {}).error();
        EXPECT_EQ(error.reason, objects::kProxyFailed);
        ExpectSpeaks(error, "the proxy 127.0.0.1:1 does not answer");
        EXPECT_EQ(error.message.find("canary"), std::string::npos) << error.message;
        EXPECT_EQ(error.message.find("nothing answers at"), std::string::npos) << error.message;
    }
}

TEST_F(S3ClientTest, GoesThroughAProxyUnlessTheHostIsExempt) {
    auto settings = Settings("http://store.invalid");
    settings.network.proxy = fake_.Url();
    Client proxied(settings, Always(kGood), clock_);
    // the fake takes the absolute form of the request for a path it does not know: it was asked
    static_cast<void>(proxied.List("media", {}, {}));
    EXPECT_GE(Requests(fake_), 1);
    auto exempt = Settings();
    exempt.network.proxy = "http://127.0.0.1:1";
    exempt.network.no_proxy = "127.0.0.1";
    EXPECT_TRUE(Client(exempt, Always(kGood), clock_).List("media", {}, {}).has_value());
}

TEST(S3Faults, OfAProxyThatWantsAPasswordAreTheProxys) {
    const objects::Asked asked{.endpoint = "store:80", .bucket = "media", .key = {}, .action = "list"};
    for (const auto* body : {"", "<html>log in</html>"}) {
        const HttpResponse response{.status = 407, .headers = {}, .body = body};
        const auto fault = FaultOf(response, asked, {});
        EXPECT_EQ(fault.code, ErrorCode::kUnavailable);
        EXPECT_EQ(fault.reason, objects::kProxyFailed);
        EXPECT_THAT(fault.message, ::testing::HasSubstr("the proxy wants to be given a user"));
    }
}

TEST_F(S3ClientTest, StartsFromTheAddressItIsBoundTo) {
    auto settings = Settings();
    settings.network.bind_address = "127.0.0.1";
    EXPECT_TRUE(Client(settings, Always(kGood), clock_).List("media", {}, {}).has_value());
    settings.network.bind_address = "203.0.113.7";
    EXPECT_EQ(
        Client(settings, Always(kGood), clock_).List("media", {}, {}).error().reason,
        objects::kBadNetworkSetup
    );
}

}  // namespace
}  // namespace notify::s3
