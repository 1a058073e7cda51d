// /health, /metrics, /openapi.json and /docs.

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "core/log.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/docs/swagger_ui.hpp"
#include "http/message.hpp"
#include "http/openapi.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Response Ready(const ApiParts& parts) {
    const auto state = parts.readiness();
    const view::HealthView view{
        state.ready ? "ready" : "not ready",
        state.database,
        state.sandbox_level,
        state.sandbox_note,
        state.models
    };
    return Json(view, state.ready ? 200 : 503);
}

/// Prometheus text exposition, format 0.0.4.
Response Metrics(const Request& request, const ApiParts& parts) {
    const auto counts =
        parts.storage.Read([](const Snapshot& snapshot) { return snapshot.items.CountByStatus(BucketId()); });
    if (!counts) {
        return Problem(counts.error(), request.id);
    }
    std::string text = "# HELP notifications_items Items by status.\n# TYPE notifications_items gauge\n";
    for (const auto status :
         {Status::kPending,
          Status::kProcessing,
          Status::kCompleted,
          Status::kFailed,
          Status::kCancelled,
          Status::kSkipped}) {
        const auto found = counts->find(status);
        text += fmt::format(
            "notifications_items{{status=\"{}\"}} {}\n",
            ToString(status),
            found == counts->end() ? 0 : found->second
        );
    }
    text += fmt::format(
        "# HELP notifications_log_lines_dropped_total Log lines that nobody took.\n"
        "# TYPE notifications_log_lines_dropped_total counter\nnotifications_log_lines_dropped_total {}\n",
        DroppedLogLines()
    );
    return {.content_type = "text/plain; version=0.0.4", .body = std::move(text)};
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

}  // namespace

void AddHealthRoutes(Router& router, const ApiParts& parts) {
    const auto health = &described::Schema<view::HealthView>;
    router.Add(
        {"GET",
         "/health/live",
         Scope::kNone,
         "health",
         "Alive",
         "Answers while the process runs.",
         {},
         nullptr,
         health,
         200,
         0,
         [](Request&) { return Json(view::HealthView{"alive", "", "", "", ""}); }}
    );
    router.Add(
        {"GET",
         "/health/ready",
         Scope::kNone,
         "health",
         "Ready",
         "503 while work cannot be done; tells how far the sandbox of processors goes.",
         {},
         nullptr,
         health,
         200,
         0,
         [parts](Request&) { return Ready(parts); },
         {503}}
    );
    router.Add(
        {"GET",
         "/metrics",
         Scope::kRead,
         "health",
         "Metrics",
         "Prometheus text.",
         {},
         nullptr,
         nullptr,
         200,
         0,
         [parts](Request& r) { return Metrics(r, parts); }}
    );
    router.Add(
        {"GET",
         "/openapi.json",
         Scope::kNone,
         "health",
         "This document",
         "",
         {},
         nullptr,
         nullptr,
         200,
         0,
         [&router](Request&) { return Response{.body = OpenApiDocument(router.Routes())}; }}
    );
    router.Add(
        {"GET",
         "/docs",
         Scope::kNone,
         "health",
         "Documentation",
         "These pages.",
         {},
         nullptr,
         nullptr,
         200,
         0,
         [](Request&) { return FileOf("text/html; charset=utf-8", docs::kIndex); }}
    );
    router.Add(
        {"GET",
         "/docs/{file}",
         Scope::kNone,
         "health",
         "Parts of the documentation",
         "",
         {},
         nullptr,
         nullptr,
         200,
         0,
         [](Request& r) {
             const auto file = docs::Find(r.parameters[0]);
             return file.bytes.empty() ? ProblemOf(404, "not_found", "there is no such page", r.id)
                                       : FileOf(file.type, file.bytes);
         }}
    );
}

}  // namespace notify
