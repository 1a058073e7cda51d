#include "media/decode.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using testing::Difference;
using ::testing::ElementsAre;
using testing::FirstFrame;
using testing::kPattern;
using testing::MediaFolder;
using testing::OpenBytes;
using testing::See;

TEST(Decode, SamplesByTimeFromZero) {
    const MediaFolder folder;
    const auto path = folder.Make("a.mp4", kPattern + " -bf 0 -x264-params scenecut=0");
    const auto seen = See(path, {{.fps = 5, .scene_cuts = false}});
    EXPECT_THAT(seen[0].times, ElementsAre(0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800));
}

TEST(Decode, TakesTheFirstEligibleFrameAtOrAfterEachTick) {
    const MediaFolder folder;
    const auto path = folder.Make("b.mp4", kPattern + " -bf 3");
    const auto seen = See(path, {{.fps = 5, .scene_cuts = false}});
    ASSERT_EQ(seen[0].times.size(), 10U);
    for (std::size_t i = 0; i < seen[0].times.size(); ++i) {
        EXPECT_GE(seen[0].times[i], static_cast<std::int64_t>(200 * i));
        EXPECT_LE(seen[0].times[i], static_cast<std::int64_t>(200 * i + 160));
    }
}

/// How two seconds of 25 frames a second are stored; `spares`: some are disposable and their times are known.
struct Stored {
    std::string name;
    std::string codec;
    bool spares;
};

const std::vector<Stored> kStored{
    {"h264.mkv", "-c:v libx264 -bf 3 -g 12", true},
    {"h264.mp4", "-c:v libx264 -bf 3 -g 12", true},
    {"h264.ts", "-c:v libx264 -bf 3 -x264-params keyint=12:open-gop=1", true},
    {"hevc.mkv", "-c:v libx265 -x265-params log-level=none", true},
    {"hevc.ts", "-c:v libx265 -x265-params log-level=none:b-pyramid=0", true},
    {"layers.mkv", "-c:v libx265 -x265-params log-level=none:temporal-layers=1", true},
    {"mpeg2.mkv", "-c:v mpeg2video -bf 2", true},
    {"mpeg2.ts", "-c:v mpeg2video -bf 2", true},
    // these give most frames no time of their own
    {"h264.avi", "-c:v libx264 -bf 3 -g 12", false},
    {"bare.h264", "-c:v libx264 -bf 3", false},
    {"bare.hevc", "-c:v libx265 -x265-params log-level=none", false},
    {"mpeg2.mpg", "-c:v mpeg2video -bf 2", false},
    {"mpeg4.avi", "-c:v mpeg4 -bf 2", false},
    {"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8", false},
};

TEST(Decode, GivesTheSameFramesAloneAndShared) {
    const MediaFolder folder;
    for (const auto& [name, codec, spares] : kStored) {
        const auto path = folder.Make(name, kPattern + " " + codec);
        const Wants wants{.fps = 5, .long_side = 160};
        DecodeSummary alone_summary;
        DecodeSummary shared_summary;
        const auto alone = See(path, {wants}, &alone_summary);
        const auto shared = See(path, {{.every_frame = true, .long_side = 64}, wants}, &shared_summary);
        EXPECT_EQ(alone[0].times, shared[1].times) << name;
        EXPECT_EQ(alone[0].digest, shared[1].digest) << name;
        EXPECT_EQ(alone[0].times.size(), 10U) << name;
        EXPECT_EQ(alone_summary.end_ms, shared_summary.end_ms) << name;
        EXPECT_EQ(shared_summary.decoded_frames, 50) << name;
        // what nobody wants is not decoded
        EXPECT_TRUE(!spares || alone_summary.decoded_frames < 40) << name;
    }
}

