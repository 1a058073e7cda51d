#pragma once

// The short summary that a result's object carries as user metadata, where its bucket wants that:
// docs/publications.md.

#include <cstddef>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The most that S3 takes: bytes of all names and values together.
inline constexpr std::size_t kMostMetadataBytes = 2048;

/// notifications-item, -status, -processors (those that completed, by commas) and -people (how many confirmed
/// ones), in printable ASCII and less than kMostMetadataBytes whatever the processors are called. The same
/// state gives the same. kNotFound when the item is gone.
[[nodiscard]] Result<UserMetadata> PublicationMetadata(const Snapshot& snapshot, const ItemId& id);

}  // namespace notify
