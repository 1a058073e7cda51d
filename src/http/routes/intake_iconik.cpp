// POST /v1/intake/iconik.

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/message_taken.hpp"
#include "http/routes/routes.hpp"
#include "http/schema_words.hpp"
#include "http/views_messages.hpp"
#include "queue/messages/message_intake.hpp"

namespace notify {

namespace {

constexpr std::string_view kSecretHeader = "x-notifications-secret";

/// Iconik signs nothing: the only proof is a header that its webhook was given.
Result<bool> HasSecret(std::string_view secret, const Request& request) {
    if (!request.Header("authorization").empty()) {
        return false;  // a key opens it, or nothing
    }
    if (secret.empty()) {
        return Fail(
            ErrorCode::kUnauthenticated,
            "nobody may send here yet: set ICONIK_WEBHOOK_SECRET and give Iconik's webhook the header "
            "X-Notifications-Secret with that value, or send an API key with scope write"
        );
    }
    if (!EqualInConstantTime(request.Header(kSecretHeader), secret)) {
        return Fail(
            ErrorCode::kUnauthenticated,
            "the header X-Notifications-Secret does not hold the value of ICONIK_WEBHOOK_SECRET; correct it "
            "in "
            "Iconik's webhook or custom action"
        );
    }
    return true;
}

/// Any object: Iconik sends more than is read here.
boost::json::value EventSchema(boost::json::object& components) {
    boost::json::object schema{
        {"type", "object"}, {"properties", boost::json::object{}}, {"additionalProperties", true}
    };
    AddExample("IconikEvent", schema);
    components["IconikEvent"] = std::move(schema);
    return boost::json::object{{"$ref", "#/components/schemas/IconikEvent"}};
}

Response TakeIn(const ApiParts& parts, const Request& request) {
    const auto taken = parts.messages.TakeOne(request.body).map_error([](const Error& error) {
        return error.Within("the request's body");
    });
    return Answer(request, taken, ShownTaken, 202);
}

}  // namespace

void AddIconikIntakeRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/intake/iconik",
         .scope = Scope::kWrite,
         .opens = [secret = parts.iconik_webhook_secret](const Request& r) { return HasSecret(secret, r); },
         .tag = "messages",
         .summary = "Tell of assets in Iconik",
         .description =
             "For webhooks and custom actions of Iconik; any other message of docs/messages.md is taken too. "
             "Instead of a key the header `X-Notifications-Secret` opens it. It is only a hint: what it "
             "tells of is kept before the answer, and looked for in Iconik after it. `added` is news that "
             "was not waiting yet, `known` what was, `ignored` why there is nothing to do. 403 for another "
             "Iconik than that of ICONIK_SYSTEM_DOMAIN_ID.",
         .headers =
             {{.name = "X-Notifications-Secret",
               .description = "The value of ICONIK_WEBHOOK_SECRET.",
               .may_be_empty = true}},
         .body = EventSchema,
         .answer = &described::Schema<view::MessageTaken>,
         .status = 202,
         .handle = [parts](Request& r) { return TakeIn(parts, r); }}
    );
}

}  // namespace notify
