#pragma once

// What a finished process found: a JSON document and artifacts.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"

namespace notify {

/// Bytes that belong to a result, kept by the ArtifactStore.
struct ArtifactRef {
    std::string name;  ///< Unique within the result: "embeddings", "track-3.jpg".
    std::string media_type;
    std::string sha256;            ///< Of the bytes as stored: the address in the ArtifactStore.
    std::uint64_t size_bytes = 0;  ///< Of the bytes in the clear.
    bool sealed = false;           ///< Encrypted at rest: biometric data.
};

struct StoredResult {
    ResultId id;
    std::string
        lineage_key;  ///< LineageKey(…): the same bytes, processor, models and configuration give the same.
    std::string content_sha256;  ///< "" when the bytes were never digested (Dedupe::kOff).
    std::string media_type;      ///< Of the bytes, by content; "" when the child could not tell.
    std::string processor;
    std::string processor_version;
    std::string model_digest;     ///< Of the models and their arithmetic; "" when it used none.
    std::string config_hash;      ///< Of the configuration, as Process::config_hash.
    std::string embedding_model;  ///< ProcessorKind::embedding_model at the time: embeddings of its faces are
                                  ///< compared with no other's.
    std::string document;         ///< JSON text.
    std::vector<ArtifactRef> artifacts;
    Timestamp created_at;
};

/// What stands for an item's bytes in lineages: their digest, or where none was taken the object's place and
/// version, which no digest can equal.
[[nodiscard]] std::string ContentIdentity(const Item& item);

/// Sha256Hex over (content identity, processor@version, model digest, config hash), each ended by a zero
/// byte.
[[nodiscard]] std::string LineageKey(
    std::string_view content_sha256,
    std::string_view processor,
    std::string_view processor_version,
    std::string_view model_digest,
    std::string_view config_hash
);

}  // namespace notify
