#pragma once

// The document that is written back beside the media: docs/publications.md.

#include <string>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What is known of the item, as JSON with a line break at its end: item, bucket, the latest run of each
/// process with its result's document, appearances. Never embeddings. The same state gives the same bytes.
/// kNotFound when the item or its bucket is gone.
[[nodiscard]] Result<std::string> PublicationDocument(const Snapshot& snapshot, const ItemId& id);

}  // namespace notify
