// A decode that is left and gone on with gives the frames of one that was not.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "media/decode.hpp"
#include "media/decode_point.hpp"
#include "support/media_files.hpp"

namespace notify {
namespace {

using testing::MediaFolder;
using testing::OpenBytes;

const Wants kWants{.fps = 5, .long_side = 160};

/// Eight seconds with a cut in the middle.
const std::string kClip =
    "-f lavfi -i testsrc2=s=320x240:r=25:d=4 -f lavfi -i rgbtestsrc=s=320x240:r=25:d=4 "
    "-filter_complex '[0][1]concat=n=2,format=yuv420p' ";

std::string Digest(const PictureView& p) {
    Sha256 hash;
    for (int y = 0; y < p.height; ++y) {
        hash.Add(
            {reinterpret_cast<const char*>(p.pixels + y * p.stride_bytes),
             static_cast<std::size_t>(p.width) * 3}
        );
    }
    return hash.FinishHex();
}

/// A frame as a line: its time, its number, whether it follows a cut, and the digest of its picture; then
/// time and digest of those between it and the one before.
std::string Line(const FrameView& frame) {
    std::string line = std::to_string(frame.pts_ms) + " " + std::to_string(frame.number) +
                       (frame.after_cut ? " cut " : " ") + Digest(frame.picture);
    for (std::size_t i = 0; i < frame.between_ms.size(); ++i) {
        line += " " + std::to_string(frame.between_ms[i]) + " " + Digest(frame.Between(i).value().View());
    }
    return line;
}

struct Point {
    std::string bytes;
    std::size_t lines = 0;  ///< That were seen before it.
    std::int64_t ms = 0;
};

struct Watched {
    std::vector<std::string> lines;
    std::vector<Point> points;
    std::int64_t from_ms = -1;
    Result<DecodeOutcome> outcome = Fail(ErrorCode::kInternal, "did not run");
};

Watched Watch(
    const std::filesystem::path& path, const std::string& goes_on_at = {}, const Wants& wants = kWants
) {
    Watched watched;
    auto bytes = OpenBytes(path);
    const Subscription subscription{
        .wants = wants,
        .on_frame = [&](const FrameView& frame) -> Result<void> {
            watched.lines.push_back(Line(frame));
            return {};
        },
        .goes_on_at = goes_on_at,
        .on_resumed = [&](std::int64_t, std::int64_t from_ms) { watched.from_ms = from_ms; },
    };
    DecodeOptions options;
    options.may_leave = [&](const LeavePoint& point) -> Result<void> {
        watched.points.push_back({point.Save(0), watched.lines.size(), point.PositionMs()});
        return {};
    };
    watched.outcome = Decode(bytes, std::span(&subscription, 1), options, {});
    return watched;
}

void ExpectTheRest(const Watched& whole, const Point& point, const Watched& rest, const std::string& what) {
    ASSERT_TRUE(rest.outcome) << what << rest.outcome.error().message;
    const std::vector<std::string> expected(
        whole.lines.begin() + static_cast<std::ptrdiff_t>(point.lines), whole.lines.end()
    );
    EXPECT_EQ(rest.lines, expected) << what;
    EXPECT_EQ(rest.outcome->summary.end_ms, whole.outcome->summary.end_ms) << what;
    EXPECT_EQ(rest.outcome->summary.decoded_frames, whole.outcome->summary.decoded_frames) << what;
    EXPECT_EQ(rest.outcome->summary.truncated, whole.outcome->summary.truncated) << what;
}

struct Stored {
    std::string name;
    std::string codec;
};

TEST(ResumedDecode, GivesTheRestOfTheFramesWhateverTheContainer) {
    const std::vector<Stored> stored{
        {"closed.mp4", "-c:v libx264 -bf 3 -g 25"},
        {"open.ts", "-c:v libx264 -bf 3 -x264-params keyint=25:open-gop=1"},
        {"open.mkv", "-c:v libx264 -bf 3 -x264-params keyint=25:open-gop=1"},
        {"refresh.mp4", "-c:v libx264 -bf 0 -x264-params keyint=25:intra-refresh=1"},
        {"hevc.mkv", "-c:v libx265 -g 25 -x265-params log-level=none"},
        {"mpeg2.ts", "-c:v mpeg2video -bf 2 -g 12"},
        {"mpeg2.mxf", "-c:v mpeg2video -bf 2 -g 12"},
        {"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25"},
    };
    const MediaFolder folder;
    for (const auto& [name, codec] : stored) {
        const auto path = folder.Make(name, kClip + codec);
        const auto whole = Watch(path);
        ASSERT_TRUE(whole.outcome) << name;
        if (name != "vp9.webm") {
            ASSERT_GT(whole.points.size(), 8U) << name;
        }
        for (std::size_t i = 0; i < whole.points.size(); i += 1 + whole.points.size() / 8) {
            const auto& point = whole.points[i];
            const auto rest = Watch(path, point.bytes);
            ExpectTheRest(whole, point, rest, name + " at " + std::to_string(point.ms));
            EXPECT_GE(rest.from_ms, 0) << name;
        }
    }
}

TEST(ResumedDecode, IsLeftAtASampleByWhoLooksBackAtFramesBetweenTwo) {
    const MediaFolder folder;
    const auto path = folder.Make("between.mp4", kClip + "-c:v libx264 -bf 2 -g 25");
    const Wants wants{.fps = 5, .long_side = 160, .between = 3};
    const auto whole = Watch(path, {}, wants);
    ASSERT_GT(whole.points.size(), 20U);
    EXPECT_LT(whole.points.size(), whole.lines.size());
    for (std::size_t i = 0; i < whole.points.size(); i += 7) {
        const auto& point = whole.points[i];
        ExpectTheRest(whole, point, Watch(path, point.bytes, wants), "at " + std::to_string(point.ms));
    }
}

TEST(ResumedDecode, BeginsShortlyBeforeWhereItWasLeft) {
    const MediaFolder folder;
    const auto path = folder.Make(
        "long.mp4", "-f lavfi -i testsrc2=s=160x120:r=25:d=60 -c:v libx264 -bf 2 -g 25 -pix_fmt yuv420p"
    );
    const auto whole = Watch(path);
    const auto& point = whole.points.back();
    const auto rest = Watch(path, point.bytes);
    ExpectTheRest(whole, point, rest, "at the end");
    EXPECT_GT(rest.from_ms, 50'000);
}

TEST(ResumedDecode, GivesNoPlaceWhereOnlyDecodingTellsTheOrder) {
    const MediaFolder folder;
    EXPECT_TRUE(Watch(folder.Make("a.avi", kClip + "-c:v libx264 -bf 3")).points.empty());
    EXPECT_TRUE(Watch(folder.Make("a.h264", kClip + "-c:v libx264 -bf 3")).points.empty());
}

TEST(ResumedDecode, SaysWhenTheMediaIsAnother) {
    const MediaFolder folder;
    const std::string codec = "-c:v libx264 -bf 3 -g 25";
    const auto whole = Watch(folder.Make("one.mp4", kClip + codec));
    const auto other =
        folder.Make("three.mp4", "-f lavfi -i testsrc=s=320x240:r=25:d=8 -pix_fmt yuv420p " + codec);
    const auto rest = Watch(other, whole.points[whole.points.size() / 2].bytes);
    ASSERT_FALSE(rest.outcome);
    EXPECT_EQ(rest.outcome.error().code, ErrorCode::kConflict);
    EXPECT_TRUE(rest.lines.empty());
}

TEST(ResumedDecode, TakesNoBytesThatAreNoPlace) {
    const MediaFolder folder;
    const auto path = folder.Make("whole.mp4", kClip + "-c:v libx264 -bf 3 -g 25");
    const auto whole = Watch(path);
    const auto& bytes = whole.points.back().bytes;
    for (std::size_t length = 1; length < bytes.size(); length += 7) {
        EXPECT_FALSE(ReadDecodePoint(bytes.substr(0, length), kWants)) << length;
    }
    EXPECT_FALSE(ReadDecodePoint(bytes + "x", kWants));
    std::mt19937 random(1);
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        auto flipped = bytes;
        flipped[random() % flipped.size()] ^= static_cast<char>(1U << random() % 8);
        refused += ReadDecodePoint(flipped, kWants) ? 0 : 1;
    }
    EXPECT_GT(refused, 0);
    auto elsewhere = bytes;
    elsewhere.replace(8, 1, std::string(1, static_cast<char>(elsewhere[8] ^ 0x10)));  // a time of its trail
    EXPECT_FALSE(Watch(path, elsewhere).outcome);
}

}  // namespace
}  // namespace notify
