#include "delivery/webhooks/payload.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {
namespace {

Event MakeEvent(std::string data) {
    return {
        .sequence = 7,
        .id = EventId("msg_1"),
        .type = "item.completed",
        .subject = "itm_1",
        .dedup_key = {},
        .at = FromMillis(1'000),
        .data = std::move(data)
    };
}

TEST(Payload, HoldsTypeTimestampSequenceAndTheEventsData) {
    EXPECT_EQ(
        WebhookPayload(MakeEvent(R"({"item":"itm_1","n":0.5})")),
        R"({"type":"item.completed","timestamp":"1970-01-01T00:00:01.000Z","sequence":7,"data":{"item":"itm_1","n":0.5}})"
    );
}

TEST(Payload, IsThinWithALinkWhenItWouldBeTooLarge) {
    const auto envelope = WebhookPayload(MakeEvent(R"({"a":""})")).size();
    const auto data = [&](std::size_t more) {
        return R"({"a":")" + std::string(kMaxPayloadBytes - envelope + more, 'x') + "\"}";
    };
    EXPECT_EQ(WebhookPayload(MakeEvent(data(0))).size(), kMaxPayloadBytes);
    const auto thin = ParseJson(WebhookPayload(MakeEvent(data(1)))).value();
    EXPECT_EQ(
        ToJsonText(thin.at("data")),
        R"({"event":"msg_1","subject":"itm_1","truncated":true,"link":"/v1/events/msg_1"})"
    );
}

TEST(Payload, IsThinWhenTheDataIsNoObject) {
    for (const auto* data : {"", "[1]", "{", "7"}) {
        EXPECT_NE(WebhookPayload(MakeEvent(data)).find("\"truncated\":true"), std::string::npos) << data;
    }
}

}  // namespace
}  // namespace notify