TEST(Decode, KeepsFramesBetweenTwoSamplesToLookBackAt) {
    const MediaFolder folder;
    const auto path = folder.Make("between.mp4", kPattern + " -c:v libx264 -bf 0");
    std::map<std::int64_t, std::vector<std::uint8_t>> all;
    std::map<std::int64_t, std::vector<std::uint8_t>> between;
    std::vector<std::vector<std::int64_t>> times;
    const auto bytes_of = [](const PictureView& p) {
        return std::vector<std::uint8_t>(p.pixels, p.pixels + p.stride_bytes * p.height);
    };
    const std::vector<Subscription> subscriptions{
        {.wants = {.fps = 25, .long_side = 160},
         .on_frame = [&](const FrameView& frame) -> Result<void> {
             all[frame.pts_ms] = bytes_of(frame.picture);
             EXPECT_TRUE(frame.between_ms.empty());
             EXPECT_FALSE(frame.Between(0)) << "none was wanted";
             return {};
         }},
        {.wants = {.fps = 5, .long_side = 160, .between = 3},
         .on_frame = [&](const FrameView& frame) -> Result<void> {
             times.push_back(frame.between_ms);
             for (std::size_t i = 0; i < frame.between_ms.size(); ++i) {
                 between[frame.between_ms[i]] = bytes_of(frame.Between(i).value().View());
             }
             EXPECT_FALSE(frame.Between(frame.between_ms.size())) << "there is none";
             return {};
         }}
    };
    auto bytes = OpenBytes(path);
    ASSERT_TRUE(Decode(bytes, subscriptions, {}, {}));
    ASSERT_EQ(times.size(), 10U);
    EXPECT_TRUE(times[0].empty());
    EXPECT_EQ(times[1], (std::vector<std::int64_t>{80, 120, 160}));
    EXPECT_EQ(times[9], (std::vector<std::int64_t>{1680, 1720, 1760}));
    ASSERT_EQ(between.size(), 27U);
    for (const auto& [ms, pixels] : between) {
        EXPECT_EQ(pixels, all.at(ms)) << ms;
    }
}

TEST(Decode, GivesEachFrameItsTimeHoweverItIsStored) {
    std::vector<std::int64_t> expected;
    for (std::int64_t ms = 0; ms < 2000; ms += 40) {
        expected.push_back(ms);
    }
    const MediaFolder folder;
    for (const auto& [name, codec, spares] : kStored) {
        DecodeSummary summary;
        const auto seen = See(folder.Make(name, kPattern + " " + codec), {{.every_frame = true}}, &summary);
        EXPECT_EQ(seen[0].times, expected) << name;
        EXPECT_EQ(summary.end_ms, 2000) << name;
        EXPECT_FALSE(summary.truncated) << name;
    }
}

TEST(Decode, CountsFromTheFirstPresentedFrameAfterEditLists) {
    const MediaFolder folder;
    const auto whole = folder.Make("w.mp4", kPattern + " -g 25 -bf 3");
    const auto cut = folder.Make("cut.mp4", "-ss 0.6 -i '" + whole.string() + "' -c copy");
    DecodeSummary summary;
    const auto seen = See(cut, {{.every_frame = true}, {}}, &summary);
    EXPECT_EQ(seen[0].times.front(), 0);
    EXPECT_EQ(seen[0].times.size(), 35U);
    EXPECT_EQ(summary.end_ms, 1400);
    // ffmpeg shows that frame too, and none beside it
    const auto first = FirstFrame(cut);
    const auto from = [&](const std::string& second) {
        const auto arguments = "-ss " + second + " -i '" + whole.string() + "' -frames:v 1";
        return Difference(first, FirstFrame(folder.Make("shown.png", arguments)));
    };
    const double difference = from("0.6");
    EXPECT_LT(difference, 8);
    EXPECT_LT(2 * difference, from("0.56"));
    EXPECT_LT(2 * difference, from("0.64"));
}

