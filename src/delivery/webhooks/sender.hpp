#pragma once

// One try to tell one endpoint of one event.

#include <chrono>
#include <stop_token>
#include <vector>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "delivery/outcome.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/breaker.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What webhooks are made of; all borrowed.
struct WebhookParts {
    Storage& storage;
    const SecretBox& box;
    const HttpClient& client;
    const AddressGuard& guard;
    const Clock& clock;
    const Clock* wall = nullptr;  ///< What receivers compare `webhook-timestamp` with; null: the clock.
};

struct WebhookSenderSettings {
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
    std::chrono::milliseconds total_timeout = std::chrono::seconds(20);
};

/// Signs, sends, judges the answer. Only 2xx is a success. Thread-safe.
class WebhookSender final {
public:
    explicit WebhookSender(WebhookParts parts, WebhookSenderSettings settings = {});

    /// Blocks for at most the total timeout; soon after a stop the delivery is released. Never throws, never
    /// fails: whatever happened is the outcome.
    [[nodiscard]] Outcome Deliver(const Delivery& delivery, const std::stop_token& stop);

private:
    struct Message;

    [[nodiscard]] Outcome Try(const Delivery& delivery, Message message, const std::stop_token& stop);
    [[nodiscard]] Result<HttpRequest> Request(const Message& message, Timestamp at) const;
    [[nodiscard]] Outcome Judge(
        const Delivery& delivery,
        const Message& message,
        DeliveryAttempt attempt,
        const HttpResponse& response
    );

    WebhookParts parts_;
    WebhookSenderSettings settings_;
    Breaker breaker_;
};

}  // namespace notify
