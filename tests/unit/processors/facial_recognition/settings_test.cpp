#include "processors/facial_recognition/settings.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "inference/face_models.hpp"
#include "processors/kind.hpp"

namespace notify {
namespace {

Result<FaceSettings> Read(std::string_view json) {
    return ReadFaceSettings(ParseJson(json).value().as_object());
}

TEST(FaceModelsOf, AreThoseThatTheServiceKnowsOf) {
    for (const auto* processor : {"facial-recognition", "face-photo"}) {
        EXPECT_EQ(FindProcessorKind(processor).value()->embedding_model, FaceEmbeddingModel()) << processor;
    }
    EXPECT_EQ(FindProcessorKind("checksum").value()->embedding_model, "");
}

TEST(FaceSettings, KeepsDefaultsForWhatIsNotThere) {
    const auto settings = Read("{}").value();
    EXPECT_EQ(settings.fps, 5);
    EXPECT_EQ(settings.shots, 5);
    EXPECT_EQ(settings.long_side, 640);
    EXPECT_TRUE(settings.thumbnails);
    EXPECT_EQ(settings.StepMs(), 200);
}

TEST(FaceSettings, ReadsWholeNumbersAndFractions) {
    const auto settings =
        Read(
            R"({"fps": 2.5, "long_side": 1280, "min_face_px": 12, "detection_threshold": 0.7, "shots": 8, "thumbnails": false})"
        )
            .value();
    EXPECT_EQ(settings.StepMs(), 400);
    EXPECT_EQ(settings.long_side, 1280);
    EXPECT_EQ(settings.min_face_px, 12);
    EXPECT_EQ(settings.detection_threshold, 0.7);
    EXPECT_EQ(settings.shots, 8);
    EXPECT_FALSE(settings.thumbnails);
}

TEST(FaceSettings, RefusesWhatTheSchemaDoesNotAllowAndNamesIt) {
    for (const auto& [json, name] :
         {std::pair{R"({"fps": 0})", "/fps"},
          std::pair{R"({"shots": 9})", "/shots"},
          std::pair{R"({"least_visible_s": -1})", "/least_visible_s"},
          std::pair{R"({"least_visible_share": 2})", "/least_visible_share"},
          std::pair{R"({"long_side": "large"})", "/long_side"},
          std::pair{R"({"thumbnails": 1})", "/thumbnails"}}) {
        const auto settings = Read(json);
        ASSERT_FALSE(settings) << json;
        EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
        EXPECT_TRUE(settings.error().message.starts_with(name)) << settings.error().message;
    }
}

}  // namespace
}  // namespace notify
