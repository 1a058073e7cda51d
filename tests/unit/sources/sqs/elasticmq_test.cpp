// The client against ElasticMQ, which others wrote, behind a gate that checks every signature with botocore.

#include "servers/elasticmq.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/url.hpp"
#include "sources/objects/faults.hpp"
#include "sources/sqs/client.hpp"
#include "sources/sqs/faults.hpp"
#include "unit/sources/sqs/fixture.hpp"

namespace notify::sqs {
namespace {

using namespace std::chrono_literals;
using notify::testing::ElasticMq;

class ElasticMqTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (ElasticMq::IsThere()) {
            server_ = std::make_unique<ElasticMq>();
        }
    }

    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        if (!server_) {
            GTEST_SKIP() << "ElasticMQ was not fetched by script/bootstrap test";
        }
        for (const auto* name : {"events", "dead", "plain"}) {
            Ask("PurgeQueue", {{"QueueUrl", server_->QueueUrl(name)}});
        }
    }

    [[nodiscard]] static std::unique_ptr<Client> Of(
        std::string_view queue,
        const s3::Credentials& credentials = kGood,
        std::string_view region = "eu-west-1"
    ) {
        return std::make_unique<Client>(
            SettingsOf(server_->QueueUrl(queue), region), Always(credentials), clock_
        );
    }

    /// What nobody but tests needs, unsigned.
    static boost::json::value Ask(std::string_view operation, const boost::json::object& body) {
        const auto response = HttpClient().Send(
            {
                .method = "POST",
                .url = Url::Parse(server_->Url() + "/_unsigned/").value(),
                .headers =
                    {{"content-type", "application/x-amz-json-1.0"},
                     {"x-amz-target", fmt::format("AmazonSQS.{}", operation)}},
                .body = boost::json::serialize(body),
            },
            {}
        );
        return response.value().body.empty() ? boost::json::value() : boost::json::parse(response->body);
    }

    static void Send(std::string_view queue, std::string_view body) {
        Ask("SendMessage", {{"QueueUrl", server_->QueueUrl(queue)}, {"MessageBody", body}});
    }

    static std::vector<Message> Receive(std::string_view queue, std::chrono::seconds hidden = 30s) {
        return Of(queue)->Receive({.wait = 0s, .hidden = hidden}, {}).value();
    }

    static inline std::unique_ptr<ElasticMq> server_;
    static inline SystemClock clock_;
};

TEST_F(ElasticMqTest, AMessageIsReceivedWithItsCountAndTimeAndDeleted) {
    Send("plain", R"({"name": "é\n\"€\""})");
    const auto messages = Receive("plain");
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].body, R"({"name": "é\n\"€\""})");
    EXPECT_TRUE(messages[0].intact);
    EXPECT_EQ(messages[0].received, 1);
    EXPECT_LT(clock_.Now() - messages[0].sent_at.value(), 60s);
    const std::vector<std::string> receipts{messages[0].receipt};
    EXPECT_TRUE(Of("plain")->Delete(receipts, {}).value().empty());
    const auto left = Of("plain")->Attributes({}).value();
    EXPECT_EQ(left.waiting + left.in_flight, 0U);
}

TEST_F(ElasticMqTest, AMessageThatIsMadeVisibleComesAgainWithAHigherCount) {
    Send("plain", "once more");
    const auto first = Receive("plain", 600s);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_TRUE(Receive("plain").empty());
    const std::vector<VisibilityChange> now{{.receipt = first[0].receipt, .hidden = 0s}};
    EXPECT_TRUE(Of("plain")->ChangeVisibility(now, {}).value().empty());
    const auto second = Receive("plain");
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].received, 2);
    EXPECT_NE(second[0].receipt, first[0].receipt);
}

TEST_F(ElasticMqTest, AMessageReceivedTooOftenGoesToTheDeadLetterQueue) {
    Send("events", "poison");
    for (int i = 1; i <= 3; ++i) {
        const auto messages = Receive("events", 0s);
        ASSERT_EQ(messages.size(), 1U);
        EXPECT_EQ(messages[0].received, i);
    }
    EXPECT_TRUE(Receive("events").empty());
    const auto dead = Receive("dead");
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].body, "poison");
}

