// Time and choice of frames, without media.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/disposable.hpp"
#include "media/presentation_clock.hpp"
#include "media/sampler.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;

constexpr AVRational kMilliseconds{1, 1000};

std::vector<std::int64_t> Times(
    PresentationClock clock, const std::vector<std::optional<std::int64_t>>& given, std::int64_t duration = 40
) {
    std::vector<std::int64_t> times;
    for (const auto& time : given) {
        times.push_back(clock.Next(time, duration));
    }
    return times;
}

TEST(PresentationClock, CountsFromZero) {
    EXPECT_THAT(Times({kMilliseconds, 500, false}, {500, 540, 600}), ElementsAre(0, 40, 100));
    EXPECT_THAT(Times({kMilliseconds, -80, false}, {-80, -40, 0}), ElementsAre(0, 40, 80));
    EXPECT_THAT(Times({{1, 90'000}, 900, false}, {900, 4500, 8100}), ElementsAre(0, 40, 80));
}

TEST(PresentationClock, AlwaysMovesForward) {
    EXPECT_THAT(Times({kMilliseconds, 0, false}, {0, 0, 0, 40, 20, 80}), ElementsAre(0, 1, 2, 40, 41, 80));
    EXPECT_THAT(Times({kMilliseconds, 100, false}, {20, 60, 100}), ElementsAre(0, 1, 2));
}

TEST(PresentationClock, FillsInWhatIsMissing) {
    const std::optional<std::int64_t> none;
    EXPECT_THAT(Times({kMilliseconds, none, false}, {none, none, none}), ElementsAre(0, 40, 80));
    EXPECT_THAT(Times({kMilliseconds, 0, false}, {0, none, 80, none}, 30), ElementsAre(0, 30, 80, 110));
    EXPECT_THAT(Times({kMilliseconds, 0, false}, {none, none}, 0), ElementsAre(0, 1));
}

TEST(PresentationClock, CountsOnAfterALeap) {
    EXPECT_THAT(Times({kMilliseconds, 0, false}, {0, 40, 5000, 0, 40}), ElementsAre(0, 40, 5000, 5040, 5080));
    EXPECT_THAT(Times({kMilliseconds, 0, true}, {0, 40, 90'000, 90'040}), ElementsAre(0, 40, 80, 120));
    // elsewhere a long picture is a long picture
    EXPECT_THAT(Times({kMilliseconds, 0, false}, {0, 40, 90'000}), ElementsAre(0, 40, 90'000));
}

TEST(PresentationClock, BearsHostileNumbers) {
    const auto times = Times({{1, 1}, INT64_MIN, false}, {INT64_MAX, INT64_MIN, 0, INT64_MAX - 1});
    for (std::size_t i = 1; i < times.size(); ++i) {
        EXPECT_GT(times[i], times[i - 1]);
    }
    EXPECT_GE(times[0], 0);
}

std::vector<std::int64_t> Taken(const Wants& wants, const std::vector<FrameFacts>& frames) {
    Sampler sampler(wants);
    std::vector<std::int64_t> taken;
    for (const auto& frame : frames) {
        if (sampler.Takes(frame)) {
            taken.push_back(frame.pts_ms);
        }
    }
    return taken;
}

FrameFacts At(std::int64_t ms, bool disposable = false, bool after_cut = false) {
    return {.pts_ms = ms, .sampled_ms = ms, .disposable = disposable, .after_cut = after_cut};
}

TEST(Sampler, TakesTheFirstFrameAtOrAfterEachTick) {
    EXPECT_THAT(
        Taken({.fps = 5}, {At(0), At(100), At(199), At(200), At(390), At(410), At(1300), At(1350), At(1400)}),
        ElementsAre(0, 200, 410, 1300, 1400)
    );
}

TEST(Sampler, NeverTakesADisposableFrame) {
    EXPECT_THAT(
        Taken({.fps = 5}, {At(0), At(200, true), At(240), At(400, true), At(440)}), ElementsAre(0, 240, 440)
    );
    EXPECT_THAT(Taken({.every_frame = true}, {At(0), At(40, true), At(80)}), ElementsAre(0, 40, 80));
}

TEST(Sampler, TakesTheFrameAfterACutWithoutMovingItsTicks) {
    const std::vector<FrameFacts> frames{At(0), At(120, false, true), At(200), At(400)};
    EXPECT_THAT(Taken({.fps = 5}, frames), ElementsAre(0, 120, 200, 400));
    EXPECT_THAT(Taken({.fps = 5, .scene_cuts = false}, frames), ElementsAre(0, 200, 400));
}

TEST(Sampler, RemembersACutUntilItTakesAFrame) {
    Sampler sampler({.fps = 1, .scene_cuts = false});
    EXPECT_TRUE(sampler.Takes(At(0)));
    EXPECT_TRUE(sampler.AfterCut());
    EXPECT_FALSE(sampler.Takes(At(400, false, true)));
    EXPECT_TRUE(sampler.Takes(At(1000)));
    EXPECT_TRUE(sampler.AfterCut());
    EXPECT_TRUE(sampler.Takes(At(2000)));
    EXPECT_FALSE(sampler.AfterCut());
}

bool Disposable(AVCodecID codec, std::vector<std::uint8_t> data, std::vector<std::uint8_t> extra = {}) {
    AVPacket packet{};
    packet.data = data.data();
    packet.size = static_cast<int>(data.size());
    AVCodecParameters parameters{};
    parameters.codec_id = codec;
    parameters.extradata = extra.data();
    parameters.extradata_size = static_cast<int>(extra.size());
    return IsDisposable(packet, parameters);
}

TEST(Disposable, IsReadFromTheFirstSliceOfAPicture) {
    EXPECT_TRUE(Disposable(AV_CODEC_ID_H264, {0, 0, 0, 1, 0x01, 0x9A, 0, 0}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0, 0, 0, 1, 0x41, 0x9A, 0, 0}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0, 0, 0, 1, 0x65, 0x88, 0, 0}));
    // behind a delimiter and an SEI, whose reference bits are 0 as well
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0,    0, 0, 1, 0x09, 0x10, 0,    0,    0, 1,
                                               0x06, 5, 0, 0, 0,    1,    0x41, 0x9A, 0, 0}));
    const std::vector<std::uint8_t> avcc{1, 100, 0, 31, 0xFF};
    EXPECT_TRUE(Disposable(AV_CODEC_ID_H264, {0, 0, 0, 2, 0x01, 0x9A}, avcc));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0, 0, 0, 2, 0x21, 0x9A}, avcc));
    EXPECT_TRUE(Disposable(AV_CODEC_ID_MPEG2VIDEO, {0, 0, 1, 0, 0, 0x18, 0, 0}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_MPEG2VIDEO, {0, 0, 1, 0, 0, 0x10, 0, 0}));
}

