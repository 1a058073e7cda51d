#include "delivery/webhooks/signer.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "unit/delivery/verifier.hpp"

namespace notify {
namespace {

using testing::Accepted;
using testing::SignedMessage;

Timestamp Now() {
    return SystemClock().Now();
}

SignedMessage Message(std::string body, std::chrono::seconds age = std::chrono::seconds(0)) {
    auto secret = MakeWebhookSecret();
    auto headers = WebhookHeaders({secret}, "msg_01K", Now() - age, body).value();
    return {.secret = std::move(secret), .headers = std::move(headers), .body = std::move(body)};
}

TEST(Signer, MakesSecretsOf32BytesThatDiffer) {
    const auto secret = MakeWebhookSecret();
    ASSERT_EQ(secret.substr(0, 6), "whsec_");
    EXPECT_EQ(FromBase64(secret.substr(6)).value().size(), 32U);
    EXPECT_NE(secret, MakeWebhookSecret());
}

TEST(Signer, SignsTheExampleOfTheSpecification) {
    const auto at = FromMillis(1'614'265'330'999);
    EXPECT_EQ(
        SignWebhook(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            R"({"test": 2432232314})"
        )
            .value(),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

TEST(Signer, IsAnHmacOverIdTimestampAndBody) {
    const auto secret = MakeWebhookSecret();
    const auto key = FromBase64(secret.substr(6)).value();
    EXPECT_EQ(
        SignWebhook(secret, "msg_1", FromMillis(5'000), "{}").value(),
        "v1," + ToBase64(HmacSha256(key, "msg_1.5.{}"))
    );
}

TEST(Signer, RefusesWhatIsNoSecretWithoutRepeatingIt) {
    for (const std::string secret :
         {"", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_*"}) {
        const auto refused = SignWebhook(secret, "msg_1", Now(), "{}");
        ASSERT_FALSE(refused.has_value()) << secret;
        EXPECT_EQ(refused.error().message.find("c2hvcnQ"), std::string::npos);
    }
    EXPECT_FALSE(WebhookHeaders({}, "msg_1", Now(), "{}").has_value());
}

TEST(Signer, IsAcceptedByTheReferencePackageForManyBodies) {
    std::vector<SignedMessage> messages;
    for (const std::size_t size : {2U, 17U, 1'000U, 20'000U}) {
        for (int i = 0; i < 25; ++i) {
            messages.push_back(Message("{\"a\":\"ü " + ToHex(RandomBytes(size / 2)) + "\"}"));
        }
    }
    EXPECT_EQ(Accepted(messages), std::vector<bool>(messages.size(), true));
}

TEST(Signer, IsRejectedByTheReferencePackageWhenAnythingWasChanged) {
    std::vector<SignedMessage> messages(7, Message(R"({"type":"item.completed"})"));
    messages[0].body += " ";
    messages[1].body[5] ^= 1;
    messages[2].headers[0].second = "msg_01L";
    messages[3].headers[1].second = std::to_string(std::stoll(messages[3].headers[1].second) + 1);
    messages[4].headers[2].second[10] ^= 1;
    messages[5].secret = MakeWebhookSecret();
    messages[6] = Message("{}", std::chrono::seconds(400));
    EXPECT_EQ(Accepted(messages), std::vector<bool>(messages.size(), false));
}

TEST(Signer, IsAcceptedWithEitherSecretWhileTheyRotate) {
    const std::string body = "{}";
    const auto older = MakeWebhookSecret();
    const auto newer = MakeWebhookSecret();
    const auto headers = WebhookHeaders({newer, older}, "msg_1", Now(), body).value();
    EXPECT_EQ(
        Accepted({{newer, headers, body}, {older, headers, body}, {MakeWebhookSecret(), headers, body}}),
        (std::vector<bool>{true, true, false})
    );
}

}  // namespace
}  // namespace notify
