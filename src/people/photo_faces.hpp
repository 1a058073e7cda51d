#pragma once

// The faces of an enrolment photo, as whoever looks at photos gives them.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"

namespace notify {

struct PhotoFace {
    Box box;
    double inter_eye_px = 0;
    double score = 0;      ///< Of the detector, 0 … 1.
    double quality = 0;    ///< 0 … 1.
    double sharpness = 1;  ///< 0 … 1.
    Embedding embedding{};
    std::string crop;  ///< JPEG.
};

/// Finds all faces in the bytes of a photo. kUnsupported when it is no photo; kUnavailable, kStopped when it
/// could not be looked at now.
using PhotoReader = std::function<Result<std::vector<PhotoFace>>(std::string_view bytes)>;

/// Reads a result "face_photo/1"; `artifact(name)` gives its artifacts' bytes. kInvalidArgument with what is
/// wrong, or what `artifact` says.
[[nodiscard]] Result<std::vector<PhotoFace>> ReadPhotoFaces(
    std::string_view document, const std::function<Result<std::string>(std::string_view)>& artifact
);

}  // namespace notify
