#include "processors/child/registry.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "processors/child/checksum.hpp"
#include "processors/document_markdown/processor.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "processors/facial_recognition/face_photo.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

Result<AnyProcessor> Checksum(const boost::json::object& /*config*/, FaceModels* /*models*/) {
    return MakeChecksum();
}

Result<AnyProcessor> Markdown(const boost::json::object& config, FaceModels* /*models*/) {
    return ReadDocumentSettings(config).map([](DocumentSettings settings) -> AnyProcessor {
        return MakeDocumentMarkdown(std::move(settings));
    });
}

Result<AnyProcessor> FacialRecognition(const boost::json::object& config, FaceModels* models) {
    return ReadFaceSettings(config).map([&](const FaceSettings& settings) -> AnyProcessor {
        return std::make_unique<FaceAnalyser>(*models, settings);
    });
}

Result<AnyProcessor> PhotoFaces(const boost::json::object& /*config*/, FaceModels* models) {
    return std::make_unique<FacePhoto>(*models);
}

/// The kind must be in processors/kinds.cpp.
RegisteredProcessor Entry(std::string_view name, ProcessorFactory make) {
    return {.kind = FindProcessorKind(name).value(), .make = make};
}

}  // namespace

std::span<const RegisteredProcessor> RegisteredProcessors() {
    static const std::vector<RegisteredProcessor> processors{
        Entry("checksum", Checksum),
        Entry("document-markdown", Markdown),
        Entry("facial-recognition", FacialRecognition),
        Entry("face-photo", PhotoFaces),
    };
    return processors;
}

Result<const RegisteredProcessor*> FindProcessor(
    std::span<const RegisteredProcessor> processors, std::string_view name
) {
    const auto found = std::ranges::find_if(processors, [&](const RegisteredProcessor& each) {
        return each.kind->name == name;
    });
    if (found == processors.end()) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("this child has no processor '{}'", name));
    }
    return &*found;
}

}  // namespace notify
