#include "http/openapi.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/json.hpp"
#include "http/parameters.hpp"
#include "http/router.hpp"
#include "http/schema_words.hpp"
#include "http/version.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kDescription =
    "Media lands in a bucket, processors run on it, results come back, workflows are told by signed "
    "webhooks.\n\n"
    "Press **Authorize** and give a key (`nk_…`; the first is in `DATA_DIR/first-key`). Lists are read on "
    "with `after`, set to the `next` of the page before. Members and parameters that are not known are "
    "refused. Every failure is a problem document (RFC 9457) with a "
    "code, a stage and a sentence.";

/// "/v1/items/{id}/rerun" with GET as "get_v1_items_id_rerun".
std::string OperationId(const Route& route) {
    std::string id;
    for (const char c : route.method + route.pattern) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) {
            id += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        } else if (!id.empty() && id.back() != '_') {
            id += '_';
        }
    }
    if (route.pattern.ends_with('/')) {
        return id + "index";
    }
    return id.ends_with('_') ? id.substr(0, id.size() - 1) : id;
}

void AddParameters(array& all, std::string_view place, const std::vector<Parameter>& parameters) {
    for (const auto& each : parameters) {
        all.push_back(
            object{
                {"name", each.name},
                {"in", place},
                {"required", false},
                {"description", each.description},
                {"schema", SchemaOf(each)},
            }
        );
    }
}

array Parameters(const Route& route) {
    array parameters;
    std::string_view rest = route.pattern;
    while (true) {
        const auto open = rest.find('{');
        if (open == std::string_view::npos) {
            break;
        }
        const auto close = rest.find('}', open);
        parameters.push_back(
            object{
                {"name", rest.substr(open + 1, close - open - 1)},
                {"in", "path"},
                {"required", true},
                {"schema", object{{"type", "string"}, {"minLength", 1}}},
            }
        );
        rest = rest.substr(close + 1);
    }
    AddParameters(parameters, "query", route.query);
    AddParameters(parameters, "header", route.headers);
    return parameters;
}

object JsonContent(boost::json::value schema, std::string_view type = "application/json") {
    return {{type, object{{"schema", std::move(schema)}}}};
}

/// Refuses members that a request's schema does not name, there and in what it refers to: as reading does.
void Close(boost::json::value& schema, object& components) {
    if (schema.is_array()) {
        for (auto& each : schema.get_array()) {
            Close(each, components);
        }
    }
    if (!schema.is_object()) {
        return;
    }
    auto& members = schema.get_object();
    if (const auto* reference = members.if_contains("$ref")) {
        const std::string_view path = reference->get_string();
        auto& target = components[path.substr(path.rfind('/') + 1)];
        if (!target.as_object().contains("additionalProperties")) {
            target.as_object()["additionalProperties"] = false;
            Close(target, components);
        }
    }
    for (auto& member : members) {
        Close(member.value(), components);
    }
}

object RequestBody(const Route& route, object& components) {
    auto schema = route.body(components);
    Close(schema, components);
    auto content = JsonContent(std::move(schema));
    if (route.takes_plain_text) {
        content["text/plain"] = object{{"schema", object{{"type", "string"}}}};
    }
    return {{"required", !route.may_lack_body}, {"content", std::move(content)}};
}

/// Any one of them is enough: the scopes stand beside the key (OpenAPI 3.1, "Security Requirement Object").
array Security(const Route& route) {
    array security;
    for (const auto scope : {route.scope, route.also}) {
        if (scope != Scope::kNone) {
            security.push_back(object{{"key", array{ToString(scope)}}});
        }
    }
    return security;
}

/// The body of success: JSON, text, or bytes.
object SuccessContent(const Route& route, object& components) {
    auto content = route.answer != nullptr ? JsonContent(route.answer(components)) : object();
    for (const auto& type : route.media_types) {
        content[type] = type.starts_with("text/") ? object{{"schema", object{{"type", "string"}}}} : object{};
    }
    return content;
}

object Responses(const Route& route, object& components) {
    const auto content = SuccessContent(route, components);
    const auto problem =
        JsonContent(object{{"$ref", "#/components/schemas/Problem"}}, "application/problem+json");
    const auto response = [](std::string_view description, const object& body) {
        object made{{"description", description}};
        if (!body.empty()) {
            made["content"] = body;
        }
        return made;
    };
    object responses{{std::to_string(route.status), response("Done.", content)}};
    for (const auto& other : route.more_statuses) {
        const auto& body = other.body == OtherAnswer::Body::kSame      ? content
                           : other.body == OtherAnswer::Body::kProblem ? problem
                                                                       : object();
        responses[std::to_string(other.status)] = response(other.description, body);
    }
    responses["4XX"] = response("Refused; says why, and where in the request.", problem);
    responses["default"] = response("Failed; says why.", problem);
    return responses;
}

object Operation(const Route& route, object& components) {
    object operation{
        {"operationId", OperationId(route)},
        {"tags", array{route.tag}},
        {"summary", route.summary},
        {"description", route.description},
        {"parameters", Parameters(route)},
        {"security", Security(route)},
    };
    if (route.body != nullptr) {
        operation["requestBody"] = RequestBody(route, components);
    }
    operation["responses"] = Responses(route, components);
    return operation;
}

object ProblemSchema() {
    object properties;
    const auto add = [&](std::string_view name, std::string_view type) {
        object property{{"type", type}};
        DescribeMember("Problem", name, property);
        properties[name] = std::move(property);
    };
    for (const auto* name : {"title", "code", "stage", "reason", "detail", "pointer", "request_id"}) {
        add(name, "string");
    }
    add("status", "integer");
    return {
        {"type", "object"},
        {"properties", std::move(properties)},
        {"required", array{"status", "title", "code", "detail"}}
    };
}

}  // namespace

std::string OpenApiDocument(const std::vector<Route>& routes) {
    object schemas{{"Problem", ProblemSchema()}};
    object paths;
    for (const auto& route : routes) {
        if (!route.documented) {
            continue;
        }
        auto& path = paths[route.pattern];
        if (!path.is_object()) {
            path = object{};
        }
        std::string method = route.method;
        for (char& c : method) {
            c = static_cast<char>(c + 32);
        }
        path.as_object()[method] = Operation(route, schemas);
    }
    auto webhooks = WebhooksSection(schemas);
    const object document{
        {"openapi", "3.1.0"},
        {"info",
         object{
             {"title", "Notifications API"},
             {"version", kVersion},
             {"description", kDescription},
             {"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
         }},
        {"servers", array{object{{"url", "/"}}}},
        {"security", array{object{{"key", array{}}}}},
        {"paths", std::move(paths)},
        {"webhooks", std::move(webhooks)},
        {"components",
         object{
             {"schemas", std::move(schemas)},
             {"securitySchemes", object{{"key", object{{"type", "http"}, {"scheme", "bearer"}}}}},
         }},
    };
    return ToJsonText(document);
}

}  // namespace notify
