// What broadcast files say of time, and how their pictures become those of a screen.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/timecode.hpp"
#include "media/combing.hpp"
#include "media/decode.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"
#include "support/broadcast_files.hpp"
#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

namespace notify {
namespace {

using testing::BroadcastFormat;
using testing::FirstFrame;
using testing::kBroadcastFormats;
using testing::MediaFolder;
using testing::OpenBytes;
using testing::See;

VideoStream VideoOf(const std::filesystem::path& path) {
    auto bytes = OpenBytes(path);
    const auto info = Probe(bytes, {}, {});
    EXPECT_TRUE(info && info->video) << path;
    return info && info->video ? *info->video : VideoStream{};
}

std::string StartOf(const VideoStream& video) {
    return video.has_timecode
               ? TimecodeOf(video.timebase.start, video.timebase.rate, video.timebase.drop_frame)
               : "none";
}

std::string Pattern(const std::string& size, const std::string& rate) {
    return "-f lavfi -i testsrc2=s=" + size + ":r=" + rate + ":d=1 ";
}

class BroadcastFile : public ::testing::TestWithParam<BroadcastFormat> {};

TEST_P(BroadcastFile, IsDecodedAndTimedFromItsOwnTimecode) {
    const auto& format = GetParam();
    const MediaFolder folder;
    const auto path = folder.Make(format.name, Pattern("1920x1080", "50") + format.Encoder());
    const auto video = VideoOf(path);
    EXPECT_EQ(ToText(video.timebase.rate), "25/1");
    EXPECT_EQ(StartOf(video), format.start);
    EXPECT_EQ(video.width, format.width);
    EXPECT_EQ(video.height, format.height);
    DecodeSummary summary;
    const auto seen = See(path, {{.every_frame = true}}, &summary).at(0);
    ASSERT_EQ(seen.times.size(), 25U);
    EXPECT_EQ(seen.width, format.width);
    EXPECT_EQ(seen.height, format.height);
    EXPECT_EQ(summary.end_ms, 1000);
    EXPECT_FALSE(summary.truncated);
    for (std::size_t i = 0; i < seen.times.size(); ++i) {
        EXPECT_EQ(FrameAt(seen.times[i], video.timebase.rate), static_cast<std::int64_t>(i));
    }
}

INSTANTIATE_TEST_SUITE_P(, BroadcastFile, ::testing::ValuesIn(kBroadcastFormats), [](const auto& format) {
    return format.param.word;
});

struct Rated {
    std::string arguments;
    std::string name;
    std::string rate;
    std::string start;
};

TEST(Timecodes, AreReadAtEveryRateAsTheContainerGivesThem) {
    const std::string small = "-pix_fmt yuv420p ";
    const std::vector<Rated> cases{
        {"-timecode 01:00:00:00 -c:v prores_ks", "a.mov", "24000/1001", "01:00:00:00"},
        {"-timecode 23:59:59:24", "b.mov", "25/1", "23:59:59:24"},
        {"-timecode 01:00:00:02", "c.mov", "30000/1001", "01:00:00:02"},
        {"-timecode '01:00:00;02'", "d.mov", "30000/1001", "01:00:00;02"},
        {"-timecode 10:00:00:49", "e.mov", "50/1", "10:00:00:49"},
        {"-timecode '01:01:00;04'", "f.mov", "60000/1001", "01:01:00;04"},
        {"-timecode '01:00:00;02' -c:v mpeg2video", "g.mxf", "30000/1001", "01:00:00;02"},
        {"-timecode 04:00:00:00", "h.mkv", "24000/1001", "04:00:00:00"},
        {"", "i.mp4", "30000/1001", "none"},
    };
    const MediaFolder folder;
    for (const auto& [arguments, name, rate, start] : cases) {
        const auto video = VideoOf(folder.Make(name, Pattern("320x240", rate) + small + arguments));
        EXPECT_EQ(ToText(video.timebase.rate), rate) << name;
        EXPECT_EQ(StartOf(video), start) << name;
    }
}

/// Two minutes of small pictures at each rate, every one of them where it belongs.
TEST(Times, OfEveryFrameGiveItsNumberAtEveryRate) {
    const MediaFolder folder;
    for (const std::string rate : {"24000/1001", "25", "30000/1001", "50", "60000/1001"}) {
        for (const std::string name : {"a.mov", "a.mkv", "a.ts"}) {
            const auto path = folder.Make(
                name,
                "-f lavfi -i color=s=32x32:r=" + rate +
                    ":d=120 -c:v mpeg2video -g 50 -bf 2 -output_ts_offset 7"
            );
            const auto seen = See(path, {{.every_frame = true, .scene_cuts = false, .long_side = 16}}).at(0);
            const auto exact = VideoOf(path).timebase.rate;
            ASSERT_GE(seen.times.size(), static_cast<std::size_t>(FrameAt(120'000, exact).value_or(0)))
                << rate << name;
            for (std::size_t i = 0; i < seen.times.size(); ++i) {
                ASSERT_EQ(FrameAt(seen.times[i], exact), static_cast<std::int64_t>(i))
                    << rate << " in " << name;
            }
        }
    }
}

/// The level of a pixel, 0 … 255.
int LevelAt(const Picture& picture, int x, int y) {
    return picture.bytes.at(
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
         static_cast<std::size_t>(x)) *
            3 +
        1
    );
}

TEST(Pixels, AreSquaredBeforeAnybodySeesThem) {
    const MediaFolder folder;
    for (const auto& [aspect, width] : std::vector<std::pair<std::string, int>>{
             {"16/15", 768}, {"64/45", 1024}, {"8/9", 640}, {"1/1", 720}
         }) {
        const auto path = folder.Make(
            "box.mkv",
            "-f lavfi -i color=black:s=720x576:r=25:d=0.2 -vf "
            "drawbox=180:144:360:288:white:fill,setsar=" +
                aspect + " -c:v ffv1 -pix_fmt yuv422p"
        );
        const auto shown = FirstFrame(path);
        ASSERT_EQ(shown.width, width) << aspect;
        ASSERT_EQ(shown.height, 576) << aspect;
        EXPECT_LT(LevelAt(shown, width / 4 - 3, 288), 40) << aspect;
        EXPECT_GT(LevelAt(shown, width / 4 + 3, 288), 215) << aspect;
        EXPECT_GT(LevelAt(shown, width * 3 / 4 - 4, 288), 215) << aspect;
        EXPECT_LT(LevelAt(shown, width * 3 / 4 + 3, 288), 40) << aspect;
        EXPECT_EQ(VideoOf(path).width, width);
    }
}

TEST(Pixels, OfRegionsAreThoseOfTheWholePicture) {
    const MediaFolder folder;
    const auto path =
        folder.Make("p.mkv", Pattern("720x576", "25") + "-vf setsar=16/15,gblur=3 -c:v ffv1 -frames:v 1");
    const auto whole = FirstFrame(path);
    auto bytes = OpenBytes(path);
    const std::vector<Subscription> one{
        {Wants{}, [&](const FrameView& frame) -> Result<void> {
             for (const Rectangle& wanted :
                  {Rectangle{101, 51, 200, 200}, Rectangle{767, 0, 1, 1}, Rectangle{500, 300, 268, 276}}) {
                 const auto region = frame.FullRegion(wanted).value();
                 EXPECT_EQ(region.width, wanted.width);
                 EXPECT_EQ(region.height, wanted.height);
                 double difference = 0;
                 for (int y = 0; y < region.height; ++y) {
                     for (int x = 0; x < region.width; ++x) {
                         difference +=
                             std::abs(LevelAt(region, x, y) - LevelAt(whole, wanted.x + x, wanted.y + y));
                     }
                 }
                 EXPECT_LT(difference / (region.width * region.height), 4);
             }
             return {};
         }}
    };
    ASSERT_TRUE(Decode(bytes, one, {}, {}));
}

TEST(Pixels, OfAnAspectThatCannotBeAreTakenForSquares) {
    const MediaFolder folder;
    const auto path = folder.Make("wide.mkv", Pattern("320x240", "25") + "-vf setsar=4000/1 -c:v ffv1");
    EXPECT_EQ(VideoOf(path).width, 320);
}

TEST(Pixels, OfPhotosAreSquareWhateverTheirDensitySays) {
    const MediaFolder folder;
    const auto path = folder.Make("p.jpg", Pattern("320x240", "25") + "-vf setsar=2/1 -frames:v 1");
    EXPECT_EQ(VideoOf(path).width, 320);
}

TEST(BlankRows, OfImxAreNoPartOfThePicture) {
    const MediaFolder folder;
    const auto path = folder.Make(
        "imx.mkv",
        "-f lavfi -i color=black:s=720x576:r=25:d=0.2 -vf pad=720:608:0:32:white,setsar=152/135 -c:v "
        "mpeg2video -b:v 20M"
    );
    const auto shown = FirstFrame(path);
    ASSERT_EQ(shown.width, 768);
    ASSERT_EQ(shown.height, 576);
    EXPECT_LT(LevelAt(shown, 300, 0), 60);
}

/// The rows of both fields in levels of their own: what a fast movement leaves.
std::filesystem::path Comb(const MediaFolder& folder, const std::string& flags) {
    return folder.Make(
        "comb.mkv",
        "-f lavfi -i color=black:s=720x576:r=25:d=0.2 -vf \"geq=lum='if(mod(Y,2),235,16)':cb=128:cr=128\" "
        "-c:v mpeg2video -b:v 50M " +
            flags
    );
}

TEST(Fields, OfAnInterlacedPictureAreKeptApart) {
    const MediaFolder folder;
    const auto path = Comb(folder, "-flags +ildct+ilme -top 1");
    const auto shown = FirstFrame(path);
    auto bytes = OpenBytes(path);
    int brightest = 0;
    const std::vector<Subscription> one{
        {Wants{.long_side = 360}, [&](const FrameView& frame) -> Result<void> {
             const auto& picture = frame.picture;
             for (int y = 0; y < picture.height; ++y) {
                 brightest = std::max<int>(
                     brightest,
                     *std::max_element(
                         picture.pixels + y * picture.stride_bytes,
                         picture.pixels + y * picture.stride_bytes + picture.width * 3
                     )
                 );
             }
             return {};
         }}
    };
    ASSERT_TRUE(Decode(bytes, one, {}, {}));
    EXPECT_LT(brightest, 40) << "only the dark field is analysed";
    for (int y = 0; y < 570; ++y) {
        ASSERT_LT(LevelAt(shown, 360, y), 40) << y;
    }
}

TEST(Fields, OfAProgressivePictureAreOnePicture) {
    const MediaFolder folder;
    const auto shown = FirstFrame(Comb(folder, ""));
    EXPECT_GT(LevelAt(shown, 360, 101), 200);
    EXPECT_LT(LevelAt(shown, 360, 100), 50);
}

TEST(Fields, ThatShowTheSameAreAsSharpAsAProgressivePicture) {
    const MediaFolder folder;
    const std::string still =
        "-f lavfi -i testsrc2=s=720x576:r=25:d=0.2 -vf setsar=1,gblur=1 -c:v mpeg2video -b:v 50M -pix_fmt "
        "yuv422p -g 1 ";
    const auto progressive = FirstFrame(folder.Make("p.mkv", still));
    const auto interlaced = FirstFrame(folder.Make("i.mkv", still + "-flags +ildct+ilme -top 1"));
    EXPECT_LT(testing::Difference(progressive, interlaced), 2.0);
}

TEST(Combs, AreMendedWhereTheyAreAndNowhereElse) {
    Picture picture{.width = 2, .height = 5, .order = PixelOrder::kRgb, .bytes = {}};
    const std::vector<std::uint8_t> left{10, 200, 10, 200, 10};
    const std::vector<std::uint8_t> right{10, 60, 110, 160, 210};
    for (std::size_t y = 0; y < 5; ++y) {
        picture.bytes.insert(picture.bytes.end(), 3, left[y]);
        picture.bytes.insert(picture.bytes.end(), 3, right[y]);
    }
    MendCombs(picture);
    for (std::size_t y = 0; y < 5; ++y) {
        EXPECT_EQ(picture.bytes[y * 6], 10) << "teeth";
        EXPECT_EQ(picture.bytes[y * 6 + 3], right[y]) << "a slope";
    }
}

}  // namespace
}  // namespace notify
