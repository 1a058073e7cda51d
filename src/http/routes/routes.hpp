#pragma once

// One function for each file of routes; AddRoutes calls them in the order of the document. And what they
// share.

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/body.hpp"  // IWYU pragma: export
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "storage/storage.hpp"

namespace notify {

void AddHealthRoutes(Router& router, const ApiParts& parts);
void AddSourceRoutes(Router& router, const ApiParts& parts);
void AddSourceTestRoutes(Router& router, const ApiParts& parts);
void AddSourceSetupRoutes(Router& router, const ApiParts& parts);
void AddStoreKindRoutes(Router& router, const ApiParts& parts);
void AddMetricsRoutes(Router& router, const ApiParts& parts);
void AddBucketRoutes(Router& router, const ApiParts& parts);
void AddImportRoutes(Router& router, const ApiParts& parts);
void AddPreviewRoutes(Router& router, const ApiParts& parts);
void AddRuleRoutes(Router& router, const ApiParts& parts);
void AddItemRoutes(Router& router, const ApiParts& parts);
void AddDoneRoutes(Router& router, const ApiParts& parts);
void AddIntakeRoutes(Router& router, const ApiParts& parts);
void AddIconikIntakeRoutes(Router& router, const ApiParts& parts);
void AddMessageRoutes(Router& router, const ApiParts& parts);
void AddSystemRoutes(Router& router, const ApiParts& parts);
void AddNodeRoutes(Router& router, const ApiParts& parts);
void AddPauseRoutes(Router& router, const ApiParts& parts);
void AddRetentionRoutes(Router& router, const ApiParts& parts);
void AddPublicationRoutes(Router& router, const ApiParts& parts);
void AddResultRoutes(Router& router, const ApiParts& parts);
void AddAppearanceRoutes(Router& router, const ApiParts& parts);
void AddWhatIfRoutes(Router& router, const ApiParts& parts);
void AddPeopleRoutes(Router& router, const ApiParts& parts);
void AddPhotoCropRoutes(Router& router, const ApiParts& parts);
void AddGalleryRoutes(Router& router, const ApiParts& parts);
void AddErasureRoutes(Router& router, const ApiParts& parts);
void AddPeopleEditRoutes(Router& router, const ApiParts& parts);
void AddFaceQuestionRoutes(Router& router, const ApiParts& parts);
void AddWebhookRoutes(Router& router, const ApiParts& parts);
void AddDeliveryRoutes(Router& router, const ApiParts& parts);
void AddEventRoutes(Router& router, const ApiParts& parts);
void AddKeyRoutes(Router& router, const ApiParts& parts);

/// The view as the body of a response.
template <class View>
[[nodiscard]] Response Json(const View& value, int status = 200) {
    return {.status = status, .body = ToJsonText(described::ToJson(value))};
}

/// The value as JSON made by `show`, or the error as a problem.
template <class T, class Show>
[[nodiscard]] Response Answer(
    const Request& request, const Result<T>& result, Show&& show, int status = 200
) {
    return result ? Json(show(*result), status) : Problem(result.error(), request.id);
}

/// 204, or the error as a problem.
[[nodiscard]] inline Response NoContent(const Request& request, const Result<void>& result) {
    return result ? Response{.status = 204} : Problem(result.error(), request.id);
}

/// `limit` and `after` of a list that takes PageParameters.
[[nodiscard]] PageRequest PageOf(const Request& request);

/// The status asked for, of a list that takes a StatusParameter; nothing when there is none.
[[nodiscard]] inline std::optional<Status> StatusOf(const Request& request) {
    return StatusFrom(request.Query("status"));
}

[[nodiscard]] inline std::optional<std::string> TextOf(const std::optional<Timestamp>& time) {
    return time ? std::optional(ToRfc3339(*time)) : std::nullopt;
}

}  // namespace notify
