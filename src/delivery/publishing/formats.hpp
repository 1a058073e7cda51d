#pragma once

// An item in each of the formats of domain/publication.hpp. A new one is a line there, a file with its
// renderer here and a line in formats.cpp.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/ids.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The same state gives the same bytes. kNotFound when the item or its bucket is gone, kInvalidArgument for
/// an unknown format or a result that is no JSON, and what ArtifactStore::Read fails with.
[[nodiscard]] Result<Rendering> Render(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const ItemId& id, std::string_view format
);

/// How every file of the format begins unless it is empty: what begins otherwise is not ours.
[[nodiscard]] std::string_view StartOf(std::string_view format) noexcept;

}  // namespace notify
