#pragma once

// What there is to know of a processor without linking it: all the service needs. The code is in the child.

#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

struct ProcessorKind {
    std::string_view name;  ///< "facial-recognition".
    std::string_view
        version;  ///< Of the algorithm: part of the lineage key; raise it when results would differ.
    std::string_view title;
    std::string_view description;
    std::span<const std::string_view> media_types;  ///< Prefixes: "video/", "image/"; "" accepts everything.
    std::string_view
        config_schema;  ///< JSON Schema (2020-12 subset): an object with defaults and descriptions.
    std::string_view result_kind;      ///< What its results are to consumers: "face_tracks", "checksum".
    std::string_view embedding_model;  ///< Sha-256 of the weights that its embeddings of faces are made by;
                                       ///< "" when it gives none.
    bool needs_models = false;         ///< Runs in a child that has loaded the face models.
    bool biometric = false;            ///< A rule for it needs a biometric_basis.
    bool internal = false;             ///< The service's own job (enrolment); never chosen by a rule.
};

/// All kinds, in a fixed order.
[[nodiscard]] std::span<const ProcessorKind> ProcessorKinds();

/// kInvalidArgument names those available. Accepts "FacialRecognition" for "facial-recognition".
[[nodiscard]] Result<const ProcessorKind*> FindProcessorKind(std::string_view name);

/// Checks `config` (JSON text, "" means {}) against the kind's schema, fills in defaults, returns canonical
/// JSON. kInvalidArgument with the JSON pointer of the fault: "/fps: 0 is less than 0.2".
[[nodiscard]] Result<std::string> NormaliseConfig(const ProcessorKind& kind, std::string_view config);

/// True when the kind handles this media type.
[[nodiscard]] bool Accepts(const ProcessorKind& kind, std::string_view media_type);

}  // namespace notify
