// /v1/sources and /v1/store-kinds.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kArchive =
    R"({"kind":"s3","name":"archive","config":{"endpoint":"https://s3.example:9000"}})";

class SourcesApi : public testing::ApiTest {
protected:
    std::string Refusal(int status, const std::string& method, std::string_view target, std::string body) {
        const auto problem = Expect(status, method, target, std::move(body));
        return std::string(problem.at("detail").as_string());
    }
};

TEST_F(SourcesApi, AreMadeShownChangedAndRemoved) {
    const auto made = Expect(201, "POST", "/v1/sources", kArchive);
    EXPECT_EQ(made.at("name"), "archive");
    EXPECT_EQ(made.at("config").at("endpoint"), "https://s3.example:9000");
    EXPECT_EQ(made.at("config").at("region"), "us-east-1");
    EXPECT_EQ(Expect(200, "GET", "/v1/sources/archive").at("id"), made.at("id"));
    const auto changed = Expect(
        200,
        "PATCH",
        "/v1/sources/archive",
        R"({"name":"deep","config":{"endpoint":"https://other.example"}})"
    );
    EXPECT_EQ(changed.at("name"), "deep");
    EXPECT_EQ(changed.at("config").at("endpoint"), "https://other.example");
    Expect(409, "POST", "/v1/sources", R"({"kind":"s3","name":"deep","config":{"endpoint":"https://a"}})");
    EXPECT_EQ(Ask("DELETE", "/v1/sources/deep").status, 204);
    Expect(404, "GET", "/v1/sources/deep");
    EXPECT_THAT(
        AuditActions(),
        ::testing::AllOf(Contains("source.add"), Contains("source.change"), Contains("source.remove"))
    );
}

TEST_F(SourcesApi, TakeAQueueOfMessagesButNoBucketInIt) {
    const auto made = Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"sqs","name":"events","config":{"queue_url":"https://sqs.us-east-2.amazonaws.com/1/q"}})"
    );
    EXPECT_EQ(made.at("note"), "");
    EXPECT_EQ(made.at("config").at("mode"), "long_poll");
    EXPECT_THAT(
        Refusal(
            400,
            "POST",
            "/v1/buckets",
            R"({"location":"media","source":"events","backlog":{"policy":"process"}})"
        ),
        HasSubstr("is a queue of messages and holds no buckets")
    );
    const auto test = Expect(200, "POST", "/v1/sources/events/test");
    EXPECT_EQ(test.at("code"), "no_credentials");
    Expect(201, "POST", "/v1/sources", kArchive);
    EXPECT_THAT(Refusal(422, "POST", "/v1/sources/archive/test", ""), HasSubstr("buckets test BUCKET"));
}

TEST_F(SourcesApi, TellWhatAQueueGave) {
    const auto made = Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"sqs","name":"events","config":{"queue_url":"https://sqs.us-east-2.amazonaws.com/1/q"}})"
    );
    EXPECT_TRUE(made.at("queue").is_null());
    queues_ = {
        {.source_id = SourceId(std::string(made.at("id").as_string())),
         .source = "events",
         .received = 7,
         .deleted = 5,
         .known = 3,
         .dead = 1,
         .answered_at = clock_.Now(),
         .oldest_sent_at = clock_.Now() - std::chrono::seconds(90),
         .code = "no_queue",
         .sentence = "there is none"}
    };
    const auto queue = Expect(200, "GET", "/v1/sources/events").at("queue");
    EXPECT_EQ(queue.at("received"), 7);
    EXPECT_EQ(queue.at("known"), 3);
    EXPECT_EQ(queue.at("oldest_seconds"), 90);
    EXPECT_EQ(queue.at("code"), "no_queue");
    const auto metrics = Ask("GET", "/metrics").body;
    EXPECT_THAT(metrics, HasSubstr("notifications_messages_received_total{source=\"events\"} 7\n"));
    EXPECT_THAT(metrics, HasSubstr("notifications_messages_unreadable{source=\"events\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("notifications_messages_oldest_seconds{source=\"events\"} 90\n"));
}

