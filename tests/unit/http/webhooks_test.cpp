// /v1/webhooks: what is told, rotation, and sending again.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ulid.hpp"
#include "delivery/replay.hpp"
#include "delivery/webhooks/endpoint_health.hpp"
#include "http/event_views.hpp"
#include "storage/event_repository.hpp"
#include "unit/http/fixture.hpp"
#include "unit/http/schema_check.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::JsonOf;
using ::testing::Not;

class WebhooksTest : public testing::ApiTest {
protected:
    std::string AddEndpoint() {
        const auto made = Expect(201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/hook"})");
        return std::string(made.at("id").as_string());
    }
};

std::string TextOfFile(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> KnownTypes() {
    std::set<std::string> types;
    for (const auto& type : kEventTypes) {
        types.emplace(type.name);
    }
    return types;
}

TEST_F(WebhooksTest, AreDescribedForEveryTypeThatTheCodeTells) {
    std::set<std::string> told;
    const std::regex place(
        R"re((?:\.type = |return |tell\(|Told\(\w+, |SourceEvent\(\s*)"((?:item|process|bucket|source|message|endpoint|person)\.[a-z_]+)")re"
    );
    for (const auto& entry : std::filesystem::recursive_directory_iterator(NOTIFY_SOURCE_DIR "/src")) {
        if (entry.path().extension() == ".cpp") {
            const auto text = TextOfFile(entry.path());
            for (std::sregex_iterator at(text.begin(), text.end(), place), end; at != end; ++at) {
                told.insert((*at)[1].str());
            }
        }
    }
    EXPECT_EQ(KnownTypes(), told);
    const auto document = JsonOf(Ask("GET", "/openapi.json"));
    std::set<std::string> described;
    for (const auto& webhook : document.at("webhooks").as_object()) {
        described.insert(std::string(webhook.key()));
    }
    EXPECT_EQ(described, told);
    const auto page = TextOfFile(NOTIFY_SOURCE_DIR "/docs/webhooks.md");
    for (const auto& type : told) {
        EXPECT_THAT(page, HasSubstr("`" + type + "`"));
    }
}

TEST_F(WebhooksTest, CarryTheDataThatTheDocumentDescribes) {
    const auto endpoint = EndpointId(AddEndpoint());
    ASSERT_TRUE(endpoints_->SendTest(endpoint, "tester"));
    AddBucket();
    const auto item = Discover("a.bin");
    Expect(202, "POST", "/v1/items/" + item + "/cancel");
    std::filesystem::remove_all(folder_.Path() / "in");
    EXPECT_GE(Ask("POST", "/v1/buckets/in/scan").status, 400);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return NoteTry(transaction, endpoint, TryResult::kGone, "the receiver answered 410", clock_.Now());
    }));
    const auto document = JsonOf(Ask("GET", "/openapi.json")).as_object();
    const auto events = Expect(200, "GET", "/v1/events?limit=200");
    std::set<std::string> seen;
    for (const auto& event : events.at("rows").as_array()) {
        const std::string type(event.at("type").as_string());
        seen.insert(type);
        const auto& body = document.at("webhooks").at(type).at("post").at("requestBody").at("content");
        const boost::json::value sent{
            {"type", type},
            {"timestamp", event.at("at")},
            {"sequence", event.at("sequence")},
            {"data", event.at("data")}
        };
        const auto& schema = body.at("application/json").at("schema");
        EXPECT_THAT(testing::SchemaFaults(document, schema, sent), IsEmpty()) << type;
    }
    for (const auto* type :
         {"item.discovered",
          "item.cancelled",
          "process.cancelled",
          "bucket.scan_failed",
          "endpoint.disabled",
          "endpoint.test"}) {
        EXPECT_TRUE(seen.contains(type)) << type;
    }
}

