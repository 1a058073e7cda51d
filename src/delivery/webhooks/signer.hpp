#pragma once

// Signatures after Standard Webhooks 1.0.0, scheme v1: HMAC-SHA-256 over "id.timestamp.body".
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"

namespace notify {

/// "whsec_" and 32 random bytes in base 64: what a receiver is given once.
[[nodiscard]] std::string MakeWebhookSecret();

/// The signature of one secret: "v1,<base 64>". `at` counts in whole seconds. kInvalidArgument when `secret`
/// is not "whsec_" and base 64 of 24 to 64 bytes; the sentence does not repeat it.
[[nodiscard]] Result<std::string> SignWebhook(
    std::string_view secret, std::string_view id, Timestamp at, std::string_view body
);

/// The three headers webhook-id, webhook-timestamp and webhook-signature, one signature for each secret.
/// Without a secret kInvalidArgument.
[[nodiscard]] Result<HttpHeaders> WebhookHeaders(
    const std::vector<std::string>& secrets, std::string_view id, Timestamp at, std::string_view body
);

}  // namespace notify
