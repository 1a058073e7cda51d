#include "inference/face_detector.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_photos.hpp"

namespace notify {
namespace {

FaceDetector& Detector() {
    return SharedModels().detector;
}

TEST(FaceDetector, FindsTheOneFaceOfEachPortrait) {
    for (const char* name :
         {"obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "obama_partial_face2.jpg"}) {
        const Photo photo = DecodeSample(name, 640);
        const auto faces = Detector().Detect(photo.View());
        ASSERT_TRUE(faces) << faces.error().message;
        ASSERT_EQ(faces->size(), 1U) << name;
        EXPECT_GT(faces->front().score, 0.85F) << name;
    }
}

TEST(FaceDetector, PutsLandmarksWhereAFaceHasThem) {
    const Photo photo = DecodeSample("biden.jpg", 640);
    const DetectedFace face = Detector().Detect(photo.View()).value().at(0);
    const auto& [right_eye, left_eye, nose, right_mouth, left_mouth] = face.landmarks;
    EXPECT_LT(right_eye.x, nose.x);
    EXPECT_LT(nose.x, left_eye.x);
    EXPECT_LT(right_mouth.x, left_mouth.x);
    EXPECT_LT(std::max(right_eye.y, left_eye.y), nose.y);
    EXPECT_LT(nose.y, std::min(right_mouth.y, left_mouth.y));
    for (const Point& point : face.landmarks) {
        EXPECT_GT(point.x, face.box.x);
        EXPECT_LT(point.x, face.box.x + face.box.width);
        EXPECT_GT(point.y, face.box.y);
        EXPECT_LT(point.y, face.box.y + face.box.height);
    }
}

TEST(FaceDetector, FindsNothingInAnEmptyImage) {
    const std::vector<std::uint8_t> grey(std::size_t{320} * 200 * 3, 128);
    EXPECT_TRUE(Detector().Detect({grey.data(), 320, 200, 960, ChannelOrder::kBgr}).value().empty());
}

TEST(FaceDetector, TakesImagesOfAnySize) {
    const std::vector<std::uint8_t> black(std::size_t{700} * 700 * 3);
    for (const auto& [width, height] :
         {std::pair{1, 1}, std::pair{33, 31}, std::pair{641, 385}, std::pair{64, 700}}) {
        const auto levels = Detector().Run({black.data(), width, height, 2100, ChannelOrder::kBgr});
        ASSERT_TRUE(levels) << width << "×" << height;
        ASSERT_EQ(levels->size(), 3U);
        EXPECT_EQ(levels->at(0).columns, (width + 31) / 32 * 4);
        EXPECT_EQ(levels->at(2).rows, (height + 31) / 32);
        EXPECT_EQ(levels->at(1).stride, 16);
    }
}

TEST(FaceDetector, GivesTheSameNumbersAgainAndAfterOtherSizes) {
    const Photo photo = DecodeSample("obama.jpg", 640);
    const Photo other = DecodeSample("obama3.jpg", 320);
    const auto first = Detector().Detect(photo.View()).value();
    static_cast<void>(Detector().Detect(other.View()));
    const auto again = Detector().Detect(photo.View()).value();
    ASSERT_EQ(first.size(), again.size());
    EXPECT_EQ(first[0].score, again[0].score);
    EXPECT_EQ(first[0].box.x, again[0].box.x);
    EXPECT_EQ(first[0].landmarks[4].y, again[0].landmarks[4].y);
}

TEST(FaceDetector, SeesTheSameInRgbAndInRowsWithGaps) {
    const Photo photo = DecodeSample("biden.jpg", 400);
    const std::ptrdiff_t stride = (std::ptrdiff_t{photo.width} * 3) + 100;
    std::vector<std::uint8_t> rgb(
        static_cast<std::size_t>(stride) * static_cast<std::size_t>(photo.height), 255
    );
    for (int y = 0; y < photo.height; ++y) {
        for (int x = 0; x < photo.width; ++x) {
            const auto* from = photo.View().pixels + (y * photo.View().stride_bytes) + std::ptrdiff_t{x} * 3;
            std::reverse_copy(from, from + 3, rgb.data() + (y * stride) + std::ptrdiff_t{x} * 3);
        }
    }
    const auto bgr_face = Detector().Detect(photo.View()).value().at(0);
    const auto rgb_face =
        Detector().Detect({rgb.data(), photo.width, photo.height, stride, ChannelOrder::kRgb}).value().at(0);
    EXPECT_EQ(bgr_face.score, rgb_face.score);
    EXPECT_EQ(bgr_face.box.x, rgb_face.box.x);
}

TEST(FaceDetector, HeedsTheLimits) {
    const Photo photo = DecodeSample("obama.jpg", 640);
    DetectionLimits strict;
    strict.least_score = 0.99F;
    EXPECT_TRUE(Detector().Detect(photo.View(), strict).value().empty());
    DetectionLimits loose;
    loose.least_score = 0.3F;
    loose.most_overlap = 1;
    EXPECT_GT(Detector().Detect(photo.View(), loose).value().size(), 1U);
}

TEST(FaceDetector, RefusesUnreadableAndTooLargeImages) {
    const std::vector<std::uint8_t> row(std::size_t{5000} * 3);
    for (const ImageView& image :
         {ImageView{},
          ImageView{row.data(), 5000, 1, 15'000, ChannelOrder::kBgr},
          ImageView{row.data(), 10, 1, 29, ChannelOrder::kBgr}}) {
        const auto faces = Detector().Detect(image);
        ASSERT_FALSE(faces);
        EXPECT_EQ(faces.error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(FaceDetector, IsNotBuiltFromIncompleteWeights) {
    const std::string library = ModelBytes("libfacedetection.so");
    YunetWeights weights = ReadYunetWeights(std::as_bytes(std::span(library))).value();
    weights.at("backbone__model1_dp1_pw").weights.pop_back();
    EXPECT_FALSE(FaceDetector::Create(weights, {}));
    weights.erase("backbone__model1_dp1_pw");
    const auto detector = FaceDetector::Create(weights, {});
    ASSERT_FALSE(detector);
    EXPECT_THAT(detector.error().message, testing::HasSubstr("backbone__model1_dp1_pw"));
}

}  // namespace
}  // namespace notify
