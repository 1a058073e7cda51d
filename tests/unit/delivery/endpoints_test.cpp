#include "delivery/webhooks/endpoints.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/webhooks/endpoint_secrets.hpp"
#include "unit/delivery/fixture.hpp"
#include "unit/delivery/receiver.hpp"
#include "unit/delivery/verifier.hpp"

namespace notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Receiver;

class EndpointsTest : public testing::DeliveryTest {
protected:
    std::vector<std::string> Live(const EndpointId& id) {
        return LiveSecrets(*box_, Reload(id), clock_.Now()).value();
    }
};

TEST_F(EndpointsTest, ShowTheSecretOnceAndKeepItSealed) {
    const auto made =
        endpoints_->Create({.url = "https://nobody.invalid/hook", .description = "MAM"}, "key_1").value();
    EXPECT_EQ(made.secret.substr(0, 6), "whsec_");
    const auto kept = endpoints_->List().value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].id, made.endpoint.id);
    EXPECT_EQ(kept[0].description, "MAM");
    ASSERT_EQ(kept[0].secrets.size(), 1U);
    EXPECT_EQ(kept[0].secrets[0].find(made.secret.substr(6)), std::string::npos);
    EXPECT_EQ(Live(made.endpoint.id), std::vector<std::string>{made.secret});
    EXPECT_EQ(AuditActions(), std::vector<std::string>{"key_1 endpoint.add"});
}

TEST_F(EndpointsTest, RefuseUrlsThatMayNotBeReached) {
    for (const std::string url :
         {"",
          "mam.example",
          "ftp://mam.example/",
          "http://10.0.0.1/",
          "http://127.0.0.2:8080/",
          "http://u:p@mam.example/",
          "http://mam.example:22/",
          "http://mam.example/a b",
          "http://[::1]:8080/",
          "http://0x7f000002:8080/"}) {
        EXPECT_FALSE(endpoints_->Create({.url = url}, "key_1").has_value()) << url;
    }
}

TEST_F(EndpointsTest, RefuseOddTypesAndLongDescriptions) {
    const auto create = [&](std::vector<std::string> types, std::string description) {
        return endpoints_
            ->Create(
                {.url = "https://nobody.invalid/",
                 .description = std::move(description),
                 .types = std::move(types)},
                "k"
            )
            .has_value();
    };
    EXPECT_TRUE(create({"item.completed", "item.*", "*"}, "ok"));
    EXPECT_FALSE(create({""}, "ok"));
    EXPECT_FALSE(create({"item completed"}, "ok"));
    EXPECT_FALSE(create({"*.item"}, "ok"));
    EXPECT_FALSE(create(std::vector<std::string>(65, "item.*"), "ok"));
    EXPECT_FALSE(create({}, std::string(501, 'x')));
    EXPECT_FALSE(create({}, "\xFF"));
}

TEST_F(EndpointsTest, SignWithBothSecretsWhileTheyRotateAndWithTheNewOneAfterwards) {
    const Receiver receiver;
    const auto id = AddEndpoint(receiver.Url()).id;
    const auto older = secret_;
    const auto newer = endpoints_->RotateSecret(id, "key_1").value().secret;
    EXPECT_EQ(Live(id), (std::vector<std::string>{newer, older}));
    Start();
    Happen();
    const auto got = receiver.WaitFor(1).at(0);
    const HttpHeaders headers(got.headers.begin(), got.headers.end());
    EXPECT_EQ(
        testing::Accepted({{newer, headers, got.body}, {older, headers, got.body}}),
        (std::vector<bool>{true, true})
    );
    clock_.Advance(hours(24));
    EXPECT_EQ(Live(id), std::vector<std::string>{newer});
}

TEST_F(EndpointsTest, KeepTwoSecretsAtMostAndNoOldOneWhenNoneIsWanted) {
    const auto id = AddEndpoint("https://nobody.invalid/").id;
    const auto second = endpoints_->RotateSecret(id, "k").value().secret;
    const auto third = endpoints_->RotateSecret(id, "k", hours(168)).value().secret;
    EXPECT_EQ(Live(id), (std::vector<std::string>{third, second}));
    const auto fourth = endpoints_->RotateSecret(id, "k", seconds(0)).value().secret;
    EXPECT_EQ(Live(id), std::vector<std::string>{fourth});
    EXPECT_FALSE(endpoints_->RotateSecret(id, "k", hours(169)).has_value());
    EXPECT_FALSE(endpoints_->RotateSecret(id, "k", seconds(-1)).has_value());
    EXPECT_EQ(endpoints_->RotateSecret(EndpointId("end_none"), "k").error().code, ErrorCode::kNotFound);
}

TEST_F(EndpointsTest, LetWhatWaitsForAPausedOneWaitUntilItIsResumed) {
    const Receiver receiver;
    const Receiver other_receiver;
    const auto id = AddEndpoint(receiver.Url()).id;
    const auto event = Happen();
    ASSERT_TRUE(endpoints_->Change(id, {.active = false}, "key_1").has_value());
    const auto other = AddEndpoint(other_receiver.Url()).id;
    const auto meanwhile = Happen();
    Start();
    Await(meanwhile, Status::kCompleted, other);  // so what is ready was claimed
    clock_.Advance(minutes(5));
    const auto later = Happen();
    Await(later, Status::kCompleted, other);
    const auto waiting = DeliveryOf(event, id);
    EXPECT_EQ(waiting.status, Status::kPending);
    EXPECT_EQ(waiting.fence, 0) << "it was never claimed";
    EXPECT_EQ(waiting.attempt, 0);
    EXPECT_EQ(DeliveryOf(meanwhile, id).id, DeliveryId()) << "what happens meanwhile is not told";
    ASSERT_TRUE(endpoints_->Change(id, {.active = true}, "key_1").has_value());
    dispatcher_->Nudge();
    Await(event, Status::kCompleted, id);
    EXPECT_EQ(receiver.Received().size(), 1U);
    EXPECT_THAT(
        AuditActions(),
        ::testing::ElementsAre(
            "key_1 endpoint.resume", "tester endpoint.add", "key_1 endpoint.pause", "tester endpoint.add"
        )
    );
}