TEST(Decode, CountsFromTheFirstFrameOfMediaThatBeginsLate) {
    const MediaFolder folder;
    const auto whole = folder.Make("w.mp4", kPattern + " -bf 3");
    const auto late = folder.Make(
        "late.mp4", "-itsoffset 1.5 -i '" + whole.string() + "' -f lavfi -i sine=d=4 -map 0 -map 1 -c:v copy"
    );
    DecodeSummary summary;
    const auto seen = See(late, {{.every_frame = true}, {}}, &summary);
    EXPECT_EQ(seen[0].times.front(), 0);
    EXPECT_EQ(seen[0].times.back(), 1960);
    EXPECT_EQ(seen[1].times.front(), 0);
    EXPECT_EQ(summary.end_ms, 2000);
}

TEST(Decode, CountsFromTheFirstFrameThatCanBeShown) {
    const MediaFolder folder;
    // behind the cut come frames that refer to one before it; nothing can show them
    for (const auto& [name, codec] : std::vector<std::pair<std::string, std::string>>{
             {"m.ts", "-c:v mpeg2video -bf 2 -g 12"},
             {"m.mpg", "-c:v mpeg2video -bf 2 -g 12"},
             {"x.ts", "-c:v libx265 -x265-params log-level=none:keyint=12:open-gop=1"}
         }) {
        const auto whole = folder.Make(name, kPattern + " " + codec);
        const auto cut = folder.Make("cut" + name, "-ss 1 -i '" + whole.string() + "' -c copy");
        DecodeSummary summary;
        const auto seen = See(cut, {{.every_frame = true}, {}}, &summary);
        const auto alone = See(cut, {{}});
        EXPECT_EQ(seen[0].times.front(), 0) << name;
        EXPECT_EQ(seen[0].times.back(), static_cast<std::int64_t>(seen[0].times.size() - 1) * 40) << name;
        EXPECT_LT(seen[0].times.size(), 45U) << name;
        EXPECT_EQ(alone[0].times.front(), 0) << name;
        EXPECT_EQ(alone[0].digest, seen[1].digest) << name;
    }
}

TEST(Decode, FlagsTheFirstFrameAfterACut) {
    const MediaFolder folder;
    const auto path = folder.Make(
        "cuts.mp4",
        "-f lavfi -i testsrc2=s=320x240:r=25:d=1.3 -f lavfi -i mandelbrot=s=320x240:r=25 -filter_complex "
        "'[1:v]trim=duration=1.5[b];[0:v][b]concat=n=2:v=1[v]' -map '[v]' -pix_fmt yuv420p -bf 0"
    );
    const auto seen = See(path, {{.fps = 2}});
    EXPECT_THAT(seen[0].cuts, ElementsAre(0, 1320));
    EXPECT_THAT(seen[0].times, Contains(1320));
}

TEST(Decode, SeesNoCutInMotion) {
    const MediaFolder folder;
    const auto path =
        folder.Make("m.mp4", "-f lavfi -i mandelbrot=s=320x240:r=25:end_scale=0.01 -t 3 -pix_fmt yuv420p");
    EXPECT_THAT(See(path, {{}})[0].cuts, ElementsAre(0));
}

TEST(Decode, TurnsRotatedVideoUpright) {
    const MediaFolder folder;
    const auto flat = folder.Make("flat.mp4", kPattern);
    for (const std::string degrees : {"90", "180", "270"}) {
        const auto turned =
            folder.Make("turned.mp4", "-i '" + flat.string() + "' -c copy -metadata:s:v:0 rotate=" + degrees);
        // ffmpeg turns as well
        const auto shown = folder.Make("shown.png", "-i '" + turned.string() + "' -frames:v 1");
        EXPECT_LT(Difference(FirstFrame(turned), FirstFrame(shown)), 4) << degrees;
        EXPECT_GT(Difference(FirstFrame(turned), FirstFrame(flat)), 20) << degrees;
        const auto seen = See(turned, {{}});
        EXPECT_EQ(seen[0].width, degrees == "180" ? 320 : 240);
        EXPECT_EQ(seen[0].height, degrees == "180" ? 240 : 320);
    }
}

