// /v1/store-kinds.

#include <utility>

#include "core/json.hpp"
#include "core/result.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_sources.hpp"

namespace notify {

namespace {

Response List(const Request& request, const ApiParts& parts) {
    view::StoreKindList list;
    for (const auto& kind : parts.sources.Kinds()) {
        const auto schema = parts.sources.Schema(kind).and_then(ParseJson);
        list.rows.push_back({.kind = kind, .config_schema = schema.value_or(nullptr)});
    }
    return Answer(request, Result<view::StoreKindList>(std::move(list)), [](const auto& shown) {
        return shown;
    });
}

}  // namespace

void AddStoreKindRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/store-kinds",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "sources",
         .summary = "Kinds of stores",
         .description = "Each with the JSON Schema of its sources' configuration.",
         .answer = &described::Schema<view::StoreKindList>,
         .handle = [parts](Request& r) { return List(r, parts); }}
    );
}

}  // namespace notify