TEST_F(EndpointsTest, ResumeWithACleanRecord) {
    const Receiver receiver([](const auto&, auto) { return testing::Status(410); });
    const auto id = AddEndpoint(receiver.Url()).id;
    Start();
    Await(Happen(), Status::kFailed);
    ASSERT_FALSE(Reload(id).active);
    const auto moved = endpoints_->Change(id, {.url = receiver.Url() + "new"}, "k").value();
    EXPECT_FALSE(moved.active);
    EXPECT_NE(moved.disabled_reason, "");  // it still says why it is not told
    EXPECT_EQ(moved.consecutive_failures, 0);
    const auto resumed = endpoints_->Change(id, {.active = true}, "k").value();
    EXPECT_TRUE(resumed.active);
    EXPECT_EQ(resumed.disabled_reason, "");
    EXPECT_EQ(resumed.consecutive_failures, 0);
    EXPECT_FALSE(resumed.failing_since.has_value());
}

TEST_F(EndpointsTest, SendWhatIsOnItsWayToTheNewUrlAndKeepTheSecret) {
    const Receiver wrong([](const auto&, auto) { return testing::Status(500); });
    const Receiver receiver;
    const auto made = endpoints_->Create({.url = wrong.Url(), .types = {"item.*"}}, "k").value();
    const auto id = made.endpoint.id;
    const auto changed =
        endpoints_->Change(id, {.url = receiver.Url(), .description = "MAM", .types = {{"*"}}}, "k").value();
    EXPECT_EQ(changed.url, receiver.Url());
    EXPECT_EQ(changed.description, "MAM");
    EXPECT_EQ(changed.types, std::vector<std::string>{"*"});
    EXPECT_TRUE(changed.active);
    EXPECT_EQ(Live(id), std::vector<std::string>{made.secret});
    Start();
    Await(Happen(), Status::kCompleted);
    EXPECT_THAT(AuditActions(), ::testing::Contains("k endpoint.change"));
    EXPECT_EQ(Reload(id).url, receiver.Url());
}

TEST_F(EndpointsTest, RefuseAChangeThatCreationWouldRefuse) {
    const auto made = endpoints_->Create({.url = "https://nobody.invalid/hook"}, "k").value();
    const auto id = made.endpoint.id;
    EXPECT_FALSE(endpoints_->Change(id, {.url = "http://10.0.0.1/"}, "k"));
    EXPECT_FALSE(endpoints_->Change(id, {.url = "no url"}, "k"));
    EXPECT_FALSE(endpoints_->Change(id, {.description = std::string(501, 'x')}, "k"));
    EXPECT_FALSE(endpoints_->Change(id, {.types = {{"item completed"}}}, "k"));
    EXPECT_FALSE(endpoints_->Change(EndpointId("end_none"), {.active = false}, "k"));
    EXPECT_EQ(Reload(id).url, made.endpoint.url);
}

TEST_F(EndpointsTest, CancelWhatWaitsForARemovedOne) {
    const Receiver receiver;
    const auto id = AddEndpoint(receiver.Url()).id;
    const auto event = Happen();
    ASSERT_TRUE(endpoints_->Remove(id, "k").has_value());
    Start();
    Await(event, Status::kCancelled);
    EXPECT_EQ(receiver.Connections(), 0U);
    EXPECT_EQ(endpoints_->Remove(id, "k").error().code, ErrorCode::kNotFound);
}

TEST_F(EndpointsTest, SendATestToThatOneAloneWhateverTypesItWants) {
    const Receiver tested;
    const Receiver other;
    const auto id = AddEndpoint(tested.Url(), {"item.failed"}).id;
    AddEndpoint(other.Url());
    Start();
    const auto delivery = endpoints_->SendTest(id, "key_1").value();
    dispatcher_->Nudge();
    const auto got = tested.WaitFor(1);
    ASSERT_EQ(got.size(), 1U);
    EXPECT_NE(got[0].body.find("endpoint.test"), std::string::npos);
    ASSERT_TRUE(Eventually([&] { return Deliveries().at(0).status == Status::kCompleted; }));
    EXPECT_EQ(Deliveries().size(), 1U);
    EXPECT_EQ(Deliveries().at(0).id, delivery);
    EXPECT_EQ(other.Connections(), 0U);
}

TEST_F(EndpointsTest, RefuseATestOfAnEndpointThatIsNotActive) {
    const auto id = AddEndpoint("https://nobody.invalid/").id;
    ASSERT_TRUE(endpoints_->Change(id, {.active = false}, "k").has_value());
    EXPECT_EQ(endpoints_->SendTest(id, "k").error().code, ErrorCode::kConflict);
    EXPECT_EQ(endpoints_->SendTest(EndpointId("end_none"), "k").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace notify
