#include "delivery/webhooks/signer.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/http_client.hpp"
#include "core/random.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;

std::string Seconds(Timestamp at) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

}  // namespace

std::string MakeWebhookSecret() {
    return std::string(kPrefix) + ToBase64(RandomBytes(kSecretBytes));
}

Result<std::string> SignWebhook(
    std::string_view secret, std::string_view id, Timestamp at, std::string_view body
) {
    const auto key =
        FromBase64(secret.starts_with(kPrefix) ? secret.substr(kPrefix.size()) : std::string_view("?"));
    if (!key || key->size() < 24 || key->size() > 64) {
        return Fail(ErrorCode::kInvalidArgument, "a webhook secret is whsec_ and base 64 of 24 to 64 bytes");
    }
    return "v1," + ToBase64(HmacSha256(*key, fmt::format("{}.{}.{}", id, Seconds(at), body)));
}

Result<HttpHeaders> WebhookHeaders(
    const std::vector<std::string>& secrets, std::string_view id, Timestamp at, std::string_view body
) {
    if (secrets.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "the endpoint has no secret to sign with");
    }
    std::string signatures;
    for (const auto& secret : secrets) {
        auto signature = SignWebhook(secret, id, at, body);
        if (!signature) {
            return Unexpected(signature.error());
        }
        signatures += (signatures.empty() ? "" : " ") + *signature;
    }
    return HttpHeaders{
        {"webhook-id", std::string(id)}, {"webhook-timestamp", Seconds(at)}, {"webhook-signature", signatures}
    };
}

}  // namespace notify
