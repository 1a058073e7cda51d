#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "processors/facial_recognition/face_document.hpp"
#include "processors/protocol/frames.hpp"
#include "unit/processors/facial_recognition/faces.hpp"

namespace notify {
namespace {

FinishedTrack Track(std::int64_t start, std::int64_t end, int shots) {
    FinishedTrack track{.start_ms = start, .end_ms = end};
    track.boxes = {{.ms = start, .sample = 0, .box = {.x = 1.4F, .y = 2.6F, .width = 30, .height = 40}}};
    track.best = track.boxes.front();
    track.quality = 0.123456;
    for (int i = 0; i < shots; ++i) {
        track.shots.push_back({.shot = {.ms = start + i, .quality = 0.5F}, .box = {}});
    }
    track.thumbnail = shots > 0 ? "picture" : "";
    return track;
}

TEST(FaceDocument, WritesEmbeddingsAsLittleEndianFloats) {
    std::array<FaceEmbedding, 2> embeddings{};
    embeddings[0][0] = 1.0F;
    embeddings[1][127] = -2.0F;
    const auto bytes = EmbeddingBytes(embeddings);
    ASSERT_EQ(bytes.size(), 1024U);
    EXPECT_EQ(bytes.substr(0, 4), std::string("\x00\x00\x80\x3F", 4));
    EXPECT_EQ(bytes.substr(1020, 4), std::string("\x00\x00\x00\xC0", 4));
}

TEST(FaceDocument, CountsTheEmbeddingsBeforeEachTrack) {
    const std::array tracks{Track(0, 100, 2), Track(200, 300, 0), Track(400, 500, 3)};
    const auto output = FaceTracksOutput(tracks, std::array{1, 2, 1}, {}, {});
    const auto& rows = output.document.at("tracks").as_array();
    EXPECT_EQ(rows[0].at("embedding_offset"), 0);
    EXPECT_EQ(rows[1].at("embedding_offset"), 2);
    EXPECT_EQ(rows[2].at("embedding_offset"), 2);
    EXPECT_EQ(output.artifacts.back().name, "embeddings");
    EXPECT_EQ(output.artifacts.back().bytes.size(), 5U * 512U);
}

TEST(FaceDocument, NamesAThumbnailOnlyWhereThereIsOne) {
    const std::array tracks{Track(0, 100, 0), Track(200, 300, 1)};
    const auto output = FaceTracksOutput(tracks, std::array{1, 2}, {}, {});
    EXPECT_EQ(output.document.at("tracks").at(0).at("thumbnail"), "");
    EXPECT_EQ(output.document.at("tracks").at(1).at("thumbnail"), "track-2.jpg");
    EXPECT_EQ(output.artifacts.front().name, "track-2.jpg");
    EXPECT_EQ(output.artifacts.size(), 2U);
}

TEST(FaceDocument, OfALongCrowdStaysWithinWhatAResultMayHave) {
    auto full = Track(0, 1'000'000'000, 5);
    full.boxes.assign(
        128, {.ms = 43'200'000, .sample = 0, .box = {.x = 3000, .y = 2000, .width = 100, .height = 100}}
    );
    full.boxes.front().ms = 1;
    full.boxes.back().ms = 2;
    full.thumbnail.clear();
    const std::vector<FinishedTrack> tracks(20'000, full);
    const std::vector<int> links(tracks.size(), 1);
    const auto output = FaceTracksOutput(tracks, links, {}, {});
    EXPECT_LT(ToJsonText(output.document).size(), kMaxDocumentBytes);
    const auto& boxes = output.document.at("tracks").at(0).at("boxes").as_array();
    EXPECT_GE(boxes.size(), 9U);
    EXPECT_EQ(boxes.front().at("ms"), 1);
    EXPECT_EQ(boxes.back().at("ms"), 2);
}

TEST(FaceDocument, RoundsSoThatItIsShortAndTheSameEverywhere) {
    const std::array tracks{Track(0, 100, 1)};
    const auto output = FaceTracksOutput(tracks, std::array{1}, std::array<std::int64_t, 1>{50}, {});
    const auto& row = output.document.at("tracks").at(0);
    EXPECT_EQ(ToJsonText(row.at("best_box")), R"({"x":1,"y":3,"width":30,"height":40})");
    EXPECT_EQ(ToJsonText(row.at("boxes").at(0)), R"({"ms":0,"x":1,"y":3,"width":30,"height":40})");
    EXPECT_EQ(row.at("quality").to_number<double>(), 0.1235);
    EXPECT_EQ(ToJsonText(output.document.at("cuts_ms")), "[50]");
}

TEST(FaceDocument, HoldsNoEmbeddingItself) {
    const std::array tracks{Track(0, 100, 5)};
    const auto text = ToJsonText(FaceTracksOutput(tracks, std::array{1}, {}, {}).document);
    EXPECT_LT(text.size(), 1000U);
}

}  // namespace
}  // namespace notify
