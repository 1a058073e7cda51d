#pragma once

// What benchmarks of faces share: faces of photos as the service finds them, and errors that end the program.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/file_byte_source.hpp"
#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "people/photo_faces.hpp"
#include "processors/processor.hpp"

namespace notify::bench {

/// What is in the result; otherwise says what went wrong with `what` and ends the program with 1.
template <class T>
T OrEnd(Result<T> result, std::string_view what) {
    if (!result) {
        std::cerr << what << ": " << result.error().message << "\n";
        std::exit(1);
    }
    return std::move(*result);
}

/// The file's bytes. Ends the program when it cannot be read.
[[nodiscard]] FileByteSource Open(const std::filesystem::path& path);

/// The artifacts of an output by name. `output` outlives it.
[[nodiscard]] std::function<Result<std::string>(std::string_view)> ArtifactsOf(const Output& output);

/// The faces of a photo, largest first, found by the processor of enrolment photos.
[[nodiscard]] Result<std::vector<PhotoFace>> FacesOf(FaceModels& models, const std::filesystem::path& path);

}  // namespace notify::bench
