#pragma once

// The real models and the public sample photos, as tests of facial recognition use them.

#include <filesystem>
#include <string>

#include "inference/face_models.hpp"
#include "processors/processor.hpp"

namespace notify::testing {

/// Loaded once for the process.
[[nodiscard]] FaceModels& SharedFaceModels();

[[nodiscard]] std::filesystem::path SamplePhoto(const std::string& name);

/// Runs facial recognition over a file as the child does, with this configuration.
[[nodiscard]] Output RecogniseFile(const std::filesystem::path& path, const std::string& config = "{}");

/// The bytes of an artifact; empty when there is none.
[[nodiscard]] std::string ArtifactOf(const Output& output, const std::string& name);

}  // namespace notify::testing
