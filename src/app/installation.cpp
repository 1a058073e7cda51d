#include "app/installation.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>
#include <unistd.h>

#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

Result<void> CheckProgram(const Settings& settings) {
    const auto& program = settings.processor_program;
    std::error_code ignored;
    if (std::filesystem::is_directory(program, ignored) || ::access(program.c_str(), X_OK) != 0) {
        return Fail(
            errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kForbidden,
            fmt::format("the processors' program {} cannot be run; set PROCESSOR_PROGRAM", program.native())
        );
    }
    return {};
}

Result<void> CheckModels(const Settings& settings) {
    for (const auto* name : {"libfacedetection.so", "dlib_face_recognition_resnet_model_v1.dat"}) {
        std::error_code ignored;
        if (!std::filesystem::exists(settings.model_folder / name, ignored)) {
            return Fail(
                ErrorCode::kNotFound,
                fmt::format(
                    "faces cannot be recognised: {} is not in {}; run script/bootstrap, or set MODEL_FOLDER",
                    name,
                    settings.model_folder.native()
                )
            );
        }
    }
    return {};
}

}  // namespace notify
