#pragma once

// The text of a document as it was read by document-markdown.

#include <string_view>

#include "core/result.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/ids.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The format's name.
inline constexpr std::string_view kMarkdown = "markdown";

/// How every such file begins: a comment, by which it is known as ours.
inline constexpr std::string_view kMarkdownStart = "<!-- notifications-api";

/// Of the item's first latest run with a result "document_markdown/1". kNotFound when the item is gone,
/// kInvalidArgument for a result that is no JSON, and what ArtifactStore::Read fails with.
[[nodiscard]] Result<Rendering> RenderMarkdown(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const ItemId& id
);

}  // namespace notify
