#pragma once

// The document that is written back beside the media: docs/publications.md.

#include <string_view>

#include "core/result.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How every such document begins: a file that begins otherwise is not ours.
inline constexpr std::string_view kPublicationStart = R"({"schema":"notifications.v1")";

/// What is known of the item, as JSON with a line break at its end: item, bucket, the latest run of each
/// process with its result's document, appearances. Never embeddings. The same state gives the same bytes.
/// Its essence is the same for another run that found the same. kNotFound when the item or its bucket is
/// gone.
[[nodiscard]] Result<Rendering> PublicationDocument(const Snapshot& snapshot, const ItemId& id);

}  // namespace notify
