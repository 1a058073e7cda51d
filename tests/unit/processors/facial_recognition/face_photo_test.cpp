#include "processors/facial_recognition/face_photo.hpp"

#include <gtest/gtest.h>

#include "support/media_files.hpp"
#include "unit/processors/facial_recognition/models.hpp"

namespace notify {
namespace {

using testing::MediaFolder;
using testing::SamplePhoto;

Result<Output> FacesOf(const std::filesystem::path& path) {
    auto bytes = testing::OpenBytes(path);
    FacePhoto photo(testing::SharedFaceModels());
    return photo.Run(bytes, {});
}

std::string Quoted(const std::string& sample) {
    return "'" + SamplePhoto(sample).string() + "'";
}

TEST(FacePhoto, TellsOfThePortraitsFace) {
    const auto output = FacesOf(SamplePhoto("obama.jpg")).value();
    const auto& faces = output.document.at("faces").as_array();
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_EQ(output.document.at("schema"), "face_photo/1");
    EXPECT_GT(faces[0].at("inter_eye_px").to_number<double>(), 60);
    EXPECT_GT(faces[0].at("score").to_number<double>(), 0.8);
    EXPECT_GT(faces[0].at("quality").to_number<double>(), 0.3);
    EXPECT_EQ(faces[0].at("landmarks").as_array().size(), 5U);
    EXPECT_EQ(testing::ArtifactOf(output, "face-1.jpg").substr(0, 2), "\xFF\xD8");
    EXPECT_EQ(testing::ArtifactOf(output, "embeddings").size(), 512U);
    for (const auto& artifact : output.artifacts) {
        EXPECT_TRUE(artifact.sealed) << artifact.name;
    }
}

TEST(FacePhoto, CallsAPhotoWorseTheMoreItIsBlurred) {
    const MediaFolder folder;
    double before = 1;
    for (const auto* sigma : {"0", "2", "4"}) {
        const auto blurred = folder.Make(
            std::string(sigma) + ".png",
            "-i " + Quoted("biden.jpg") + " -vf scale=-2:640,gblur=" + sigma + " -frames:v 1"
        );
        const auto output = FacesOf(blurred).value();
        const auto& faces = output.document.at("faces").as_array();
        ASSERT_EQ(faces.size(), 1U);
        const auto quality = faces[0].at("quality").to_number<double>();
        EXPECT_LT(quality, 0.9 * before) << sigma;
        before = quality;
    }
}

TEST(FacePhoto, ListsTheLargestFaceFirst) {
    const MediaFolder folder;
    const auto two = folder.Make(
        "two.png",
        "-i " + Quoted("biden.jpg") + " -i " + Quoted("obama.jpg") +
            " -filter_complex '[0]scale=-2:300,pad=iw:600[a];[1]scale=-2:600[b];[a][b]hstack' -frames:v 1"
    );
    const auto output = FacesOf(two).value();
    const auto& faces = output.document.at("faces").as_array();
    ASSERT_EQ(faces.size(), 2U);
    const auto width = [&](std::size_t i) { return faces[i].at("box").at("width").to_number<double>(); };
    EXPECT_GT(width(0), width(1));
    EXPECT_EQ(testing::ArtifactOf(output, "embeddings").size(), 1024U);
}

TEST(FacePhoto, FindsASmallFaceInALargePhotoByLookingAgain) {
    const MediaFolder folder;
    const auto small = folder.Make(
        "small.png", "-i " + Quoted("obama.jpg") + " -vf scale=-2:90,pad=1900:1000:900:400:gray -frames:v 1"
    );
    const auto output = FacesOf(small).value();
    const auto& faces = output.document.at("faces").as_array();
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_LT(faces[0].at("inter_eye_px").to_number<double>(), 24);
    EXPECT_NEAR(faces[0].at("box").at("x").to_number<double>(), 920, 40);
}

TEST(FacePhoto, HasNoFacesWhereThereAreNone) {
    const MediaFolder folder;
    const auto output =
        FacesOf(folder.Make("none.png", "-f lavfi -i testsrc2=s=800x600 -frames:v 1")).value();
    EXPECT_TRUE(output.document.at("faces").as_array().empty());
    EXPECT_EQ(output.document.at("width"), 800);
}

TEST(FacePhoto, RefusesAVideo) {
    const MediaFolder folder;
    const auto output =
        FacesOf(folder.Make("clip.mp4", "-f lavfi -i testsrc2=s=320x240:d=1 -pix_fmt yuv420p"));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(output.error().reason, "not_a_photo");
}

TEST(FacePhoto, RefusesWhatIsNoPictureAtAll) {
    const MediaFolder folder;
    for (const auto& [name, bytes] :
         {std::pair{"text.jpg", std::string("this is no picture")},
          std::pair{"empty.jpg", std::string()},
          std::pair{"cut.jpg", std::string("\xFF\xD8\xFF\xE0\x00\x10JFIF", 10)}}) {
        const auto output = FacesOf(folder.Write(name, bytes));
        ASSERT_FALSE(output) << name;
        EXPECT_EQ(output.error().code, ErrorCode::kUnsupported) << name << ": " << output.error().message;
    }
}

}  // namespace
}  // namespace notify
