#include "unit/processors/facial_recognition/models.hpp"

#include <span>
#include <stdexcept>

#include "core/json.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "support/media_files.hpp"

namespace notify::testing {

FaceModels& SharedFaceModels() {
    static FaceModels models = LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {}).value();
    return models;
}

std::filesystem::path SamplePhoto(const std::string& name) {
    return std::filesystem::path(NOTIFY_SAMPLE_FOLDER) / name;
}

Output RecogniseFile(const std::filesystem::path& path, const std::string& config) {
    const auto json = ParseJson(config).value();
    const auto analyser = MakeFacialRecognition(SharedFaceModels(), json.as_object()).value();
    auto bytes = OpenBytes(path);
    const Subscription subscription{
        .wants = analyser->FramesWanted(),
        .on_frame = [&](const FrameView& frame) { return analyser->OnFrame(frame); }
    };
    const auto decoded = Decode(bytes, std::span(&subscription, 1), {}, {}).value();
    if (const auto& ended = decoded.subscriptions.front(); !ended) {
        throw std::runtime_error(ended.error().message);
    }
    return analyser->Finish(decoded.summary).value();
}

std::string ArtifactOf(const Output& output, const std::string& name) {
    for (const auto& artifact : output.artifacts) {
        if (artifact.name == name) {
            return artifact.bytes;
        }
    }
    return {};
}

}  // namespace notify::testing
