#include "delivery/webhooks/sender.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/outcome.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/webhooks/breaker.hpp"
#include "delivery/webhooks/endpoint_health.hpp"
#include "delivery/webhooks/endpoint_secrets.hpp"
#include "delivery/webhooks/endpoint_transport.hpp"
#include "delivery/webhooks/payload.hpp"
#include "delivery/webhooks/signer.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

/// How long a delivery waits that could not be read.
constexpr std::chrono::minutes kUnreadWait{1};

std::string ToSentence(int status) {
    if (status >= 300 && status < 400) {
        return fmt::format("the receiver answered {}; redirects are not followed", status);
    }
    return fmt::format("the receiver answered {}", status);
}

/// Why a delivery waits, with what came of its own last try, which people look for; empty when it had none.
std::string SentenceOf(const HeldOff& pause, const Endpoint& endpoint, std::string_view last_answer) {
    auto why = pause.asked_for
                   ? std::string("waits because the receiver asked for a pause")
                   : fmt::format(
                         "waits because the endpoint failed {} times in a row; it gets one try a minute "
                         "until one succeeds",
                         endpoint.consecutive_failures
                     );
    return last_answer.empty() ? why : fmt::format("{}; last time: {}", why, last_answer);
}

/// What came of the delivery's last try, as it is kept with the try itself; empty when it had none.
std::string LastAnswer(Storage& storage, const DeliveryId& id) {
    const auto attempts =
        storage.Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Attempts(id); });
    return attempts && !attempts->empty() ? attempts->back().error : std::string();
}

/// Statuses by which a receiver says that it is overrun, not that it dislikes this message.
bool AsksToSlowDown(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

struct WebhookSender::Message {
    Endpoint endpoint;
    Event event;
    std::vector<std::string> secrets;
    HttpTransport transport;
};

WebhookSender::WebhookSender(WebhookParts parts, WebhookSenderSettings settings)
    : parts_(parts), settings_(settings) {}

Outcome WebhookSender::Deliver(const Delivery& delivery, const std::stop_token& stop) {
    const auto now = parts_.clock.Now();
    Message message;
    const auto read = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<void> {
        auto endpoint = snapshot.deliveries.GetEndpoint(delivery.endpoint_id);
        auto event = snapshot.events.Get(delivery.event_id);
        if (!endpoint || !event) {
            return Unexpected(!endpoint ? endpoint.error() : event.error());
        }
        message = {
            .endpoint = std::move(*endpoint), .event = std::move(*event), .secrets = {}, .transport = {}
        };
        return {};
    });
    if (!read && read.error().code == ErrorCode::kNotFound) {
        return JustWrite(Ended(delivery, Status::kCancelled, "the endpoint or the event was removed", now));
    }
    if (!read) {
        return JustWrite(Released(delivery, read.error().message, now + kUnreadWait));
    }
    const auto& endpoint = message.endpoint;
    if (!endpoint.active && !endpoint.disabled_reason.empty()) {
        return JustWrite(
            Ended(delivery, Status::kCancelled, "the endpoint was disabled: " + endpoint.disabled_reason, now)
        );
    }
    if (!endpoint.active) {  // since it was claimed: until it is resumed it is claimed no more
        return JustWrite(Released(delivery, "the endpoint is paused", now));
    }
    const bool is_test = message.event.type == "endpoint.test";  // a person waits for it
    if (const auto pause = is_test ? std::nullopt : breaker_.HeldOffBy(endpoint, now)) {
        const auto sentence = SentenceOf(*pause, endpoint, LastAnswer(parts_.storage, delivery.id));
        return JustWrite(Released(delivery, sentence, pause->until));
    }
    return Try(delivery, std::move(message), stop);
}

