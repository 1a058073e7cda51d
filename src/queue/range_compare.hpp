#pragma once

// A range of a listing beside what is known of its keys, as two sorted lists are merged.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "sources/source.hpp"
#include "storage/key_range.hpp"
#include "storage/storage.hpp"

namespace notify {

/// An object as a listing told it.
struct Sighting {
    FoundObject object;
    bool counts = true;  ///< False: it is there, and is neither a new item nor one that is missing.
};

/// What a range came to.
struct ComparedRange {
    std::optional<std::string> through;  ///< Where it ends; nothing: with the bucket.
    std::size_t sightings = 0;           ///< How many of those given lie in it.
    std::vector<FoundObject> wanted;     ///< Those there is something to do for.
    std::vector<ItemId> missing;         ///< Items of the range that were not seen.
};

/// Compares the beginning of `range`, all of it unless more than 2,000 keys are known there: go on behind
/// `through` then. `sightings`: what the listing told of the range, in the order of keys; those that are
/// wanted are moved from. Items that a listing would not tell are not missing: globs leave them out, they
/// were removed, or they are made of many objects.
[[nodiscard]] Result<ComparedRange> CompareRange(
    Storage& storage, const Bucket& bucket, const KeyRange& range, std::span<Sighting> sightings
);

}  // namespace notify
