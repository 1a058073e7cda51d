#include "inference/face_models.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_photos.hpp"

namespace notify {
namespace {

/// A folder of its own for one test.
class FaceModelFiles : public testing::Test {
protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "face-models-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }

    void TearDown() override { std::filesystem::remove_all(folder_); }

    void LinkModel(const std::string& name) const {
        std::filesystem::create_symlink(std::filesystem::path(NOTIFY_MODEL_FOLDER) / name, folder_ / name);
    }

    std::filesystem::path folder_;
};

TEST_F(FaceModelFiles, MissingAreNamedWithWhatToDo) {
    const auto models = LoadFaceModels({.folder = folder_}, {});
    ASSERT_FALSE(models);
    EXPECT_EQ(models.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(models.error().message, testing::HasSubstr(folder_.string()));
    EXPECT_THAT(models.error().message, testing::HasSubstr("script/bootstrap"));
}

TEST_F(FaceModelFiles, WithOtherContentsAreRefusedWithBothDigests) {
    LinkModel("dlib_face_recognition_resnet_model_v1.dat");
    std::ofstream(folder_ / "libfacedetection.so") << ModelBytes("libfacedetection.so") << "x";
    const auto models = LoadFaceModels({.folder = folder_}, {});
    ASSERT_FALSE(models);
    EXPECT_EQ(models.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(models.error().message, testing::HasSubstr("libfacedetection.so"));
    EXPECT_THAT(models.error().message, testing::HasSubstr("7fc3c140b563f449"));
}

TEST_F(FaceModelFiles, MayBeLinksToTheRealOnes) {
    LinkModel("dlib_face_recognition_resnet_model_v1.dat");
    LinkModel("libfacedetection.so");
    EXPECT_TRUE(LoadFaceModels({.folder = folder_}, {}));
}

TEST(FaceModels, TellTheirDigestBeforeAndAfterLoading) {
    EXPECT_EQ(SharedModels().model_digest, FaceModelDigest(Precision::kF32));
    EXPECT_EQ(FaceModelDigest(Precision::kF32).size(), 64U);
    EXPECT_NE(FaceModelDigest(Precision::kF32), FaceModelDigest(Precision::kBf16));
}

TEST(FaceModels, LoadedTwiceGiveTheSameNumbers) {
    FaceModels again = LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {}).value();
    const FaceChip chip = SampleChip("biden.jpg");
    EXPECT_EQ(
        again.embedder.Embed(std::span(&chip, 1)).value(),
        SharedModels().embedder.Embed(std::span(&chip, 1)).value()
    );
}

TEST(FaceModels, WorkOnSeveralThreadsAtOnceWhenEachHasItsOwn) {
    const FaceChip chip = SampleChip("obama.jpg");
    const auto expected = SharedModels().embedder.Embed(std::span(&chip, 1)).value();
    std::array<std::vector<FaceEmbedding>, 2> found;
    {
        std::vector<std::jthread> threads;
        for (auto& result : found) {
            threads.emplace_back([&result, &chip] {
                FaceModels models = LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {}).value();
                for (int i = 0; i < 3; ++i) {
                    result = models.embedder.Embed(std::span(&chip, 1)).value();
                }
            });
        }
    }
    EXPECT_EQ(found[0], expected);
    EXPECT_EQ(found[1], expected);
}

TEST(FaceModels, InTheOtherPrecisionFindTheSamePersonNearby) {
    FaceModels quick =
        LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {.precision = Precision::kBf16, .threads = 1})
            .value();
    const Photo photo = DecodeSample("obama.jpg", 640);
    EXPECT_EQ(quick.detector.Detect(photo.View()).value().size(), 1U);
    const FaceChip chip = SampleChip("obama.jpg");
    const auto exact = SharedModels().embedder.NormalisedFlipAverage(std::span(&chip, 1)).value().at(0);
    const auto rough = quick.embedder.NormalisedFlipAverage(std::span(&chip, 1)).value().at(0);
    EXPECT_LT(DistanceOf(exact, rough), 0.02F);
}

}  // namespace
}  // namespace notify
