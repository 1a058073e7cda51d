// /health, /openapi.json and /docs.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/api.hpp"
#include "http/described.hpp"
#include "http/docs/swagger_ui.hpp"
#include "http/message.hpp"
#include "http/openapi.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"

namespace notify {

namespace {

Response Ready(const ApiParts& parts) {
    const auto state = parts.readiness();
    const view::HealthView view{
        .status = state.ready ? "ready" : "not ready",
        .database = state.database,
        .sandbox = state.sandbox_level,
        .sandbox_note = state.sandbox_note,
        .models = state.models
    };
    auto response = Json(view, state.ready ? 200 : 503);
    if (!state.ready) {
        response.headers.emplace_back("Retry-After", "5");
    }
    return response;
}

Response FileOf(std::string_view type, std::string_view bytes) {
    Response response{.content_type = std::string(type), .body = std::string(bytes)};
    response.headers = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
         "connect-src 'self'; "
         "base-uri 'none'; frame-ancestors 'none'"},
        {"Cache-Control", "max-age=3600"},
    };
    return response;
}

/// Made for the first who asks: all routes are there by then.
struct Document {
    std::once_flag made;
    std::string text;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddHealthRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/health/live",
         .scope = Scope::kNone,
         .tag = "health",
         .summary = "Alive",
         .description = "Answers while the process runs.",
         .answer = &described::Schema<view::LiveView>,
         .handle = [](Request&) { return Json(view::LiveView{.status = "alive"}); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/health/ready",
         .scope = Scope::kNone,
         .tag = "health",
         .summary = "Ready",
         .description = "503 while work cannot be done; tells how far the sandbox of processors goes.",
         .answer = &described::Schema<view::HealthView>,
         .more_statuses =
             {{.status = 503, .description = "Not ready; says why.", .body = OtherAnswer::Body::kSame}},
         .handle = [parts](Request&) { return Ready(parts); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/openapi.json",
         .scope = Scope::kNone,
         .tag = "health",
         .summary = "This document",
         .media_types = {"application/json"},
         .handle = [&router, document = std::make_shared<Document>()](Request&) {
             std::call_once(document->made, [&] { document->text = OpenApiDocument(router.Routes()); });
             return Response{.body = document->text};
         }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/docs",
         .scope = Scope::kNone,
         .tag = "health",
         .summary = "Documentation",
         .description = "These pages.",
         .media_types = {"text/html"},
         .handle = [](Request&) { return FileOf("text/html; charset=utf-8", docs::kIndex); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/docs/{file}",
         .scope = Scope::kNone,
         .tag = "health",
         .summary = "Parts of the documentation",
         .media_types = {"text/css", "text/javascript"},
         .handle = [](Request& r) {
             const auto file = docs::Find(r.parameters[0]);
             return file.bytes.empty() ? ProblemOf(404, "not_found", "there is no such page", r.id)
                                       : FileOf(file.type, file.bytes);
         }}
    );
    for (const auto* path : {"/", "/docs/"}) {
        router.Add(
            {.method = "GET",
             .pattern = path,
             .scope = Scope::kNone,
             .tag = "health",
             .summary = "To the documentation",
             .status = 308,
             .documented = !std::string_view(path).ends_with("s/"),
             .handle = [](Request&) {
                 return Response{.status = 308, .content_type = "", .headers = {{"Location", "/docs"}}};
             }}
        );
    }
}

}  // namespace notify
