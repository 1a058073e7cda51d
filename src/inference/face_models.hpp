#pragma once

// The two models of facial recognition, loaded from the files that script/bootstrap fetched.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "inference/face_detector.hpp"
#include "inference/face_embedder.hpp"
#include "inference/session.hpp"

namespace notify {

/// Where the model files lie: libfacedetection.so (only read, never run) and
/// dlib_face_recognition_resnet_model_v1.dat.
struct ModelFiles {
    std::filesystem::path folder;
};

/// Not thread-safe, like its parts: load once per thread.
struct FaceModels {
    FaceDetector detector;
    FaceEmbedder embedder;
    std::string
        model_digest;  ///< sha-256 over both files' digests and the precision: part of a result's lineage
};

/// The digest LoadFaceModels would give, without reading anything.
[[nodiscard]] std::string FaceModelDigest(Precision precision);

/// Sha-256 of the weights that embeddings are made by, whatever the precision.
[[nodiscard]] std::string_view FaceEmbeddingModel() noexcept;

/// Reads both files, checks their sha-256, builds and compiles the networks and runs each once. Afterwards no
/// file is opened and no thread started, so the process may be locked down. kNotFound or kForbidden with the
/// path and what to do about it, kInvalidArgument when a file is another than expected, kInternal when the
/// runtime fails.
[[nodiscard]] Result<FaceModels> LoadFaceModels(const ModelFiles& files, const SessionOptions& options);

}  // namespace notify
