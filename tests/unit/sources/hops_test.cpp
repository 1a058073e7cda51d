#include "sources/hops.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/objects/faults.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;

Result<void> Failing(std::string_view reason) {
    return Unexpected(objects::Fault(ErrorCode::kUnavailable, reason, "no"));
}

Source Store(std::string_view config) {
    return {.kind = "s3", .name = "store", .config = std::string(config)};
}

/// "+dns" passed, "!tls" failed, "bucket" was not reached.
std::vector<std::string> Shown(const Source& source, const Result<void>& checked) {
    std::vector<std::string> shown;
    for (const auto& hop : HopsOf(source, checked)) {
        const auto* sign = hop.state == HopState::kPassed ? "+" : hop.state == HopState::kFailed ? "!" : "";
        shown.push_back(sign + std::string(hop.name));
    }
    return shown;
}

/// The hop that failed; "" when none did.
std::string_view FailedHop(std::string_view reason) {
    for (const auto& hop : HopsOf(Store(R"({"endpoint":"https://s3.example"})"), Failing(reason))) {
        if (hop.state == HopState::kFailed) {
            return hop.name;
        }
    }
    return {};
}

TEST(Hops, ToAQueueEndAtTheQueue) {
    const Source queue{
        .kind = "sqs",
        .name = "events",
        .config = R"({"queue_url":"https://sqs.eu-west-1.amazonaws.com/1/q"})"
    };
    EXPECT_THAT(
        Shown(queue, Failing("no_queue")),
        ElementsAre("+setup", "+dns", "+connect", "+tls", "+answer", "+credentials", "!queue")
    );
    EXPECT_THAT(
        Shown(queue, Failing(objects::kCredentialsRefused)),
        ElementsAre("+setup", "+dns", "+connect", "+tls", "+answer", "!credentials", "queue")
    );
}

TEST(Hops, NameTheOneThatFailed) {
    EXPECT_EQ(FailedHop(objects::kUnknownHost), "dns");
    EXPECT_EQ(FailedHop(objects::kUnreachable), "connect");
    EXPECT_EQ(FailedHop(objects::kProxyFailed), "proxy");
    EXPECT_EQ(FailedHop(objects::kTlsRefused), "tls");
    EXPECT_EQ(FailedHop(objects::kBadNetworkSetup), "setup");
    EXPECT_EQ(FailedHop(objects::kCredentialsExpired), "credentials");
    EXPECT_EQ(FailedHop(objects::kAccessDenied), "credentials");
    EXPECT_EQ(FailedHop(objects::kClockOff), "credentials");
    EXPECT_EQ(FailedHop(objects::kNoBucket), "bucket");
    EXPECT_EQ(FailedHop("refused"), "bucket");
    EXPECT_EQ(FailedHop(""), "setup");
}

TEST(Hops, DoNotCallCredentialsGoodWhenNoStoreAnsweredForThem) {
    for (const auto reason :
         {objects::kNotAStore, objects::kSlowDown, objects::kStoreFault, objects::kWrongAnswer}) {
        EXPECT_THAT(
            Shown(Store(R"({"endpoint":"https://s3.example"})"), Failing(reason)),
            ElementsAre("+setup", "+dns", "+connect", "+tls", "!answer", "credentials", "bucket")
        ) << reason;
    }
}

TEST(Hops, BehindTheFailedOneAreNotReached) {
    EXPECT_THAT(
        Shown(Store(R"({"endpoint":"https://s3.example"})"), Failing(objects::kTlsRefused)),
        ElementsAre("+setup", "+dns", "+connect", "!tls", "answer", "credentials", "bucket")
    );
}

TEST(Hops, WithoutCredentialsWereNotTried) {
    EXPECT_THAT(
        Shown(Store(R"({"endpoint":"https://s3.example"})"), Failing(objects::kNoCredentials)),
        ElementsAre("setup", "dns", "connect", "tls", "answer", "!credentials", "bucket")
    );
}

TEST(Hops, AreOnlyThoseOfTheWayThatTheSourceGoes) {
    EXPECT_THAT(
        Shown(Store(R"({"endpoint":"http://10.0.0.7:9000"})"), {}),
        ElementsAre("+setup", "+connect", "+answer", "+credentials", "+bucket")
    );
    EXPECT_THAT(
        Shown(Store(R"({"endpoint":"https://s3.example","proxy":"http://p:3128"})"), {}),
        ElementsAre("+setup", "+proxy", "+tls", "+answer", "+credentials", "+bucket")
    );
}

TEST(Hops, OfAProxyAreItsOwnNameAndConnection) {
    for (const auto reason : {objects::kUnreachable, objects::kInterrupted, objects::kProxyFailed}) {
        EXPECT_THAT(
            Shown(Store(R"({"endpoint":"http://s3.example","proxy":"http://p:3128"})"), Failing(reason)),
            ElementsAre("+setup", "!proxy", "answer", "credentials", "bucket")
        ) << reason;
    }
}

TEST(Hops, LeadPastTheProxyWhereNoProxyNamesTheHost) {
    const auto by_proxy = [](const std::string& endpoint, const std::string& no_proxy) {
        const auto hops = HopsOf(
            Store(
                R"({"endpoint":")" + endpoint + R"(","proxy":"http://p:3128","no_proxy":")" + no_proxy + "\"}"
            ),
            {}
        );
        return hops.at(1).name == "proxy";
    };
    EXPECT_FALSE(by_proxy("https://s3.Example", "other.example, .EXAMPLE"));
    EXPECT_FALSE(by_proxy("https://s3.example", "s3.example"));
    EXPECT_FALSE(by_proxy("https://s3.example", "*"));
    EXPECT_FALSE(by_proxy("https://10.1.2.3:9000", "localhost,10.1.0.0/16"));
    EXPECT_TRUE(by_proxy("https://10.2.2.3:9000", "localhost,10.1.0.0/16"));
    EXPECT_TRUE(by_proxy("https://s3.example", "3.example,"));
}

TEST(Hops, OfAFolderAreOne) {
    const Source folder{.kind = "local", .name = "local", .config = "{}"};
    EXPECT_EQ(HopsOf(folder, {}).size(), 1U);
    EXPECT_EQ(HopsOf(folder, {})[0].state, HopState::kPassed);
    EXPECT_EQ(HopsOf(folder, Fail(ErrorCode::kInvalidArgument, "no"))[0].state, HopState::kFailed);
}

}  // namespace
}  // namespace notify::testing
