#include "inference/face_models.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <malloc.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "inference/dlib_network.hpp"
#include "inference/face_detector.hpp"
#include "inference/face_embedder.hpp"
#include "inference/session.hpp"
#include "inference/yunet_weights.hpp"

namespace notify {
namespace {

/// A model file and the only contents it may have.
struct ModelFile {
    std::string_view name;
    std::string_view sha256;
};

constexpr ModelFile kDetector{
    .name = "libfacedetection.so",  // of the PyPI wheel yuface 2023.5.1
    .sha256 = "7fc3c140b563f449ce7cb5bd102ece650681e5bfeffc87efe79272be1932c4f4"
};
constexpr ModelFile kEmbedder{
    .name = "dlib_face_recognition_resnet_model_v1.dat",  // of the PyPI package face-recognition-models 0.3.0
    .sha256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
};

Result<std::string> ReadModel(const ModelFiles& files, const ModelFile& file) {
    const std::filesystem::path path = files.folder / file.name;
    Result<std::string> bytes = ReadFile(path);
    if (!bytes) {
        Error error = bytes.error();
        error.message += "; script/bootstrap fetches the face models";
        return Unexpected(error.Within("load the face models"));
    }
    if (const std::string digest = Sha256Hex(*bytes); digest != file.sha256) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "{} is not the file expected: its sha-256 is {} instead of {}",
                path.string(),
                digest,
                file.sha256
            )
        );
    }
    return bytes;
}

Result<FaceDetector> LoadDetector(const ModelFiles& files, const SessionOptions& options) {
    return ReadModel(files, kDetector)
        .and_then([](const std::string& library) {
            return ReadYunetWeights(std::as_bytes(std::span(library)));
        })
        .and_then([&](const YunetWeights& weights) { return FaceDetector::Create(weights, options); });
}

Result<FaceEmbedder> LoadEmbedder(const ModelFiles& files, const SessionOptions& options) {
    Result<DlibNetwork> network = ReadModel(files, kEmbedder).and_then([](const std::string& file) {
        return ReadDlibNetwork(std::as_bytes(std::span(file)));
    });  // the file's bytes are gone before the network is compiled
    if (!network) {
        return Unexpected(network.error());
    }
    return FaceEmbedder::Create(*std::move(network), options);
}

}  // namespace

std::string FaceModelDigest(Precision precision) {
    return Sha256Hex(fmt::format("{} {} {}", kDetector.sha256, kEmbedder.sha256, ToString(precision)));
}

std::string_view FaceEmbeddingModel() noexcept {
    return kEmbedder.sha256;
}

Result<FaceModels> LoadFaceModels(const ModelFiles& files, const SessionOptions& options) {
    // The embedder first: its building holds the most memory, which the detector can then use again.
    Result<FaceEmbedder> embedder = LoadEmbedder(files, options);
    if (!embedder) {
        return Unexpected(embedder.error());
    }
    Result<FaceDetector> detector = LoadDetector(files, options);
    if (!detector) {
        return Unexpected(detector.error());
    }
    malloc_trim(0);  // gives back what building the networks took
    return FaceModels{
        .detector = *std::move(detector),
        .embedder = *std::move(embedder),
        .model_digest = FaceModelDigest(options.precision)
    };
}

}  // namespace notify
