#include "processors/child/registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "processors/child/checksum.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "processors/facial_recognition/face_photo.hpp"
#include "processors/kind.hpp"

namespace notify {

bool NeedsModels(std::string_view name) {
    return std::ranges::any_of(ProcessorKinds(), [&](const ProcessorKind& kind) {
        return kind.name == name && kind.needs_models;
    });
}

Result<AnyProcessor> MakeProcessor(
    std::string_view name, const boost::json::object& config, FaceModels* models
) {
    if (NeedsModels(name) && models == nullptr) {
        return Fail(
            ErrorCode::kUnavailable,
            fmt::format("this child was started without the models that {} needs", name)
        );
    }
    if (name == "checksum") {
        return MakeChecksum();
    }
    if (name == "facial-recognition") {
        return ReadFaceSettings(config).map([&](const FaceSettings& settings) -> AnyProcessor {
            return std::make_unique<FaceAnalyser>(*models, settings);
        });
    }
    if (name == "face-photo") {
        return std::make_unique<FacePhoto>(*models);
    }
    return Fail(ErrorCode::kInvalidArgument, fmt::format("this child has no processor '{}'", name));
}

}  // namespace notify