TEST(Decode, GivesFullResolutionRegionsThatMatchTheAnalysisPicture) {
    const MediaFolder folder;
    const auto path =
        folder.Make("r.mp4", "-f lavfi -i testsrc2=s=641x479:r=5:d=1,scale=640:478 -pix_fmt yuv420p -qp 5");
    auto bytes = OpenBytes(path);
    const std::vector<Subscription> subscriptions{
        {Wants{.long_side = 640}, [](const FrameView& frame) -> Result<void> {
             const Rectangle odd{101, 33, 77, 51};
             const auto region = frame.FullRegion(odd).value();
             EXPECT_EQ(region.width, 77);
             EXPECT_EQ(region.height, 51);
             double difference = 0;
             for (int y = 0; y < odd.height; ++y) {
                 for (int x = 0; x < odd.width; ++x) {
                     const auto* a =
                         frame.picture.pixels + (odd.y + y) * frame.picture.stride_bytes + (odd.x + x) * 3;
                     const auto* b = region.bytes.data() + (y * odd.width + x) * 3;
                     difference += std::abs(a[0] - b[2]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[0]);
                 }
             }
             EXPECT_LT(difference / (77 * 51 * 3), 6);
             EXPECT_FALSE(frame.FullRegion({700, 0, 10, 10}));
             return {};
         }}
    };
    ASSERT_TRUE(Decode(bytes, subscriptions, {}, {}));
}

TEST(Decode, KeepsTimeMovingInVariableFrameRates) {
    const MediaFolder folder;
    const auto path =
        folder.Make("v.mkv", kPattern + " -vf \"setpts='PTS+if(gt(N,20),N*0.013,0)/TB'\" -vsync vfr");
    const auto seen = See(path, {{.every_frame = true}});
    EXPECT_TRUE(std::ranges::is_sorted(seen[0].times));
    EXPECT_EQ(seen[0].times.front(), 0);
    EXPECT_GT(seen[0].times.back(), 2400);
}

TEST(Decode, ReadsAPictureAsOneFrame) {
    const MediaFolder folder;
    for (const std::string extension : {"png", "jpg", "webp", "bmp", "tiff"}) {
        const auto path = folder.Make("p." + extension, "-f lavfi -i testsrc2=s=320x200:d=1 -frames:v 1");
        DecodeSummary summary;
        const auto seen = See(path, {{}, {.every_frame = true}}, &summary);
        EXPECT_THAT(seen[0].times, ElementsAre(0)) << extension;
        EXPECT_THAT(seen[1].times, ElementsAre(0)) << extension;
        EXPECT_EQ(seen[0].width, 320) << extension;
        EXPECT_TRUE(summary.media.still_image) << extension;
        EXPECT_EQ(summary.media.duration_ms, 0) << extension;
        EXPECT_EQ(summary.end_ms, 0) << extension;
        EXPECT_EQ(summary.decoded_frames, 1) << extension;
        EXPECT_FALSE(summary.truncated) << extension;
    }
}

TEST(Decode, RefusesAPictureThatIsTooLarge) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make("l.png", "-f lavfi -i color=s=400x400:d=1 -frames:v 1"));
    const std::vector<Subscription> one{{Wants{}, [](const FrameView&) -> Result<void> { return {}; }}};
    DecodeOptions options;
    options.limits.pixels = 100'000;
    const auto outcome = Decode(bytes, one, options, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, "over_limit");
    EXPECT_EQ(outcome.error().code, ErrorCode::kTooLarge);
}

TEST(Decode, EndsOneSubscriptionWithoutTheOthers) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make("e.mp4", kPattern));
    int frames = 0;
    const std::vector<Subscription> two{
        {Wants{},
         [](const FrameView&) -> Result<void> { return Fail(ErrorCode::kInternal, "this one fails"); }},
        {Wants{}, [&](const FrameView&) -> Result<void> {
             ++frames;
             return {};
         }},
    };
    const auto outcome = Decode(bytes, two, {}, {});
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->subscriptions[0]);
    EXPECT_TRUE(outcome->subscriptions[1]);
    EXPECT_EQ(frames, 10);
}

}  // namespace
}  // namespace notify
