#include "people/photo_faces.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace json = boost::json;

json::object FaceJson(int number) {
    return {
        {"box", {{"x", -3}, {"y", 20}, {"width", 30}, {"height", 40}}},
        {"inter_eye_px", 25.5},
        {"sharpness", 0.75},
        {"score", 0.9},
        {"quality", 0.8},
        {"embedding_offset", number - 1},
        {"crop", "face-" + std::to_string(number) + ".jpg"}
    };
}

json::object Document() {
    return {{"schema", "face_photo/1"}, {"faces", json::array{FaceJson(1), FaceJson(2)}}};
}

Result<std::vector<PhotoFace>> ReadWith(const json::object& document, std::string embeddings) {
    return ReadPhotoFaces(ToJsonText(document), [&](std::string_view name) -> Result<std::string> {
        if (name == "missing.jpg") {
            return Fail(ErrorCode::kNotFound, "no artifact missing.jpg");
        }
        return name == "embeddings" ? embeddings : "bytes of " + std::string(name);
    });
}

Result<std::vector<PhotoFace>> ReadDocument(const json::object& document) {
    return ReadWith(document, BytesOf({FaceOf(1), FaceOf(2)}));
}

TEST(FacesOfAPhoto, AreReadWithEmbeddingAndCrop) {
    const auto faces = ReadDocument(Document()).value();
    ASSERT_THAT(faces, SizeIs(2));
    EXPECT_EQ(faces[0].box.x, -3);
    EXPECT_EQ(faces[0].box.height, 40);
    EXPECT_EQ(faces[0].inter_eye_px, 25.5);
    EXPECT_EQ(faces[0].sharpness, 0.75);
    EXPECT_EQ(faces[0].score, 0.9);
    EXPECT_EQ(faces[0].quality, 0.8);
    EXPECT_EQ(faces[0].embedding, FaceOf(1));
    EXPECT_EQ(faces[1].embedding, FaceOf(2));
    EXPECT_EQ(faces[1].crop, "bytes of face-2.jpg");
}

TEST(FacesOfAPhoto, MayBeNone) {
    auto document = Document();
    document["faces"] = json::array();
    EXPECT_THAT(ReadWith(document, "").value(), IsEmpty());
}

TEST(FacesOfAPhoto, NeedTheArtifactsTheDocumentNames) {
    auto document = Document();
    document["faces"].as_array()[1].as_object()["crop"] = "missing.jpg";
    EXPECT_EQ(ReadDocument(document).error().code, ErrorCode::kNotFound);
}

TEST(FacesOfAPhoto, AreRefusedWithoutAnEmbeddingThatCanBeCompared) {
    EXPECT_THAT(
        ReadWith(Document(), BytesOf({FaceOf(1), Embedding{}})).error().message,
        HasSubstr("a face has no embedding")
    );
    EXPECT_FALSE(ReadWith(Document(), BytesOf({FaceOf(1)})));
    EXPECT_FALSE(ReadWith(Document(), ""));
}

struct Damage {
    const char* name;
    std::function<void(json::object& document, json::object& face)> what;
};

class DamagedPhotoFaces : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedPhotoFaces, AreRefused) {
    auto document = Document();
    GetParam().what(document, document["faces"].as_array()[1].as_object());
    const auto read = ReadDocument(document);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(read.error().message, HasSubstr("the faces of a photo cannot be read"));
}

INSTANTIATE_TEST_SUITE_P(
    ,
    DamagedPhotoFaces,
    ::testing::Values(
        Damage{"OfAnotherSchema", [](auto& document, auto&) { document["schema"] = "face_tracks/1"; }},
        Damage{"WithoutASchema", [](auto& document, auto&) { document.erase("schema"); }},
        Damage{"WithoutFaces", [](auto& document, auto&) { document.erase("faces"); }},
        Damage{"WithFacesThatAreNoList", [](auto& document, auto&) { document["faces"] = json::object(); }},
        Damage{
            "WithAFaceThatIsNoObject", [](auto& document, auto&) { document["faces"].as_array()[0] = "Ada"; }
        },
        Damage{"WithoutABox", [](auto&, auto& face) { face.erase("box"); }},
        Damage{"WithABoxThatIsNoObject", [](auto&, auto& face) { face["box"] = json::array{1, 2, 3, 4}; }},
        Damage{"WithABoxWithoutY", [](auto&, auto& face) { face["box"].as_object().erase("y"); }},
        Damage{"WithoutSharpness", [](auto&, auto& face) { face.erase("sharpness"); }},
        Damage{"WithoutEyes", [](auto&, auto& face) { face.erase("inter_eye_px"); }},
        Damage{"WithEyesWithoutEnd", [](auto&, auto& face) { face["inter_eye_px"] = 1e300; }},
        Damage{"WithAScoreAboveOne", [](auto&, auto& face) { face["score"] = 7; }},
        Damage{"WithAQualityThatIsText", [](auto&, auto& face) { face["quality"] = "good"; }},
        Damage{"WithoutAnOffset", [](auto&, auto& face) { face.erase("embedding_offset"); }},
        Damage{"WithABrokenOffset", [](auto&, auto& face) { face["embedding_offset"] = 0.5; }},
        Damage{"WithAnOffsetBehindTheLast", [](auto&, auto& face) { face["embedding_offset"] = 2; }},
        Damage{"WithAnOffsetBeforeTheFirst", [](auto&, auto& face) { face["embedding_offset"] = -1; }},
        Damage{"WithoutACrop", [](auto&, auto& face) { face.erase("crop"); }},
        Damage{"WithACropThatIsNoName", [](auto&, auto& face) { face["crop"] = json::array(); }}
    ),
    [](const auto& damage) { return std::string(damage.param.name); }
);

TEST(DamagedPhotoFacesToo, AreRefusedWhereverTheTextIsCutOff) {
    const auto text = ToJsonText(Document());
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto read = ReadPhotoFaces(text.substr(0, length), [](std::string_view) -> Result<std::string> {
            return BytesOf({FaceOf(1), FaceOf(2)});
        });
        EXPECT_FALSE(read) << length;
    }
}

}  // namespace
}  // namespace notify::testing