Result<HttpRequest> WebhookSender::Request(const Message& message, Timestamp at) const {
    auto url = Url::Parse(message.endpoint.url);
    if (!url) {
        return Unexpected(url.error());
    }
    if (auto checked = parts_.guard.CheckUrl(*url); !checked) {
        return Unexpected(checked.error());
    }
    const auto pinned = PinnedFor(message.transport, *url, parts_.guard);
    if (!pinned) {
        return Unexpected(pinned.error());
    }
    auto body = WebhookPayload(message.event);
    auto headers = WebhookHeaders(message.secrets, message.event.id.Value(), at, body);
    if (!headers) {
        return Unexpected(headers.error());
    }
    headers->emplace_back("content-type", "application/json");
    return HttpRequest{
        .method = "POST",
        .url = std::move(*url),
        .headers = std::move(*headers),
        .body = std::move(body),
        .connect_timeout = settings_.connect_timeout,
        .total_timeout = settings_.total_timeout,
        .guard = parts_.guard.ForConnect(),
        .transport = message.transport,
        .pinned = *pinned
    };
}

Outcome WebhookSender::Try(const Delivery& delivery, Message message, const std::stop_token& stop) {
    const auto began = parts_.clock.Now();
    DeliveryAttempt attempt{
        .delivery_id = delivery.id,
        .number = delivery.attempt,
        .at = began,
        .duration = {},
        .http_status = 0,
        .error = {},
        .response = {}
    };
    auto secrets = LiveSecrets(parts_.box, message.endpoint, began);
    auto own = OpenTransport(parts_.box, message.endpoint.transport);
    if (!secrets || !own) {  // our trouble, not the endpoint's
        attempt.error = secrets ? own.error().message : secrets.error().message;
        return JustWrite(AfterFailure(delivery, attempt.error, began, {}), attempt);
    }
    message.secrets = std::move(*secrets);
    message.transport = std::move(*own);
    FailPoint("before_send");
    const auto start = std::chrono::steady_clock::now();
    const auto response =
        Request(message, (parts_.wall != nullptr ? *parts_.wall : parts_.clock).Now())
            .and_then([&](const HttpRequest& ready) { return parts_.client.Send(ready, stop); });
    attempt.duration = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
    if (response) {
        return Judge(delivery, message, std::move(attempt), *response);
    }
    const auto now = parts_.clock.Now();
    if (response.error().code == ErrorCode::kStopped) {
        return JustWrite(Released(delivery, "the service stopped while it was sent", now));
    }
    attempt.error = response.error().message;
    return {
        .settle = [=, sentence = attempt.error](Transaction& transaction) -> Result<Delivery> {
            return NoteTry(transaction, delivery.endpoint_id, TryResult::kFailed, sentence, now).map([&] {
                return AfterFailure(delivery, sentence, now, {});
            });
        },
        .attempt = attempt
    };
}

Outcome WebhookSender::Judge(
    const Delivery& delivery, const Message& message, DeliveryAttempt attempt, const HttpResponse& response
) {
    const auto now = parts_.clock.Now();
    const auto status = response.status;
    const bool good = status >= 200 && status < 300;
    if (good) {
        FailPoint("after_2xx");
    }
    const auto retry_after = RetryAfter(response, now);
    if (AsksToSlowDown(status) && retry_after) {
        breaker_.HoldOff(message.endpoint.id, now + std::min<milliseconds>(*retry_after, kLongestRetryAfter));
    }
    attempt.http_status = status;
    attempt.error = good ? std::string() : ToSentence(status);
    attempt.response = Excerpt(response.body, message.secrets);
    const auto result = good ? TryResult::kSucceeded : status == 410 ? TryResult::kGone : TryResult::kFailed;
    return {
        .settle = [=, sentence = attempt.error](Transaction& transaction) -> Result<Delivery> {
            if (auto noted = NoteTry(transaction, delivery.endpoint_id, result, sentence, now); !noted) {
                return Unexpected(noted.error());
            }
            if (result == TryResult::kSucceeded) {
                return Ended(delivery, Status::kCompleted, {}, now);
            }
            return result == TryResult::kGone ? Ended(delivery, Status::kFailed, sentence, now)
                                              : AfterFailure(delivery, sentence, now, retry_after);
        },
        .attempt = std::move(attempt)
    };
}

}  // namespace notify
