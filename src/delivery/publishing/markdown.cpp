#include "delivery/publishing/markdown.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/json.hpp"
#include "core/result.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "storage/artifact_store.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "document_markdown/1";

struct ReadDocument {
    StoredResult stored;
    json::value told;
};

std::string_view TextAt(const json::value& value, std::string_view name) {
    const auto* const object = value.if_object();
    const auto* const member = object == nullptr ? nullptr : object->if_contains(name);
    return member != nullptr && member->is_string() ? std::string_view(member->get_string()) : "";
}

Result<std::optional<ReadDocument>> DocumentOf(const Snapshot& snapshot, const ItemId& id) {
    auto all = snapshot.processes.OfItem(id);
    if (!all) {
        return Unexpected(all.error());
    }
    for (const auto& process : LatestRuns(*std::move(all))) {
        if (process.status != Status::kCompleted || process.result_id.IsEmpty()) {
            continue;
        }
        auto stored = snapshot.results.Get(process.result_id);
        if (!stored) {
            return Unexpected(stored.error());
        }
        auto told = ParseJson(stored->document);
        if (!told) {
            return Unexpected(told.error().Within("result " + process.result_id.Value()));
        }
        if (TextAt(*told, "schema") == kSchema) {
            return ReadDocument{.stored = *std::move(stored), .told = *std::move(told)};
        }
    }
    return std::nullopt;
}

/// Adds those that the document names, each once: it names what its child liked.
void AddPictures(const ReadDocument& document, Rendering& rendering) {
    std::map<std::string_view, const ArtifactRef*> artifacts;
    for (const auto& artifact : document.stored.artifacts) {
        artifacts.emplace(artifact.name, &artifact);
    }
    const auto* const images = document.told.as_object().if_contains("images");
    if (images == nullptr || !images->is_array()) {
        return;
    }
    for (const auto& image : images->get_array()) {
        if (const auto found = artifacts.extract(TextAt(image, "file")); !found.empty()) {
            rendering.pictures.push_back(*found.mapped());
            rendering.essence += fmt::format("{} {}\n", found.key(), found.mapped()->sha256);
        }
    }
}

}  // namespace

Result<Rendering> RenderMarkdown(const Snapshot& snapshot, const ArtifactStore& artifacts, const ItemId& id) {
    const auto document = DocumentOf(snapshot, id);
    if (!document) {
        return Unexpected(document.error());
    }
    Rendering rendering;
    rendering.text = fmt::format("{} document-markdown -->\n", kMarkdownStart);
    if (!*document) {
        rendering.unfit = "no run that reads documents has completed";
        return rendering;
    }
    const auto& [stored, told] = **document;
    const auto text = std::ranges::find(stored.artifacts, TextAt(told, "markdown"), &ArtifactRef::name);
    if (text == stored.artifacts.end()) {
        rendering.unfit = "its document has no text";
        return rendering;
    }
    rendering.essence = text->sha256 + '\n';
    AddPictures(**document, rendering);
    return artifacts.Read(snapshot, *text).map([&](const std::string& body) {
        rendering.text += '\n' + body;
        return std::move(rendering);
    });
}

}  // namespace notify