TEST_F(WebhooksTest, AreSentAgainForARangeOfEventsWhateverBecameOfThem) {
    const auto at = "/v1/webhooks/" + AddEndpoint();
    for (const auto* type : {"item.failed", "item.completed", "item.failed"}) {
        Append(type);
    }
    FinishDeliveries(Status::kCompleted);
    const auto events =
        Expect(200, "GET", "/v1/events?types=item.failed,item.completed").at("rows").as_array();
    ASSERT_EQ(events.size(), 3U);
    const auto sent = [&](std::size_t from, std::size_t to) {
        const auto body = fmt::format(
            R"({{"from_sequence":{},"to_sequence":{}}})",
            events[from].at("sequence").as_int64(),
            events[to].at("sequence").as_int64()
        );
        return Expect(202, "POST", at + "/replay", body).at("deliveries").as_int64();
    };
    EXPECT_EQ(sent(0, 1), 2);
    EXPECT_EQ(sent(0, 2), 1);  // two are on their way
    FinishDeliveries(Status::kFailed);
    Expect(200, "PATCH", at, R"({"types":["item.failed"]})");
    EXPECT_EQ(sent(0, 2), 2);
    Expect(202, "POST", at + "/test");  // is told once, to the endpoint that it is for
    EXPECT_EQ(
        Expect(202, "POST", at + "/replay", R"({"from_sequence":0,"to_sequence":1000})").at("deliveries"), 0
    );
    for (const auto* body :
         {"{}",
          R"({"from_sequence":2,"to_sequence":1})",
          R"({"from_sequence":-9223372036854775808,"to_sequence":1})",
          R"({"from_sequence":1})",
          R"({"to_sequence":1})",
          R"({"since":"2026-01-31T12:00:00Z","from_sequence":1,"to_sequence":2})",
          R"({"since":"then"})"}) {
        EXPECT_EQ(Ask("POST", at + "/replay", body).status, 400) << body;
    }
}

TEST_F(WebhooksTest, AreSentAgainSinceAMomentWhenTheyFailed) {
    const auto id = AddEndpoint();
    const auto at = "/v1/webhooks/" + id;
    const auto before = ToRfc3339(clock_.Now());
    clock_.Advance(std::chrono::seconds(1));
    Append("item.failed");
    Append("item.completed");
    FinishDeliveries(Status::kFailed);
    const auto since = [](const std::string& moment) { return R"({"since":")" + moment + "\"}"; };
    clock_.Advance(std::chrono::seconds(1));
    EXPECT_EQ(Expect(202, "POST", at + "/replay", since(ToRfc3339(clock_.Now()))).at("deliveries"), 0);
    EXPECT_EQ(Expect(202, "POST", at + "/replay", since(before)).at("deliveries"), 2);
    FinishDeliveries(Status::kCompleted);
    EXPECT_EQ(Expect(202, "POST", at + "/replay", since(before)).at("deliveries"), 0);  // they got through
    EXPECT_EQ(AskAs(read_key_, "POST", at + "/replay", since(before)).status, 403);
    EXPECT_EQ(Ask("POST", "/v1/webhooks/none/replay", since(before)).status, 404);
    Expect(200, "PATCH", at, R"({"active":false})");
    EXPECT_EQ(Ask("POST", at + "/replay", since(before)).status, 409);
}

TEST_F(WebhooksTest, ThatFailedByTheHundredAreAllSentAgain) {
    const auto at = "/v1/webhooks/" + AddEndpoint();
    const auto before = ToRfc3339(clock_.Now());
    for (int i = 0; i < 450; ++i) {  // more than two transactions
        Append("item.failed");
    }
    FinishDeliveries(Status::kFailed);
    const auto again = Expect(202, "POST", at + "/replay", R"({"since":")" + before + "\"}");
    EXPECT_EQ(again.at("deliveries"), 450);
    EXPECT_EQ(Expect(202, "POST", at + "/replay", R"({"since":")" + before + "\"}").at("deliveries"), 0);
}

TEST_F(WebhooksTest, AreNotSentAPartOfARangeThatIsTooLong) {
    const auto at = "/v1/webhooks/" + AddEndpoint();
    Expect(202, "POST", at + "/test");
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        std::vector<Event> events(Replay::kMostReplayed);
        for (auto& event : events) {
            event = {
                .id = EventId(MakeId("msg")),
                .type = "item.failed",
                .subject = "itm_1",
                .at = clock_.Now(),
                .data = "{}"
            };
        }
        return transaction.events.AppendAll(events);
    }));
    const auto answer = Ask("POST", at + "/replay", R"({"from_sequence":0,"to_sequence":1000000})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("take a shorter one"));
}

