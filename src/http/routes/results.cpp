// /v1/results, their artifacts, and /v1/processors.

#include <algorithm>
#include <charconv>

#include "core/file.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "processors/kind.hpp"
#include "storage/key_repository.hpp"
#include "storage/result_repository.hpp"

namespace notify {

namespace {

view::ResultView Show(const StoredResult& result) {
    view::ResultView shown{
        .id = result.id.Value(),
        .processor = result.processor,
        .processor_version = result.processor_version,
        .lineage_key = result.lineage_key,
        .content_sha256 = result.content_sha256,
        .document = ParseJson(result.document).value_or(nullptr),
        .artifacts = {},
        .created_at = ToRfc3339(result.created_at),
    };
    for (const auto& a : result.artifacts) {
        shown.artifacts.push_back({a.name, a.media_type, static_cast<std::int64_t>(a.size_bytes), a.sealed});
    }
    return shown;
}

struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

enum class RangeKind : std::uint8_t { kWhole, kPart, kOutside };

/// One range of a Range header (RFC 9110, 14.2); anything else asks for the whole.
RangeKind ReadRange(std::string_view header, std::uint64_t size, Range& range) {
    if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) {
        return RangeKind::kWhole;
    }
    header.remove_prefix(6);
    const auto dash = header.find('-');
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return !text.empty() && error == std::errc{} && end == text.data() + text.size()
                   ? std::optional(value)
                   : std::nullopt;
    };
    const auto first = number(header.substr(0, dash));
    const auto last = dash == std::string_view::npos ? std::nullopt : number(header.substr(dash + 1));
    if (dash == std::string_view::npos || (!first && !last) || (first && last && *last < *first)) {
        return RangeKind::kWhole;
    }
    if (!first) {
        range = {size - std::min(*last, size), size == 0 ? 0 : size - 1};
        return *last == 0 || size == 0 ? RangeKind::kOutside : RangeKind::kPart;
    }
    range = {*first, std::min(last.value_or(size), size == 0 ? 0 : size - 1)};
    return *first >= size ? RangeKind::kOutside : RangeKind::kPart;
}

class ResultRoutes {
public:
    explicit ResultRoutes(const ApiParts& parts) : parts_(parts) {}

    Response Get(const Request& request) const { return Answer(request, Find(request), Show); }

    Response Artifact(const Request& request) const {
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
        const auto etag = fmt::format("\"{}\"", found->sha256);
        if (request.Header("if-none-match") == etag) {
            return {.status = 304, .content_type = found->media_type, .headers = {{"ETag", etag}}};
        }
        auto bytes = parts_.artifacts.Read(*found);
        return bytes ? Send(request, *found, etag, std::move(*bytes)) : Problem(bytes.error(), request.id);
    }

    Response Processors() const {
        view::ProcessorList list;
        for (const auto& kind : ProcessorKinds()) {
            if (kind.internal) {
                continue;
            }
            view::ProcessorView shown{
                std::string(kind.name),
                std::string(kind.version),
                std::string(kind.title),
                std::string(kind.description),
                {},
                nullptr,
                kind.biometric
            };
            for (const auto type : kind.media_types) {
                shown.media_types.push_back(type.empty() ? "*" : std::string(type) + "*");
            }
            shown.config_schema = ParseJson(kind.config_schema).value_or(nullptr);
            list.rows.push_back(std::move(shown));
        }
        return Json(list);
    }

private:
    Result<StoredResult> Find(const Request& request) const {
        const ResultId id(request.parameters[0]);
        return parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); });
    }

    static Response Send(
        const Request& request, const ArtifactRef& ref, const std::string& etag, std::string bytes
    ) {
        Response response{
            .content_type = ref.media_type, .headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}}
        };
        response.headers.emplace_back(
            "Content-Disposition", fmt::format("inline; filename=\"{}\"", ref.name)
        );
        Range range;
        const auto size = bytes.size();
        switch (ReadRange(request.Header("range"), size, range)) {
            case RangeKind::kWhole:
                response.body = std::move(bytes);
                break;
            case RangeKind::kOutside: {
                auto refusal = ProblemOf(
                    416, "invalid_argument", fmt::format("the artifact has {} bytes", size), request.id
                );
                refusal.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
                return refusal;
            }
            case RangeKind::kPart:
                response.status = 206;
                response.headers.emplace_back(
                    "Content-Range", fmt::format("bytes {}-{}/{}", range.first, range.last, size)
                );
                response.body = bytes.substr(range.first, range.last - range.first + 1);
                break;
        }
        return response;
    }

    ApiParts parts_;
};

}  // namespace

void AddResultRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<ResultRoutes>(parts);  // shared by the handlers below
    router.Add(
        {"GET",
         "/v1/results/{result}",
         Scope::kRead,
         "results",
         "One result",
         "What a finished process found.",
         {},
         nullptr,
         &described::Schema<view::ResultView>,
         200,
         0,
         [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {"GET",
         "/v1/results/{result}/artifacts/{name}",
         Scope::kRead,
         "results",
         "Bytes of an artifact",
         "Honours Range and If-None-Match. Reading a sealed (biometric) artifact is noted in the audit.",
         {},
         nullptr,
         nullptr,
         200,
         0,
         [routes](Request& r) { return routes->Artifact(r); }}
    );
    router.Add(
        {"GET",
         "/v1/processors",
         Scope::kRead,
         "processors",
         "Processors",
         "What can be chosen for a bucket, with the schema of its configuration.",
         {},
         nullptr,
         &described::Schema<view::ProcessorList>,
         200,
         0,
         [routes](Request&) { return routes->Processors(); }}
    );
}

}  // namespace notify
