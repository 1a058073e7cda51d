#include "processors/facial_recognition/coverage.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/binary.hpp"
#include "core/json.hpp"

namespace notify {
namespace {

constexpr double kStepMs = 200;

/// A sample each step from one time to the other.
void AddAll(Coverage& coverage, std::int64_t from_ms, std::int64_t to_ms) {
    for (auto ms = from_ms; ms <= to_ms; ms += 200) {
        coverage.Add(ms);
    }
}

DecodeSummary VideoOf(std::int64_t end_ms) {
    DecodeSummary summary;
    summary.end_ms = end_ms;
    summary.media.duration_ms = end_ms;
    summary.media.video = VideoStream{};
    summary.media.video->width = 1920;
    summary.media.video->height = 1080;
    return summary;
}

std::string Text(const Coverage& coverage, const DecodeSummary& summary, const std::string& member) {
    return ToJsonText(coverage.Json(summary, {}).at(member));
}

TEST(WhatWasLookedAt, IsOneStretchOfAWholeVideo) {
    Coverage coverage(kStepMs);
    AddAll(coverage, 0, 9800);
    const auto summary = VideoOf(9900);
    EXPECT_EQ(Text(coverage, summary, "looked_at"), R"([{"start_ms":0,"end_ms":9900}])");
    EXPECT_EQ(Text(coverage, summary, "not_looked_at"), "[]");
    EXPECT_EQ(Text(coverage, summary, "frames"), "50");
    EXPECT_EQ(Text(coverage, summary, "step_ms"), "200");
    EXPECT_EQ(Text(coverage, summary, "smallest_face_px"), "72") << "24 of 640, in 1920";
}

TEST(WhatWasLookedAt, LeavesOutWhatCannotBeDecodedAndWhatIsNotThere) {
    Coverage coverage(kStepMs);
    AddAll(coverage, 0, 3000);
    AddAll(coverage, 7000, 8000);
    auto summary = VideoOf(8200);
    summary.error_packets = 3;
    summary.truncated = true;
    summary.media.duration_ms = 20'000;
    EXPECT_EQ(
        Text(coverage, summary, "looked_at"),
        R"([{"start_ms":0,"end_ms":3200},{"start_ms":7000,"end_ms":8200}])"
    );
    EXPECT_EQ(
        Text(coverage, summary, "not_looked_at"),
        R"([{"start_ms":3200,"end_ms":7000,"reason":"damaged"},)"
        R"({"start_ms":8200,"end_ms":20000,"reason":"truncated"}])"
    );
}

TEST(WhatWasLookedAt, SaysWhereNoOtherPictureIsShown) {
    Coverage coverage(kStepMs);
    AddAll(coverage, 1000, 2000);
    AddAll(coverage, 2500, 3000);
    EXPECT_EQ(
        Text(coverage, VideoOf(9000), "not_looked_at"),
        R"([{"start_ms":0,"end_ms":1000,"reason":"no_frames"},)"
        R"({"start_ms":3100,"end_ms":9000,"reason":"no_frames"}])"
    );
}

TEST(WhatWasLookedAt, IsAllOfAVideoWithFewFramesASecond) {
    Coverage coverage(kStepMs);
    for (std::int64_t ms = 0; ms <= 60'000; ms += 1000) {
        coverage.Add(ms);
    }
    auto summary = VideoOf(61'000);
    summary.decoded_frames = 61;
    EXPECT_EQ(Text(coverage, summary, "looked_at"), R"([{"start_ms":0,"end_ms":60200}])");
    EXPECT_EQ(Text(coverage, summary, "not_looked_at"), "[]");
}

TEST(WhatWasLookedAt, OfAPictureIsThePicture) {
    Coverage coverage(kStepMs);
    coverage.Add(0);
    auto summary = VideoOf(0);
    summary.media.still_image = true;
    EXPECT_EQ(Text(coverage, summary, "frames"), "1");
    EXPECT_EQ(Text(coverage, summary, "looked_at"), R"([{"start_ms":0,"end_ms":0}])");
    EXPECT_EQ(Text(coverage, summary, "not_looked_at"), "[]");
}

TEST(WhatWasLookedAt, IsKeptAndGoneOnWith) {
    Coverage coverage(kStepMs);
    AddAll(coverage, 0, 3000);
    AddAll(coverage, 7000, 8000);
    BinaryWriter writer;
    writer(coverage);
    const auto bytes = writer.Take();
    Coverage other(kStepMs);
    BinaryReader reader(bytes);
    reader(other);
    ASSERT_TRUE(reader.IsWhole() && other.IsPlausible());
    for (auto* each : {&coverage, &other}) {
        AddAll(*each, 8200, 9000);
    }
    const auto summary = VideoOf(9200);
    EXPECT_EQ(ToJsonText(other.Json(summary, {})), ToJsonText(coverage.Json(summary, {})));
}

TEST(WhatWasLookedAt, StaysSmallHoweverOftenItBreaksOff) {
    Coverage coverage(kStepMs);
    for (std::int64_t i = 0; i < 30'000; ++i) {  // ten samples, then a gap, again and again
        AddAll(coverage, i * 10'000, (i * 10'000) + 1800);
    }
    EXPECT_TRUE(coverage.IsPlausible());
    const auto json = coverage.Json(VideoOf(300'000'000), {});
    EXPECT_EQ(json.at("looked_at").as_array().size(), 10'000U);
    EXPECT_EQ(json.at("not_looked_at").as_array().size(), 10'000U);
    EXPECT_EQ(json.at("looked_at").as_array().back().at("end_ms"), 299'992'000);
}

}  // namespace
}  // namespace notify
