#include "delivery/webhooks/payload.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "domain/event.hpp"

namespace notify {

namespace {

std::string Body(const Event& event, boost::json::value data) {
    return ToJsonText(
        boost::json::object{
            {"type", event.type},
            {"timestamp", ToRfc3339(event.at)},
            {"sequence", event.sequence},
            {"data", std::move(data)}
        }
    );
}

}  // namespace

std::string WebhookPayload(const Event& event) {
    if (auto data = ParseJson(event.data); data && data->is_object()) {
        auto body = Body(event, std::move(*data));
        if (body.size() <= kMaxPayloadBytes) {
            return body;
        }
    }
    return Body(
        event,
        boost::json::object{
            {"event", event.id.Value()},
            {"subject", event.subject},
            {"truncated", true},
            {"link", fmt::format("/v1/events/{}", event.id.Value())}
        }
    );
}

}  // namespace notify