TEST_F(SourcesApi, SayWhereAConfigurationIsWrong) {
    EXPECT_THAT(
        Refusal(400, "POST", "/v1/sources", R"({"kind":"s3"})"), HasSubstr("/config/endpoint: is missing")
    );
    EXPECT_THAT(
        Refusal(400, "POST", "/v1/sources", R"({"kind":"s3","config":{"endpoint":"nothing"}})"),
        HasSubstr("/config/endpoint")
    );
    EXPECT_THAT(
        Refusal(400, "POST", "/v1/sources", R"({"kind":"s3","config":{"endpoint":"https://a","bukket":1}})"),
        HasSubstr("/config/bukket")
    );
    EXPECT_THAT(Refusal(400, "POST", "/v1/sources", R"({"kind":"ftp"})"), HasSubstr("/kind"));
    EXPECT_THAT(
        Refusal(400, "POST", "/v1/sources", R"({"kind":"iconik","config":{"endpoint":"https://a/b/c"}})"),
        HasSubstr("/config/endpoint")
    );
}

TEST_F(SourcesApi, TakeSecretsAndNeverShowThem) {
    Expect(201, "POST", "/v1/sources", kArchive);
    const auto given =
        Ask("POST",
            "/v1/sources/archive/secrets",
            R"({"access_key":"AK1","secret_key":"canary-1","expires_at":"2030-01-31T12:00:00Z"})");
    EXPECT_EQ(given.status, 201);
    EXPECT_THAT(given.body, Not(HasSubstr("canary")));
    Expect(201, "POST", "/v1/sources/archive/secrets", R"({"access_key":"AK2","secret_key":"canary-2"})");
    const auto shown = Expect(200, "GET", "/v1/sources/archive");
    const auto& secrets = shown.at("secrets").as_array();
    ASSERT_EQ(secrets.size(), 2U);
    EXPECT_EQ(secrets[0].at("access_key"), "AK2");
    EXPECT_EQ(secrets[1].at("expires_at"), "2030-01-31T12:00:00.000Z");
    const auto oldest = std::to_string(secrets[1].at("number").as_int64());
    EXPECT_EQ(Ask("DELETE", "/v1/sources/archive/secrets/" + oldest).status, 204);
    Expect(404, "DELETE", "/v1/sources/archive/secrets/" + oldest);
    Expect(404, "DELETE", "/v1/sources/archive/secrets/x");
}

TEST_F(SourcesApi, RefuseSecretsThatCannotBeOnesWithoutRepeatingThem) {
    Expect(201, "POST", "/v1/sources", kArchive);
    const auto refused = [&](const std::string& body) {
        auto sentence = Refusal(400, "POST", "/v1/sources/archive/secrets", body);
        EXPECT_THAT(sentence, Not(HasSubstr("canary")));
        return sentence;
    };
    EXPECT_THAT(refused("{}"), HasSubstr("either a token, or access_key"));
    EXPECT_THAT(refused(R"({"secret_key":"canary"})"), HasSubstr("/access_key: is missing"));
    EXPECT_THAT(refused(R"({"access_key":"AK"})"), HasSubstr("/secret_key: is missing"));
    EXPECT_THAT(
        refused(R"({"access_key":"AK","secret_key":"canary","token":"canary"})"), HasSubstr("either")
    );
    EXPECT_THAT(refused(R"({"token":"canary\r\nx-evil: 1"})"), HasSubstr("/token: must be"));
    EXPECT_THAT(refused(R"({"token":"canary","expires_at":"soon"})"), HasSubstr("/expires_at"));
}

TEST_F(SourcesApi, AreTheAdministratorsAlone) {
    EXPECT_EQ(AskAs(write_key_, "POST", "/v1/sources", kArchive).status, 403);
    EXPECT_EQ(AskAs(write_key_, "GET", "/v1/sources").status, 200);
}

TEST_F(SourcesApi, TellTheSchemaOfEachKind) {
    const auto answer = Expect(200, "GET", "/v1/store-kinds");
    std::vector<std::string> names;
    for (const auto& kind : answer.at("rows").as_array()) {
        names.emplace_back(kind.at("kind").as_string());
        EXPECT_TRUE(kind.at("config_schema").is_object());
    }
    EXPECT_THAT(names, ::testing::ElementsAre("local", "iconik", "datacore", "object_matrix", "s3", "sqs"));
}

TEST_F(SourcesApi, ShowHowTheirWebhooksStandInTheStore) {
    constexpr const char* kIconik =
        R"({"kind":"iconik","name":"news","config":{"endpoint":"https://app.iconik.io"}})";
    const auto made = Expect(201, "POST", "/v1/sources", kIconik);
    EXPECT_TRUE(made.at("webhooks").is_null());
    webhooks_ = {
        {.source_id = SourceId(std::string(made.at("id").as_string())),
         .read_at = clock_.Now(),
         .webhooks =
             {{.id = "hook", .name = "ours", .status = "failing", .since = "", .sentence = "see to it"}},
         .sentence = ""}
    };
    const auto shown = Expect(200, "GET", "/v1/sources/news");
    EXPECT_EQ(shown.at("webhooks").at("rows").at(0).at("status"), "failing");
    EXPECT_EQ(shown.at("note"), "see to it");
}

TEST_F(SourcesApi, AreSetUpOnlyInIconikAndWithASecretAndAnAddress) {
    Expect(201, "POST", "/v1/sources", kArchive);
    EXPECT_THAT(
        Refusal(422, "POST", "/v1/sources/archive/setup", "{}"), HasSubstr("is for sources of kind iconik")
    );
    Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"iconik","name":"news","config":{"endpoint":"https://app.iconik.io"},"secret":{"access_key":"app","secret_key":"token"}})"
    );
    EXPECT_THAT(Refusal(409, "POST", "/v1/sources/news/setup", "{}"), HasSubstr("--system-endpoint"));
    EXPECT_THAT(
        Refusal(400, "POST", "/v1/sources/news/setup", R"({"system_endpoint":"nowhere"})"),
        HasSubstr("must be the URL at which Iconik reaches this service")
    );
    Expect(404, "POST", "/v1/sources/nobody/setup", "{}");
}

