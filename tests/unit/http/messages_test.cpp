// /v1/intake/iconik, /v1/news and /v1/dead-messages.

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ulid.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"
#include "unit/http/fixture.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MessagesApi : public ApiTest {
protected:
    Response Send(std::string body, std::string_view secret, std::string_view key = {}) {
        Request request;
        request.id = MakeId("req");
        request.method = "POST";
        request.body = std::move(body);
        request.headers["content-type"] = "application/json";
        if (!secret.empty()) {
            request.headers["x-notifications-secret"] = secret;
        }
        if (!key.empty()) {
            request.headers["authorization"] = "Bearer " + std::string(key);
        }
        EXPECT_TRUE(SetTarget(request, "/v1/intake/iconik"));
        const bool is_let_in = !router_->Admit(request).refusal.has_value();
        auto response = router_->Handle(std::move(request));
        EXPECT_EQ(is_let_in, response.status != 401 && response.status != 403) << "before its body is read";
        return response;
    }

    std::string Bury(std::string message_id, std::string body) {
        EXPECT_TRUE(messages_->Take(
            {{.source_id = SourceId("src_q"), .message_id = std::move(message_id), .body = std::move(body)}}
        ));
        const auto list = Expect(200, "GET", "/v1/dead-messages?limit=1");
        return std::string(list.at("rows").at(0).at("id").as_string());
    }
};

constexpr std::string_view kSecret = "a secret of sixteen";

TEST_F(MessagesApi, TakesAWebhookThatHasTheSecret) {
    const auto taken = Send(AssetCreated(), kSecret);
    EXPECT_EQ(taken.status, 202) << taken.body;
    const auto news = Expect(200, "GET", "/v1/news").at("rows").as_array();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].at("kind"), "asset");
    EXPECT_EQ(news[0].at("address").as_string(), kAsset);
    EXPECT_EQ(JsonOf(Send(AssetCreated(), kSecret)).at("known"), 1);
    EXPECT_EQ(JsonOf(Send(ToJsonText(Action()), kSecret)).at("added"), 1);
    EXPECT_EQ(JsonOf(Send(R"({"Event":"s3:TestEvent"})", kSecret)).at("ignored"), "test");
}

TEST_F(MessagesApi, TakesNothingFromStrangersAndSaysWhatToDo) {
    for (const auto* const secret : {"", "a secret of sixteeN", "a secret of"}) {
        const auto refused = Send(AssetCreated(), secret);
        EXPECT_EQ(refused.status, 401);
        EXPECT_THAT(refused.body, HasSubstr("X-Notifications-Secret"));
        EXPECT_THAT(refused.body, Not(HasSubstr(std::string(kSecret))));
    }
    EXPECT_EQ(Send(AssetCreated(), "", read_key_).status, 403);
    EXPECT_EQ(Send(AssetCreated(), "", "na_wrong").status, 401);
    EXPECT_EQ(Send(AssetCreated(), "", write_key_).status, 202);
}

TEST_F(MessagesApi, RefusesWhatIsNotUnderstoodWithAReason) {
    const auto refused = Send(R"({"order":7})", kSecret);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("reason"), "unrecognised");
    EXPECT_EQ(JsonOf(Send("{", kSecret)).at("reason"), "not_json");
    EXPECT_EQ(JsonOf(Send(R"({"asset_id":"x"})", kSecret)).at("reason"), "short_form");
    EXPECT_TRUE(Expect(200, "GET", "/v1/dead-messages").at("rows").as_array().empty());
}

TEST_F(MessagesApi, ShowsReplaysAndRemovesDeadMessages) {
    const auto id = Bury("m-1", R"({"order":7,"auth_token":"s3cret"})");
    const auto shown = Expect(200, "GET", "/v1/dead-messages/" + id);
    EXPECT_EQ(shown.at("source"), "src_q");
    EXPECT_EQ(shown.at("message"), "m-1");
    EXPECT_EQ(shown.at("reason"), "unrecognised");
    EXPECT_EQ(shown.at("whole"), true);
    const std::string_view body = shown.at("body").as_string();
    EXPECT_THAT(body, HasSubstr("\"order\":7"));
    EXPECT_THAT(body, Not(HasSubstr("s3cret")));
    EXPECT_EQ(Expect(400, "POST", "/v1/dead-messages/" + id + "/replay").at("reason"), "unrecognised");
    EXPECT_EQ(AskAs(read_key_, "POST", "/v1/dead-messages/" + id + "/replay").status, 403);
    EXPECT_EQ(AskAs(read_key_, "DELETE", "/v1/dead-messages/" + id).status, 403);
    Expect(204, "DELETE", "/v1/dead-messages/" + id);
    Expect(404, "GET", "/v1/dead-messages/" + id);
    Expect(404, "DELETE", "/v1/dead-messages/" + id);
}

TEST_F(MessagesApi, ReplaysWhatIsUnderstoodNow) {
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.dead_messages.Add(
            {.id = DeadMessageId("dead_1"),
             .message_id = "1",
             .body = AssetCreated(),
             .created_at = clock_.Now()}
        );
    }));
    EXPECT_EQ(Expect(202, "POST", "/v1/dead-messages/dead_1/replay").at("added"), 1);
    Expect(409, "POST", "/v1/dead-messages/dead_1/replay");
    EXPECT_EQ(Expect(200, "GET", "/v1/dead-messages?replayed=true").at("rows").as_array().size(), 1U);
    EXPECT_TRUE(Expect(200, "GET", "/v1/dead-messages?replayed=false").at("rows").as_array().empty());
    EXPECT_TRUE(Expect(200, "GET", "/v1/dead-messages?source=src_x").at("rows").as_array().empty());
    Expect(400, "GET", "/v1/dead-messages?replayed=maybe");
}

TEST_F(MessagesApi, CountsWhatWaits) {
    EXPECT_EQ(Send(AssetCreated(), kSecret).status, 202);
    EXPECT_THAT(
        Ask("GET", "/metrics").body, HasSubstr("notifications_news{kind=\"asset\",state=\"due\"} 1\n")
    );
}

}  // namespace
}  // namespace notify::testing
