// /v1/results, their artifacts, and /v1/processors.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "domain/result.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/artifacts.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "processors/kind.hpp"
#include "storage/key_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::ResultView Show(const StoredResult& result) {
    view::ResultView shown{
        .id = result.id.Value(),
        .processor = result.processor,
        .processor_version = result.processor_version,
        .lineage_key = result.lineage_key,
        .content_sha256 = result.content_sha256,
        .model_digest = result.model_digest,
        .config_hash = result.config_hash,
        .embedding_model = result.embedding_model,
        .document = ParseJson(result.document).value_or(nullptr),
        .document_sha256 = Sha256Hex(result.document),
        .artifacts = {},
        .created_at = ToRfc3339(result.created_at),
    };
    for (const auto& a : result.artifacts) {
        shown.artifacts.push_back(
            {.name = a.name,
             .media_type = a.media_type,
             .size_bytes = static_cast<std::int64_t>(a.size_bytes),
             .sealed = a.sealed}
        );
    }
    return shown;
}

view::ProcessorView Show(const ProcessorKind& kind) {
    view::ProcessorView shown{
        .name = std::string(kind.name),
        .version = std::string(kind.version),
        .title = std::string(kind.title),
        .description = std::string(kind.description),
        .media_types = {},
        .config_schema = ParseJson(kind.config_schema).value_or(nullptr),
        .biometric = kind.biometric
    };
    for (const auto type : kind.media_types) {
        shown.media_types.push_back(type.empty() ? "*" : std::string(type) + "*");
    }
    return shown;
}

class ResultRoutes {
public:
    explicit ResultRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Get(const Request& request) const {
        return Answer(request, Find(request), [](const StoredResult& result) { return Show(result); });
    }

    [[nodiscard]] Response Artifact(const Request& request) const {
        const auto result = Find(request);
        if (!result) {
            return Problem(result.error(), request.id);
        }
        const auto found = std::ranges::find(result->artifacts, request.parameters[1], &ArtifactRef::name);
        if (found == result->artifacts.end()) {
            return ProblemOf(
                404,
                "not_found",
                fmt::format("result {} has no artifact '{}'", result->id.Value(), request.parameters[1]),
                request.id
            );
        }
        if (found->sealed) {
            if (!Allows(request.caller, Scope::kBiometric)) {
                return LacksScope(Scope::kBiometric, request.id);
            }
            const auto noted = parts_.storage.Write([&](Transaction& transaction) {
                return transaction.keys.AddAudit({
                    .at = parts_.clock.Now(),
                    .actor = request.caller.actor,
                    .action = "artifact.read",
                    .subject = result->id.Value(),
                    .detail = found->name,
                });
            });
            if (!noted) {
                return Problem(noted.error(), request.id);
            }
        }
        return SendArtifact(request, parts_.artifacts, *found);
    }

    [[nodiscard]] static Response Processors() {
        view::ProcessorList list;
        for (const auto& kind : ProcessorKinds()) {
            if (!kind.internal) {
                list.rows.push_back(Show(kind));
            }
        }
        return Json(list);
    }

    [[nodiscard]] static Response Processor(const Request& request) {
        const auto& name = request.parameters[0];
        const auto kind = FindProcessorKind(name);
        return kind && !(*kind)->internal
                   ? Json(Show(**kind))
                   : ProblemOf(404, "not_found", fmt::format("there is no processor '{}'", name), request.id);
    }

private:
    [[nodiscard]] Result<StoredResult> Find(const Request& request) const {
        const ResultId id(request.parameters[0]);
        return parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); });
    }

    ApiParts parts_;
};

}  // namespace

void AddResultRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<ResultRoutes>(parts);  // shared by the handlers below
    router.Add(
        {.method = "GET",
         .pattern = "/v1/results/{result}",
         .scope = Scope::kRead,
         .reach = Reach::kResult,
         .tag = "results",
         .summary = "One result",
         .description = "What a finished process found.",
         .answer = &described::Schema<view::ResultView>,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/results/{result}/artifacts/{name}",
         .scope = Scope::kRead,
         .reach = Reach::kResult,
         .also = Scope::kBiometric,
         .tag = "results",
         .summary = "Bytes of an artifact",
         .description = "Honours Range, If-Range and If-None-Match. A sealed artifact (an embedding, a crop "
                        "of a face) needs the scope `biometric`, and reading it is noted in the audit.",
         .headers =
             {{.name = "Range", .description = "One range of bytes.", .pattern = "^bytes=[0-9]*-[0-9]*$"},
              {.name = "If-Range", .description = "An ETag; the range holds only for it."},
              {.name = "If-None-Match", .description = "ETags that you have."}},
         .media_types = {"*/*"},
         .more_statuses =
             {{.status = 206, .description = "The range.", .body = OtherAnswer::Body::kSame},
              {.status = 304, .description = "You have it.", .body = OtherAnswer::Body::kNone},
              {.status = 416, .description = "There is no such range.", .body = OtherAnswer::Body::kProblem}},
         .handle = [routes](Request& r) { return routes->Artifact(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/processors",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "processors",
         .summary = "Processors",
         .description = "What can be chosen for a bucket, with the schema of its configuration.",
         .answer = &described::Schema<view::ProcessorList>,
         .handle = [](Request&) { return ResultRoutes::Processors(); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/processors/{processor}",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "processors",
         .summary = "One processor",
         .description = "By name.",
         .answer = &described::Schema<view::ProcessorView>,
         .handle = [](Request& r) { return ResultRoutes::Processor(r); }}
    );
}

}  // namespace notify
