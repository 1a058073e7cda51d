#include "delivery/webhooks/signer.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
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

/// A number below `end`.
std::size_t Any(std::size_t end) {
    static std::mt19937_64 random(std::random_device{}());
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

/// A message of up to 2,000 characters of several alphabets.
SignedMessage AnyMessage() {
    static constexpr std::array<std::string_view, 8> kPieces{
        "a", " ", R"(\")", R"(\u0000)", "ß", "写真", "🎬", "{}[]:,"
    };
    std::string text;
    for (auto left = Any(1'000); left > 0; --left) {
        text += kPieces.at(Any(kPieces.size()));
    }
    return Message(R"({"text":")" + text + "\"}");
}

/// One bit of it is another: of the body, or of a header's characters that stand for something.
SignedMessage Flipped(SignedMessage message) {
    const auto part = Any(4);
    auto& text = part == 3 ? message.body : message.headers.at(part).second;
    constexpr std::size_t kVersion = 3;  // "v1,"
    constexpr std::size_t kEnd = 2;      // of base 64: some of their bits stand for nothing
    const auto at = part == 2 ? kVersion + Any(text.size() - kVersion - kEnd) : Any(text.size());
    text[at] = static_cast<char>(text[at] ^ (1 << Any(part == 3 ? 8 : 7)));
    return message;
}

/// 10,000 are tried by script/faults --form signatures.
TEST(Signer, IsAcceptedByBothReferencePackagesAndRejectedWithAnyBitFlipped) {
    const char* const wanted = std::getenv("NOTIFY_SIGNATURES");
    const std::size_t count = wanted == nullptr ? 200 : std::stoul(wanted);
    std::vector<SignedMessage> messages;
    std::vector<SignedMessage> flipped;
    for (std::size_t i = 0; i < count; ++i) {
        messages.push_back(AnyMessage());
        flipped.push_back(Flipped(messages.back()));
    }
    for (const auto reference : {testing::Reference::kPython, testing::Reference::kNode}) {
        EXPECT_EQ(Accepted(messages, reference), std::vector<bool>(count, true));
        EXPECT_EQ(Accepted(flipped, reference), std::vector<bool>(count, false));
    }
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
