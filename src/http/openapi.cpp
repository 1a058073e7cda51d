#include "http/openapi.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/json.hpp"
#include "http/router.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kDescription =
    "Media lands in a bucket, processors run on it, results come back, workflows are told by signed "
    "webhooks.\n\n"
    "Press **Authorize** and give a key (`nk_…`; the first is in `DATA_DIR/first-key`). Lists are read on "
    "with "
    "`after`, set to the `next` of the page before. Every failure is a problem document (RFC 9457) with a "
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
    return id.ends_with('_') ? id.substr(0, id.size() - 1) : id;
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
                {"schema", object{{"type", "string"}}},
            }
        );
        rest = rest.substr(close + 1);
    }
    for (const auto& each : route.query) {
        parameters.push_back(
            object{
                {"name", each.name},
                {"in", "query"},
                {"required", false},
                {"description", each.description},
                {"schema", object{{"type", "string"}}},
            }
        );
    }
    return parameters;
}

object JsonContent(boost::json::value schema, std::string_view type = "application/json") {
    return {{type, object{{"schema", std::move(schema)}}}};
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

object Operation(const Route& route, object& components) {
    object operation{
        {"operationId", OperationId(route)},
        {"tags", array{route.tag}},
        {"summary", route.summary},
        {"description", route.description},
        {"parameters", Parameters(route)},
    };
    if (route.body != nullptr) {
        operation["requestBody"] =
            object{{"required", true}, {"content", JsonContent(route.body(components))}};
    }
    object success{{"description", "Done."}};
    if (route.answer != nullptr) {
        success["content"] = JsonContent(route.answer(components));
    }
    const object problem{
        {"description", "Refused or failed; says why."},
        {"content",
         JsonContent(object{{"$ref", "#/components/schemas/Problem"}}, "application/problem+json")},
    };
    object responses{{std::to_string(route.status), success}};
    for (const int status : route.more_statuses) {
        responses[std::to_string(status)] = success;
    }
    responses["default"] = problem;
    operation["responses"] = std::move(responses);
    operation["security"] = Security(route);
    return operation;
}

object ProblemSchema() {
    object properties;
    for (const auto* name : {"title", "code", "stage", "reason", "detail", "pointer", "request_id"}) {
        properties[name] = object{{"type", "string"}};
    }
    properties["status"] = object{{"type", "integer"}};
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
    const object document{
        {"openapi", "3.1.0"},
        {"info",
         object{
             {"title", "Notifications API"},
             {"version", "0.1.0"},
             {"description", kDescription},
             {"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
         }},
        {"servers", array{object{{"url", "/"}}}},
        {"security", array{object{{"key", array{}}}}},
        {"paths", std::move(paths)},
        {"components",
         object{
             {"schemas", std::move(schemas)},
             {"securitySchemes", object{{"key", object{{"type", "http"}, {"scheme", "bearer"}}}}},
         }},
    };
    return ToJsonText(document);
}

}  // namespace notify
