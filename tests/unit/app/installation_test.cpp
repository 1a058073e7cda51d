#include "app/installation.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/settings.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

TEST(Installation, NamesAProgramThatCannotBeRun) {
    Settings settings;
    for (const auto* program : {"/nope", "/", "/etc/passwd"}) {
        settings.processor_program = program;
        const auto checked = CheckProgram(settings);
        ASSERT_FALSE(checked) << program;
        EXPECT_THAT(checked.error().message, HasSubstr(program));
        EXPECT_THAT(checked.error().message, HasSubstr("PROCESSOR_PROGRAM"));
    }
    settings.processor_program = "/bin/sh";
    EXPECT_TRUE(CheckProgram(settings));
}

TEST(Installation, NamesTheModelThatIsMissing) {
    const auto folder = std::filesystem::temp_directory_path() / ("models." + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    Settings settings;
    settings.model_folder = folder;
    std::ofstream(folder / "libfacedetection.so") << "x";
    const auto checked = CheckModels(settings);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, HasSubstr("dlib_face_recognition_resnet_model_v1.dat is not in"));
    std::ofstream(folder / "dlib_face_recognition_resnet_model_v1.dat") << "x";
    EXPECT_TRUE(CheckModels(settings));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace notify
