#include "media/decode.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "support/media_files.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::MediaFolder;
using testing::OpenBytes;
using ::testing::Optional;

struct Seen {
    std::vector<std::int64_t> times;
    std::vector<std::int64_t> cuts;
    std::string digest;
    int width = 0;
    int height = 0;
};

/// Decodes with each of `wants` in one run; what each saw.
std::vector<Seen> See(
    const std::filesystem::path& path, const std::vector<Wants>& wants, DecodeSummary* summary = nullptr
) {
    auto bytes = OpenBytes(path);
    std::vector<Seen> seen(wants.size());
    std::vector<Sha256> hashes(wants.size());
    std::vector<Subscription> subscriptions;
    for (std::size_t i = 0; i < wants.size(); ++i) {
        subscriptions.push_back({wants[i], [&seen, &hashes, i](const FrameView& frame) -> Result<void> {
                                     seen[i].times.push_back(frame.pts_ms);
                                     if (frame.after_cut) {
                                         seen[i].cuts.push_back(frame.pts_ms);
                                     }
                                     seen[i].width = frame.full_width;
                                     seen[i].height = frame.full_height;
                                     const auto& p = frame.picture;
                                     for (int y = 0; y < p.height; ++y) {
                                         hashes[i].Add(
                                             {reinterpret_cast<const char*>(p.pixels + y * p.stride_bytes),
                                              static_cast<std::size_t>(p.width) * 3}
                                         );
                                     }
                                     return {};
                                 }});
    }
    const auto outcome = Decode(bytes, subscriptions, {}, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    for (std::size_t i = 0; i < wants.size(); ++i) {
        seen[i].digest = hashes[i].FinishHex();
    }
    if (summary != nullptr && outcome) {
        *summary = outcome->summary;
    }
    return seen;
}

Error Refusal(const std::filesystem::path& path) {
    auto bytes = OpenBytes(path);
    const std::vector<Subscription> none{{Wants{}, [](const FrameView&) -> Result<void> { return {}; }}};
    const auto outcome = Decode(bytes, none, {}, {});
    return outcome ? Error{.message = "it was decoded"} : outcome.error();
}

const std::string kPattern = "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -pix_fmt yuv420p";

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

TEST(Decode, GivesTheSameFramesAloneAndShared) {
    const MediaFolder folder;
    for (const std::string codec :
         {"-c:v libx264 -bf 3", "-c:v libx265 -x265-params log-level=none", "-c:v mpeg2video -bf 2"}) {
        const auto path = folder.Make("s.mkv", kPattern + " " + codec);
        const Wants wants{.fps = 5, .long_side = 160};
        const auto alone = See(path, {wants});
        const auto shared = See(path, {{.every_frame = true, .long_side = 64}, wants});
        EXPECT_EQ(alone[0].times, shared[1].times) << codec;
        EXPECT_EQ(alone[0].digest, shared[1].digest) << codec;
        EXPECT_EQ(shared[0].times.size(), 50U) << codec;
    }
}

TEST(Decode, CountsFromTheFirstPresentedFrameAfterEditLists) {
    const MediaFolder folder;
    const auto whole = folder.Make("w.mp4", kPattern + " -g 25");
    const auto cut = folder.Make("cut.mp4", "-ss 0.6 -i '" + whole.string() + "' -c copy");
    DecodeSummary summary;
    const auto seen = See(cut, {{.every_frame = true}}, &summary);
    EXPECT_EQ(seen[0].times.front(), 0);
    EXPECT_NEAR(static_cast<double>(summary.end_ms), 1400, 41);
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
    // the left half is red, the right half blue; turned clockwise red is on top
    const auto flat = folder.Make(
        "flat.mp4",
        "-f lavfi -i color=red:s=160x240:r=5:d=1 -f lavfi -i color=blue:s=160x240:r=5:d=1 -filter_complex "
        "hstack -pix_fmt yuv420p"
    );
    const auto turned =
        folder.Make("turned.mp4", "-i '" + flat.string() + "' -c copy -metadata:s:v:0 rotate=270");
    auto bytes = OpenBytes(turned);
    int frames = 0;
    const std::vector<Subscription> subscriptions{
        {Wants{}, [&](const FrameView& frame) -> Result<void> {
             ++frames;
             EXPECT_EQ(frame.full_width, 240);
             EXPECT_EQ(frame.full_height, 320);
             const auto top = frame.FullRegion({100, 10, 20, 20}).value();
             const auto bottom = frame.FullRegion({100, 290, 20, 20}).value();
             EXPECT_NE(top.bytes[0] > 128, bottom.bytes[0] > 128);
             const auto* analysis = frame.picture.pixels + 10 * frame.picture.stride_bytes + 100 * 3;
             EXPECT_EQ(analysis[2] > 128, top.bytes[0] > 128);
             return {};
         }}
    };
    ASSERT_TRUE(Decode(bytes, subscriptions, {}, {}));
    EXPECT_GT(frames, 0);
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

TEST(Decode, ReadsATruncatedVideoAsFarAsItGoes) {
    const MediaFolder folder;
    const auto whole = testing::Bytes(
        folder.Make("t.mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -pix_fmt yuv420p -movflags +faststart")
    );
    const auto path = folder.Write("half.mp4", whole.substr(0, whole.size() * 6 / 10));
    DecodeSummary summary;
    const auto seen = See(path, {{}}, &summary);
    EXPECT_TRUE(summary.truncated);
    EXPECT_GT(seen[0].times.size(), 5U);
    EXPECT_LT(summary.end_ms, 5500);
    EXPECT_FALSE([&] {
        DecodeSummary complete;
        See(folder / "t.mp4", {{}}, &complete);
        return complete.truncated;
    }());
}

TEST(Decode, ReadsAPictureAsOneFrameUpright) {
    const MediaFolder folder;
    const auto path = folder.Make("p.png", "-f lavfi -i testsrc2=s=320x200:d=1 -frames:v 1");
    DecodeSummary summary;
    const auto seen = See(path, {{}, {.every_frame = true}}, &summary);
    EXPECT_THAT(seen[0].times, ElementsAre(0));
    EXPECT_THAT(seen[1].times, ElementsAre(0));
    EXPECT_EQ(summary.media.media_type, "image/png");
    EXPECT_TRUE(summary.media.still_image);
}

TEST(Decode, HonoursTheOrientationOfAPhoto) {
    const MediaFolder folder;
    auto jpeg = testing::Bytes(folder.Make("o.jpg", "-f lavfi -i testsrc2=s=320x200:d=1 -frames:v 1"));
    // an EXIF segment with orientation 6 (turn clockwise by 90), big-endian TIFF
    const std::string tiff("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
    const std::string payload = std::string("Exif\0\0", 6) + tiff;
    const auto length = payload.size() + 2;
    const std::string segment = std::string("\xFF\xE1") + static_cast<char>(length >> 8U) +
                                static_cast<char>(length & 255U) + payload;
    const auto path = folder.Write("turned.jpg", jpeg.insert(2, segment));
    const auto seen = See(path, {{}});
    EXPECT_EQ(seen[0].width, 200);
    EXPECT_EQ(seen[0].height, 320);
}

TEST(Decode, RefusesWithAReasonAndASentence) {
    const MediaFolder folder;
    EXPECT_EQ(Refusal(folder.Write("empty.mp4", "")).reason, "empty");
    EXPECT_EQ(Refusal(folder.Write("text.mp4", std::string(4000, 'w'))).reason, "not_media");
    EXPECT_EQ(Refusal(folder.Make("tone.m4a", "-f lavfi -i sine=d=1")).reason, "no_video");
    EXPECT_EQ(
        Refusal(folder.Write("list.m3u8", "#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:9/a.ts\n")).reason,
        "outside_reference"
    );
    const auto whole = testing::Bytes(folder.Make("late.mp4", kPattern));
    const auto headless = Refusal(folder.Write("headless.mp4", whole.substr(0, whole.size() / 2)));
    EXPECT_EQ(headless.code, ErrorCode::kUnsupported);
    EXPECT_GT(headless.message.size(), 10U);
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

TEST(Decode, StopsWhenAsked) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make("s.mp4", kPattern));
    std::stop_source stop;
    int frames = 0;
    const std::vector<Subscription> one{{Wants{.every_frame = true}, [&](const FrameView&) -> Result<void> {
                                             ++frames;
                                             stop.request_stop();
                                             return {};
                                         }}};
    const auto outcome = Decode(bytes, one, {}, stop.get_token());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kStopped);
    EXPECT_LT(frames, 40);
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

/// Bytes that fail at some point, as a store may.
class Failing final : public ByteSource {
public:
    Failing(FileByteSource inner, std::uint64_t from) : inner_(std::move(inner)), from_(from) {}

    [[nodiscard]] std::uint64_t Size() const override { return inner_.Size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset + into.size() > from_) {
            return Fail(ErrorCode::kUnavailable, "the store went away");
        }
        return inner_.ReadAt(offset, into);
    }

private:
    FileByteSource inner_;
    std::uint64_t from_;
};

TEST(Decode, PassesOnTheErrorOfTheStoreAsItIs) {
    const MediaFolder folder;
    const auto path =
        folder.Make("big.mkv", "-f lavfi -i mandelbrot=s=640x480:r=25 -t 3 -pix_fmt yuv420p -qp 10");
    Failing bytes(OpenBytes(path), 600'000);
    const std::vector<Subscription> one{{Wants{}, [](const FrameView&) -> Result<void> { return {}; }}};
    const auto outcome = Decode(bytes, one, {}, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(outcome.error().message, "the store went away");
}

TEST(Probe, DescribesWhatItFinds) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make(
        "p.mp4", "-f lavfi -i testsrc2=s=320x240:r=30000/1001:d=2 -f lavfi -i sine=d=2 -pix_fmt yuv420p"
    ));
    const auto info = Probe(bytes, {}, {});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->media_type, "video/mp4");
    ASSERT_TRUE(info->video);
    EXPECT_EQ(info->video->codec, "h264");
    EXPECT_EQ(info->video->width, 320);
    EXPECT_EQ(info->video->frame_rate.numerator, 30000);
    EXPECT_EQ(info->video->frame_rate.denominator, 1001);
    ASSERT_EQ(info->audio.size(), 1U);
    EXPECT_EQ(info->audio[0].codec, "aac");
    EXPECT_NEAR(static_cast<double>(info->duration_ms), 2002, 60);
}

TEST(Probe, SaysAudioForAudio) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make("a.mp3", "-f lavfi -i sine=d=1"));
    const auto info = Probe(bytes, {}, {});
    ASSERT_TRUE(info);
    EXPECT_EQ(info->media_type, "audio/mpeg");
    EXPECT_FALSE(info->video);
}

}  // namespace
}  // namespace notify