TEST_F(WebhooksTest, HideThePathOfTheirAddressFromWhoMayOnlyRead) {
    const auto at = "/v1/webhooks/" + AddEndpoint();
    Expect(200, "PATCH", at, R"({"url":"http://127.0.0.1:9000/services/T0KEN?key=T0KEN"})");
    for (const auto* target : {"/v1/webhooks", at.c_str()}) {
        const auto seen = AskAs(read_key_, "GET", target).body;
        EXPECT_THAT(seen, HasSubstr("http://127.0.0.1:9000/…"));
        EXPECT_THAT(seen, Not(HasSubstr("T0KEN")));
        EXPECT_THAT(AskAs(MakeKey({"webhooks"}), "GET", target).body, HasSubstr("/services/T0KEN?key=T0KEN"));
    }
}

TEST_F(WebhooksTest, SayHowTheyStand) {
    const auto id = EndpointId(AddEndpoint());
    const auto at = "/v1/webhooks/" + id.Value();
    const auto stands = [&](std::string_view state, std::string_view last_error) {
        const auto shown = Expect(200, "GET", at);
        EXPECT_EQ(shown.at("state").as_string(), state);
        EXPECT_EQ(shown.at("last_error").as_string(), last_error);
        return shown.at("failing_since").is_null();
    };
    const auto tried = [&](TryResult result, std::string_view sentence) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return NoteTry(transaction, id, result, sentence, clock_.Now());
        }));
    };
    EXPECT_TRUE(stands("ENABLED", ""));
    tried(TryResult::kFailed, "the receiver answered 500");
    EXPECT_FALSE(stands("FAILING", "the receiver answered 500"));
    tried(TryResult::kSucceeded, "");
    EXPECT_TRUE(stands("ENABLED", ""));
    Expect(200, "PATCH", at, R"({"active":false})");
    EXPECT_TRUE(stands("PAUSED", ""));
    Expect(200, "PATCH", at, R"({"active":true})");
    tried(TryResult::kGone, "the receiver answered 410");
    EXPECT_FALSE(stands("DISABLED", "the receiver answered 410"));
    Expect(200, "PATCH", at, R"({"active":true})");
    EXPECT_TRUE(stands("ENABLED", ""));
}

TEST_F(WebhooksTest, ArePickedByWhatTheyAreAbout) {
    const auto bucket = AddBucket();
    const auto body = [](const std::string& only) {
        return R"({"url":"http://127.0.0.1:9000/hook","only":)" + only + "}";
    };
    const auto made = Expect(
        201, "POST", "/v1/webhooks", body(R"({"buckets":[")" + bucket + R"("],"processors":["checksum"]})")
    );
    EXPECT_EQ(made.at("only").at("buckets").as_array().at(0).as_string(), bucket);
    const auto at = "/v1/webhooks/" + std::string(made.at("id").as_string());
    EXPECT_EQ(
        Expect(200, "PATCH", at, R"({"only":{"processors":["checksum"]}})").at("only").at("buckets"),
        boost::json::array()
    );
    for (const auto* list : {"sources", "buckets", "processors", "people"}) {
        const auto refused =
            Ask("POST", "/v1/webhooks", body(R"({")" + std::string(list) + R"(":["none"]})"));
        EXPECT_EQ(refused.status, 400) << list;
        EXPECT_THAT(refused.body, HasSubstr("/only/" + std::string(list) + "/0"));
    }
}

TEST_F(WebhooksTest, KeepTheOldSecretAsLongAsARotationAsks) {
    const auto id = AddEndpoint();
    const auto secrets = [&] { return endpoints_->Get(EndpointId(id)).value().secrets.size(); };
    Expect(200, "POST", "/v1/webhooks/" + id + "/rotate");
    EXPECT_EQ(secrets(), 2U);
    Expect(200, "POST", "/v1/webhooks/" + id + "/rotate", R"({"overlap_hours":0})");
    EXPECT_EQ(secrets(), 1U);
    Expect(200, "POST", "/v1/webhooks/" + id + "/rotate", R"({"overlap_hours":168})");
    EXPECT_EQ(secrets(), 2U);
}

TEST_F(WebhooksTest, ThatEndedHaveNoNextAttemptAndAreListedWithoutTheirAttempts) {
    AddEndpoint();
    Append("item.completed");
    const auto next = [&] {
        const auto list = Expect(200, "GET", "/v1/deliveries");
        EXPECT_FALSE(list.at("rows").at(0).as_object().contains("attempts"));
        return list.at("rows").at(0).at("next_attempt_at");
    };
    EXPECT_TRUE(next().is_string());
    FinishDeliveries(Status::kCompleted);
    EXPECT_TRUE(next().is_null());
}

}  // namespace
}  // namespace notify