TEST_F(SourcesApi, HoldBucketsWhichMustNameOneWhereThereAreSeveral) {
    EXPECT_THAT(
        Refusal(
            400,
            "POST",
            "/v1/buckets",
            R"({"kind":"s3","location":"media","active":false,"backlog":{"policy":"process"}})"
        ),
        HasSubstr("there is no source of kind s3 yet")
    );
    Expect(201, "POST", "/v1/sources", kArchive);
    const auto first = Expect(
        201,
        "POST",
        "/v1/buckets",
        R"({"kind":"s3","location":"media/in/","active":false,"backlog":{"policy":"process"},"dedupe":"off","filters":{"min_bytes":5,"media_types":[]},
            "schedule":{"cron":"0 2 * * *","windows":[],"time_zone":"Europe/Zurich"}})"
    );
    EXPECT_EQ(first.at("name"), "in");
    EXPECT_EQ(first.at("source"), "archive");
    EXPECT_EQ(first.at("location"), "media/in/");
    EXPECT_EQ(first.at("dedupe"), "off");
    EXPECT_EQ(first.at("filters").at("min_bytes"), 5);
    EXPECT_EQ(first.at("schedule").at("time_zone"), "Europe/Zurich");
    EXPECT_THAT(
        Refusal(409, "DELETE", "/v1/sources/archive", ""), HasSubstr("bucket 'in' is in that source")
    );
    Expect(201, "POST", "/v1/sources", R"({"kind":"s3","name":"other","config":{"endpoint":"https://a"}})");
    EXPECT_THAT(
        Refusal(
            400,
            "POST",
            "/v1/buckets",
            R"({"kind":"s3","location":"x","active":false,"backlog":{"policy":"process"}})"
        ),
        HasSubstr("name one")
    );
    EXPECT_THAT(
        Refusal(
            400,
            "POST",
            "/v1/buckets",
            R"({"kind":"datacore","source":"other","location":"x","active":false,"backlog":{"policy":"process"}})"
        ),
        HasSubstr("is of kind s3")
    );
    Expect(
        201,
        "POST",
        "/v1/buckets",
        R"({"source":"other","location":"x","active":false,"backlog":{"policy":"process"}})"
    );
}

TEST_F(SourcesApi, HoldNoTwoBucketsWhosePrefixesOverlap) {
    Expect(201, "POST", "/v1/sources", kArchive);
    Expect(201, "POST", "/v1/sources", R"({"kind":"s3","name":"other","config":{"endpoint":"https://a"}})");
    const auto add =
        [&](int status, const std::string& source, const std::string& place, const std::string& name) {
            Expect(
                status,
                "POST",
                "/v1/buckets",
                R"({"source":")" + source +
                    R"(","active":false,"backlog":{"policy":"process"},"location":")" + place +
                    R"(","name":")" + name + R"("})"
            );
        };
    add(201, "archive", "media/in/", "one");
    add(409, "archive", "media", "two");
    add(409, "archive", "media/in/deep", "two");
    add(409, "archive", "media/in/", "two");
    add(201, "archive", "media/out/", "two");
    add(201, "archive", "media2", "three");
    add(201, "other", "media", "four");
}

}  // namespace
}  // namespace notify