TEST_F(ElasticMqTest, ARedrivePolicyIsSeen) {
    const auto with = Of("events")->Attributes({}).value();
    EXPECT_TRUE(with.redrives);
    EXPECT_EQ(with.most_receives, 3);
    EXPECT_EQ(with.hidden, 30s);
    EXPECT_FALSE(Of("plain")->Attributes({}).value().redrives);
}

TEST_F(ElasticMqTest, AStaleReceiptDeletesNothingAndIsTold) {
    Send("plain", "twice");
    const auto stale = Receive("plain", 0s).at(0).receipt;
    const auto fresh = Receive("plain").at(0).receipt;
    const std::vector<std::string> both{stale, fresh};
    const auto faults = Of("plain")->Delete(both, {}).value();
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].index, 0U);
    EXPECT_EQ(faults[0].error.reason, kStaleReceipt);
}

TEST_F(ElasticMqTest, ABatchIsDoneInPartAndSaysWhichPart) {
    Send("plain", "good");
    const std::vector<VisibilityChange> changes{
        {.receipt = "no receipt of this queue", .hidden = 30s},
        {.receipt = Receive("plain").at(0).receipt, .hidden = 0s}
    };
    const auto faults = Of("plain")->ChangeVisibility(changes, {}).value();
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].index, 0U);
    EXPECT_EQ(Receive("plain").size(), 1U);
}

TEST_F(ElasticMqTest, TenMessagesComeAtATimeUntilThereAreNone) {
    for (int i = 0; i < 25; ++i) {
        Send("plain", fmt::format("{}", i));
    }
    EXPECT_EQ(Receive("plain").size(), 10U);
    EXPECT_EQ(Receive("plain").size(), 10U);
    EXPECT_EQ(Receive("plain").size(), 5U);
    EXPECT_TRUE(Receive("plain").empty());
}

TEST_F(ElasticMqTest, ABodyOfOneMebibyteArrivesWhole) {
    std::string body(1U << 20U, 'x');
    for (std::size_t i = 0; i < body.size(); i += 7) {
        body[i] = '"';  // two bytes each on the wire
    }
    Send("plain", body);
    const auto messages = Receive("plain");
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_TRUE(messages[0].intact);
    EXPECT_EQ(messages[0].body, body);
}

TEST_F(ElasticMqTest, ALongPollWakesWhenAMessageComes) {
    const auto client = Of("plain");
    std::jthread sender([] {
        std::this_thread::sleep_for(1s);
        Send("plain", "wake");
    });
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(client->Receive({.wait = 20s}, {}).value().size(), 1U);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(ElasticMqTest, WrongCredentialsAndWrongRegionsAreToldApart) {
    auto wrong = kGood;
    wrong.secret_key = "Wrong";
    EXPECT_EQ(Of("plain", wrong)->Attributes({}).error().reason, objects::kCredentialsRefused);
    wrong = {.access_key = "AKNOBODY", .secret_key = "x"};
    EXPECT_EQ(Of("plain", wrong)->Attributes({}).error().reason, objects::kCredentialsRefused);
    EXPECT_EQ(Of("plain", kGood, "us-east-1")->Attributes({}).error().reason, objects::kWrongRegion);
}

TEST_F(ElasticMqTest, AMissingQueueIsNamed) {
    const auto error = Of("nowhere")->Receive({.wait = 0s}, {}).error();
    EXPECT_EQ(error.reason, kNoQueue);
    EXPECT_NE(error.message.find("'nowhere'"), std::string::npos);
}

TEST_F(ElasticMqTest, AClockThatIsOffIsPutRightByTheAnswersDate) {
    class SlowClock final : public Clock {
    public:
        [[nodiscard]] Timestamp Now() const override { return SystemClock().Now() - 2h; }
    };

    const SlowClock slow;
    Client client(SettingsOf(server_->QueueUrl("plain")), Always(kGood), slow);
    EXPECT_TRUE(client.Receive({.wait = 0s}, {}).value().empty());
}

}  // namespace
}  // namespace notify::sqs
