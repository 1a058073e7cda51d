// /v1/sources.

#include <vector>

#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::SourceView Show(const ApiParts& parts, const Source& source) {
    const auto connection = parts.sources.Find(source.kind);
    return {
        .id = source.id.Value(),
        .kind = source.kind,
        .name = source.name,
        .note = connection ? "" : connection.error().message,
        .created_at = ToRfc3339(source.created_at)
    };
}

Response Get(const Request& request, const ApiParts& parts) {
    const auto source = parts.storage.Read([&](const Snapshot& snapshot) {
        return FindSource(snapshot, request.parameters[0]);
    });
    return Answer(request, source, [&](const Source& found) { return Show(parts, found); });
}

Response List(const Request& request, const ApiParts& parts) {
    const auto sources =
        parts.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.Sources(); });
    return Answer(request, sources, [&](const std::vector<Source>& rows) {
        view::SourceList list;
        for (const auto& source : rows) {
            list.rows.push_back(Show(parts, source));
        }
        return list;
    });
}

}  // namespace

void AddSourceRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/sources",
         .scope = Scope::kRead,
         .tag = "sources",
         .summary = "Sources",
         .description =
             "Connections to stores. A complete set of a store's variables in `.env` makes one at the start; "
             "`note` says what it still lacks. What asked a queue for news of a store, getQueueMessage, is "
             "the queue message poller of its source.",
         .answer = &described::Schema<view::SourceList>,
         .handle = [parts](Request& r) { return List(r, parts); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/sources/{source}",
         .scope = Scope::kRead,
         .tag = "sources",
         .summary = "One source",
         .description = "By id or by name.",
         .answer = &described::Schema<view::SourceView>,
         .handle = [parts](Request& r) { return Get(r, parts); }}
    );
}

}  // namespace notify