/// A sequence parameter set of HEVC that allows so many temporal layers, in a decoder configuration record.
std::vector<std::uint8_t> HevcRecord(int layers) {
    std::vector<std::uint8_t> record(22, 0);
    record[0] = 1;
    record[21] = 0xFF;  // lengths of four bytes
    const auto most = static_cast<std::uint8_t>((layers - 1) << 1);
    record.insert(record.end(), {1, 33, 0, 1, 0, 4, 0x42, 0x01, most, 0});
    return record;
}

TEST(Disposable, IsAnHevcPictureOfTheHighestLayerThatIsNoReference) {
    constexpr std::uint8_t kTrailN = 0;
    constexpr std::uint8_t kTrailR = 1 << 1;
    constexpr std::uint8_t kRaslN = 8 << 1;
    const auto disposable = [](std::uint8_t type, std::uint8_t layer, int layers) {
        const auto id = static_cast<std::uint8_t>(layer + 1);
        return Disposable(AV_CODEC_ID_HEVC, {0, 0, 0, 4, type, id, 0x80, 0}, HevcRecord(layers));
    };
    EXPECT_TRUE(disposable(kTrailN, 0, 1));
    EXPECT_TRUE(disposable(kRaslN, 0, 1));
    EXPECT_FALSE(disposable(kTrailR, 0, 1));
    EXPECT_TRUE(disposable(kTrailN, 2, 3));
    EXPECT_FALSE(disposable(kTrailR, 2, 3));
    // higher layers may refer to it
    EXPECT_FALSE(disposable(kTrailN, 0, 3));
    EXPECT_FALSE(disposable(kTrailN, 1, 3));
    // with start codes
    const std::vector<std::uint8_t> set{0, 0, 0, 1, 0x42, 0x01, 0x01, 0};
    EXPECT_TRUE(Disposable(AV_CODEC_ID_HEVC, {0, 0, 0, 1, kTrailN, 1, 0x80, 0}, set));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_HEVC, {0, 0, 0, 1, kTrailR, 1, 0x80, 0}, set));
}

TEST(Disposable, BearsHevcRecordsCutShort) {
    const auto record = HevcRecord(1);
    for (std::size_t length = 0; length < record.size(); ++length) {
        const std::vector<std::uint8_t> cut(
            record.begin(), record.begin() + static_cast<std::ptrdiff_t>(length)
        );
        EXPECT_FALSE(Disposable(AV_CODEC_ID_HEVC, {0, 0, 0, 4, 0, 1, 0x80, 0}, cut)) << length;
    }
}

TEST(Disposable, IsNothingThatIsUnsure) {
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0, 0, 0}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_H264, {0xFF, 0xFF, 0xFF, 0xFF, 1, 2}, {1, 100, 0, 31, 0xFF}));
    EXPECT_FALSE(Disposable(AV_CODEC_ID_VP9, {0, 0, 0, 1, 0x01, 0x9A}));
}

}  // namespace
}  // namespace notify
