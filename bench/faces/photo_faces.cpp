#include "faces/photo_faces.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/file_byte_source.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "people/photo_faces.hpp"
#include "processors/facial_recognition/face_photo.hpp"
#include "processors/processor.hpp"

namespace notify::bench {

FileByteSource Open(const std::filesystem::path& path) {
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return OrEnd(FileByteSource::Make(std::move(file)), path.native());
}

std::function<Result<std::string>(std::string_view)> ArtifactsOf(const Output& output) {
    return [&output](std::string_view name) -> Result<std::string> {
        for (const auto& artifact : output.artifacts) {
            if (artifact.name == name) {
                return artifact.bytes;
            }
        }
        return Fail(ErrorCode::kNotFound, "no artifact " + std::string(name));
    };
}

Result<std::vector<PhotoFace>> FacesOf(FaceModels& models, const std::filesystem::path& path) {
    auto bytes = Open(path);
    FacePhoto photo(models);
    return photo.Run(bytes, {}).and_then([](const Output& output) {
        return ReadPhotoFaces(ToJsonText(output.document), ArtifactsOf(output));
    });
}

}  // namespace notify::bench
