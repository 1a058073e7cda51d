// The section "webhooks" of the document: what the service sends.

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/described.hpp"
#include "http/event_views.hpp"
#include "http/openapi.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;

object Header(std::string_view name, std::string_view description) {
    return {
        {"name", name},
        {"in", "header"},
        {"required", true},
        {"description", description},
        {"schema", object{{"type", "string"}}},
    };
}

/// The body: the type, the moment, and the data, whole or truncated.
object Message(const EventType& type, object& schemas) {
    auto truncated = described::Schema<view::TruncatedEvent>(schemas);
    return {
        {"type", "object"},
        {"properties",
         object{
             {"type", object{{"type", "string"}, {"enum", array{type.name}}}},
             {"timestamp", object{{"type", "string"}, {"format", "date-time"}}},
             {"sequence", object{{"type", "integer"}, {"format", "int64"}}},
             {"data", object{{"anyOf", array{type.data(schemas), std::move(truncated)}}}},
         }},
        {"required", array{"type", "timestamp", "sequence", "data"}},
    };
}

object Operation(const EventType& type, object& schemas) {
    object content{{"application/json", object{{"schema", Message(type, schemas)}}}};
    std::string id = "webhook_" + std::string(type.name);
    id[id.find('.')] = '_';
    return {
        {"operationId", std::move(id)},
        {"tags", array{"webhooks"}},
        {"summary", type.when},
        {"security", array{}},
        {"parameters",
         array{
             Header("webhook-id", "The event's id, the same at every try and every replay."),
             Header("webhook-timestamp", "Seconds since 1970, of this try."),
             Header("webhook-signature", "Standard Webhooks 1.0.0: one `v1,…` for each live secret."),
         }},
        {"requestBody", object{{"required", true}, {"content", std::move(content)}}},
        {"responses",
         object{
             {"2XX", object{{"description", "Taken."}}},
             {"410", object{{"description", "The endpoint wants no more; it is disabled."}}},
             {"default", object{{"description", "It is tried again."}}},
         }},
    };
}

}  // namespace

object WebhooksSection(object& schemas) {
    object webhooks;
    for (const auto& type : kEventTypes) {
        webhooks[type.name] = object{{"post", Operation(type, schemas)}};
    }
    return webhooks;
}

}  // namespace notify
