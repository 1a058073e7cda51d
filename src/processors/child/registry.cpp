#include "processors/child/registry.hpp"

#include <fmt/format.h>

#include "processors/child/checksum.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "processors/facial_recognition/face_photo.hpp"

namespace notify {

bool NeedsModels(std::string_view name) { return name != "checksum"; }

Result<AnyProcessor> MakeProcessor(std::string_view name, const boost::json::object& config, FaceModels* models) {
    if (NeedsModels(name) && models == nullptr) {
        return Fail(ErrorCode::kUnavailable, fmt::format("this child was started without the models that {} needs", name));
    }
    if (name == "checksum") {
        return MakeChecksum();
    }
    if (name == "facial-recognition") {
        return MakeFacialRecognition(*models, config);
    }
    if (name == "face-photo") {
        return MakeFacePhoto(*models);
    }
    return Fail(ErrorCode::kInvalidArgument, fmt::format("this child has no processor '{}'", name));
}

}  // namespace notify
