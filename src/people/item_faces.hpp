#pragma once

// The faces of one item as they are stored: what naming decides on.

#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "people/face_tracks.hpp"
#include "people/naming.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What a result came of: the same again gives the same again.
struct Lineage {
    std::string key;              ///< Of all that follow, and the processor.
    std::string content_sha256;   ///< Of the bytes; empty when they were never digested.
    std::string model_digest;     ///< Of the models and their arithmetic.
    std::string embedding_model;  ///< Sha-256 of the weights that made the embeddings.
    std::string config_hash;
};

/// A result of an item whose faces can be named.
struct FaceSource {
    ResultId result;
    std::string processor;  ///< "facial-recognition@1.2.0"
    Lineage lineage;
    FaceTracks tracks;  ///< With the embeddings, ids and anchors that are stored.
};

struct ItemFaces {
    std::vector<FaceSource> sources;
    std::vector<Appearance> present;  ///< The appearances that are stored of these.
    Verdicts verdicts;
};

/// Of the latest run of each processor and configuration that completed: what was found before does not
/// count. A result whose tracks are not stored yet is left out: it waits to be resolved.
[[nodiscard]] Result<ItemFaces> ReadItemFaces(const Snapshot& snapshot, const ItemId& id);

/// Whether a failure with an item's faces is its own: others need not wait for it.
[[nodiscard]] bool IsOfTheItem(ErrorCode code) noexcept;

}  // namespace notify
