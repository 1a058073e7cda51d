// What the service says about processors without running one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "processors/kind.hpp"

namespace notify {
namespace {

/// The normalised configuration, or what is wrong.
std::string Normal(const ProcessorKind& kind, std::string_view config) {
    const auto normal = NormaliseConfig(kind, config);
    return normal ? *normal : "refused: " + normal.error().message;
}

const ProcessorKind& Kind(std::string_view name) {
    return **FindProcessorKind(name);
}

TEST(ProcessorKinds, EachHasAnObjectSchemaWhoseDefaultsItAccepts) {
    for (const auto& kind : ProcessorKinds()) {
        const auto defaults = NormaliseConfig(kind, "");
        ASSERT_TRUE(defaults) << kind.name << ": " << defaults.error().message;
        EXPECT_EQ(Normal(kind, *defaults), *defaults) << kind.name;
    }
}

TEST(ProcessorKinds, AreFoundByEachOfTheirSpellings) {
    for (const auto* name :
         {"facial-recognition", "FacialRecognition", "facial_recognition", "Facial Recognition"}) {
        const auto found = FindProcessorKind(name);
        ASSERT_TRUE(found) << name;
        EXPECT_EQ((*found)->name, "facial-recognition");
    }
}

TEST(ProcessorKinds, AnUnknownOneIsRefusedWithTheNamesThereAre) {
    const auto found = FindProcessorKind("loudness-of-cats");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(
        found.error().message, ::testing::HasSubstr("checksum, document-markdown, facial-recognition")
    );
    EXPECT_THAT(found.error().message, ::testing::Not(::testing::HasSubstr("face-photo")));
}

TEST(ProcessorKinds, AcceptByMediaType) {
    EXPECT_TRUE(Accepts(Kind("checksum"), "application/pdf"));
    EXPECT_TRUE(Accepts(Kind("checksum"), ""));
    EXPECT_TRUE(Accepts(Kind("facial-recognition"), "video/mp4"));
    EXPECT_TRUE(Accepts(Kind("facial-recognition"), "image/jpeg"));
    EXPECT_FALSE(Accepts(Kind("facial-recognition"), "audio/mpeg"));
    EXPECT_FALSE(Accepts(Kind("face-photo"), "video/mp4"));
}

TEST(ProcessorKinds, WhatLooksAtFacesIsBiometricAndNeedsModels) {
    for (const auto& kind : ProcessorKinds()) {
        const bool looks_at_faces = kind.name == "facial-recognition" || kind.name == "face-photo";
        EXPECT_EQ(kind.biometric, looks_at_faces) << kind.name;
        EXPECT_EQ(kind.needs_models, looks_at_faces) << kind.name;
        EXPECT_EQ(kind.internal, kind.name == "face-photo") << kind.name;
    }
}

TEST(NormaliseConfig, FillsInTheDefaultsInCanonicalOrder) {
    EXPECT_EQ(
        Normal(Kind("facial-recognition"), ""),
        R"({"decode_threads":1,"detection_threshold":0.6,"fps":5,"least_visible_s":0,)"
        R"("least_visible_share":0,"long_side":640,"min_face_px":24,"shots":5,"thumbnails":true})"
    );
    EXPECT_EQ(Normal(Kind("checksum"), "{}"), "{}");
}

TEST(NormaliseConfig, GivesOneTextForOneMeaning) {
    const auto& kind = Kind("facial-recognition");
    const auto text = Normal(kind, R"({"shots": 3, "fps": 2})");
    ASSERT_EQ(text.find("refused"), std::string::npos) << text;
    EXPECT_EQ(Normal(kind, R"({"fps": 2.0, "shots": 3.0})"), text);
    EXPECT_EQ(Normal(kind, R"({"fps": 2, "shots": 3, "thumbnails": true})"), text);
    EXPECT_NE(Normal(kind, R"({"fps": 2.5, "shots": 3})"), text);
}

struct Fault {
    const char* processor;
    const char* config;
    const char* message;  ///< What it must say.
};

class NormaliseConfigFault : public ::testing::TestWithParam<Fault> {};

TEST_P(NormaliseConfigFault, IsNamedWithItsPointer) {
    const auto normal = NormaliseConfig(Kind(GetParam().processor), GetParam().config);
    ASSERT_FALSE(normal) << *normal;
    EXPECT_EQ(normal.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(normal.error().message, ::testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    NormaliseConfigFault,
    ::testing::Values(
        Fault{"facial-recognition", R"({"fps": 0})", "/fps: 0 is less than 0.2"},
        Fault{"facial-recognition", R"({"fps": 30.5})", "/fps: 30.5 is more than 30"},
        Fault{"facial-recognition", R"({"fps": "5"})", "/fps: \"5\" is not of type number"},
        Fault{"facial-recognition", R"({"fps": null})", "/fps: null is not of type number"},
        Fault{"facial-recognition", R"({"long_side": 640.5})", "/long_side: 640.5 is not of type integer"},
        Fault{"facial-recognition", R"({"long_side": 319})", "/long_side: 319 is less than 320"},
        Fault{"facial-recognition", R"({"long_side": 1e300})", "/long_side: "},
        Fault{"facial-recognition", R"({"shots": 9})", "/shots: 9 is more than 8"},
        Fault{"facial-recognition", R"({"shots": true})", "/shots: true is not of type integer"},
        Fault{
            "facial-recognition",
            R"({"detection_threshold": 0.99})",
            "/detection_threshold: 0.99 is more than 0.95"
        },
        Fault{"facial-recognition", R"({"decode_threads": 5})", "/decode_threads: 5 is more than 4"},
        Fault{"facial-recognition", R"({"thumbnails": 1})", "/thumbnails: 1 is not of type boolean"},
        Fault{"facial-recognition", R"({"fsp": 5})", "/fsp: facial-recognition has no such setting"},
        Fault{"facial-recognition", R"({"a/b~c": 5})", "/a~1b~0c: "},
        Fault{"checksum", R"({"fps": 5})", "/fps: checksum has no such setting"},
        Fault{"checksum", R"([])", "must be a JSON object"},
        Fault{"checksum", R"({)", ""}
    )
);

}  // namespace
}  // namespace notify
