// Files that are cut short, lie about themselves or fail while they are read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "media/decode.hpp"
#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NOTIFY_SANITIZER_COUNTS
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // g++ 12 comes without its header
#endif

namespace notify {
namespace {

using testing::kPattern;
using testing::MediaFolder;
using testing::OpenBytes;
using testing::Refusal;
using testing::See;

/// Writes `value` as a big-endian 32-bit number `behind` bytes behind every `name`.
std::string WithNumber(std::string file, std::string_view name, std::size_t behind, std::uint32_t value) {
    for (auto at = file.find(name); at != std::string::npos; at = file.find(name, at + 1)) {
        for (std::size_t i = 0; i < 4; ++i) {
            file.at(at + behind + i) = static_cast<char>(value >> (24 - 8 * i));
        }
    }
    return file;
}

/// The most memory the process held while `work` ran, above what it held before, in MiB.
template <class Work>
std::int64_t PeakGrowthMib(Work&& work) {
    const auto read = [](const std::string& key) {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with(key)) {
                return std::stoll(line.substr(key.size()));
            }
        }
        return 0LL;
    };
    std::ofstream("/proc/self/clear_refs") << "5";
    const auto before = read("VmRSS:");
    work();
    return (read("VmHWM:") - before) / 1024;
}

/// What the process has allocated and not given back. Not what it occupies: a sanitizer keeps freed memory.
std::size_t BytesHeld() {
#ifdef NOTIFY_SANITIZER_COUNTS
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto held = ::mallinfo2();
    return held.uordblks + held.hblkhd;
#endif
}

TEST(DamagedMedia, ReadsATruncatedVideoAsFarAsItGoes) {
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

TEST(DamagedMedia, SaysThatAMovieWithoutItsIndexIsNotComplete) {
    const MediaFolder folder;
    const auto whole = testing::Bytes(folder.Make("late.mp4", kPattern));
    const auto refusal = Refusal(folder.Write("headless.mp4", whole.substr(0, whole.size() / 2)));
    EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
    EXPECT_EQ(refusal.reason, "truncated");
    EXPECT_THAT(refusal.message, ::testing::HasSubstr("not complete"));
}

TEST(DamagedMedia, ReadsAMatroskaFileCutShort) {
    const MediaFolder folder;
    const auto whole =
        testing::Bytes(folder.Make("t.mkv", "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -pix_fmt yuv420p"));
    DecodeSummary summary;
    const auto seen = See(folder.Write("half.mkv", whole.substr(0, whole.size() / 2)), {{}}, &summary);
    EXPECT_TRUE(summary.truncated);
    EXPECT_GT(seen[0].times.size(), 5U);
    EXPECT_LT(summary.end_ms, 4500);
    EXPECT_GT(summary.end_ms, 1000);
}

TEST(DamagedMedia, SkipsPacketsThatBrokeAndGoesOn) {
    const MediaFolder folder;
    auto file = testing::Bytes(folder.Make("b.mp4", kPattern + " -g 5 -movflags +faststart"));
    const auto from = file.size() / 2;
    for (std::size_t i = from; i < from + 3000; ++i) {
        file[i] = static_cast<char>(i * 37);
    }
    const auto seen = See(folder.Write("broken.mp4", file), {{}});
    EXPECT_GE(seen[0].times.size(), 8U);
    EXPECT_GE(seen[0].times.back(), 1600);
}

TEST(DamagedMedia, SaysTruncatedWhenNoFrameCanBeDecoded) {
    const MediaFolder folder;
    auto file = testing::Bytes(folder.Make("z.mp4", kPattern + " -movflags +faststart"));
    file.resize(file.find("mdat") + 4);
    const auto refusal = Refusal(folder.Write("zero.mp4", file));
    EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
    EXPECT_EQ(refusal.reason, "truncated");
}

TEST(DamagedMedia, SaysThatNobodyKnowsItsCodec) {
    const MediaFolder folder;
    auto file = testing::Bytes(folder.Make("c.mkv", kPattern + " -c:v ffv1"));
    const auto codec = file.find("V_MS/VFW/FOURCC");
    ASSERT_NE(codec, std::string::npos);
    file[codec + 14] = 'X';
    const auto refusal = Refusal(folder.Write("unknown.mkv", file));
    EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
    EXPECT_EQ(refusal.reason, "unsupported_codec");
    EXPECT_THAT(refusal.message, ::testing::HasSubstr("its codec is none that is known"));
}

TEST(DamagedMedia, IsBoundedByItsBytesWhateverAnMp4HeaderClaims) {
    constexpr std::uint32_t kClaimed = 1'000'000'000;
    const MediaFolder folder;
    const auto whole = testing::Bytes(folder.Make("h.mp4", kPattern + " -bf 0 -movflags +faststart"));
    const auto of_equal_size = WithNumber(WithNumber(whole, "stsz", 8, 100), "stsz", 12, kClaimed);
    const auto listed = WithNumber(WithNumber(whole, "stsz", 12, kClaimed), "stts", 12, kClaimed);
    const auto of_one_chunk = WithNumber(of_equal_size, "stsc", 16, kClaimed);
    for (const auto& file : {of_equal_size, listed, of_one_chunk}) {
        auto bytes = OpenBytes(folder.Write("claim.mp4", file));
        std::int64_t frames = 0;
        const std::vector<Subscription> every{
            {Wants{.every_frame = true}, [&](const FrameView&) -> Result<void> {
                 ++frames;
                 return {};
             }}
        };
        const auto grown = PeakGrowthMib([&] {
            const auto outcome = Decode(bytes, every, {}, {});
            EXPECT_TRUE(outcome ? outcome->summary.truncated : !outcome.error().reason.empty());
        });
        EXPECT_LE(frames, 50);
        EXPECT_LT(grown, 300);
    }
}

TEST(DamagedMedia, IsAsLongAsItsFramesWhateverAnMp4HeaderClaims) {
    const MediaFolder folder;
    const auto whole = testing::Bytes(folder.Make("h.mp4", kPattern + " -use_editlist 0"));
    const auto file = WithNumber(WithNumber(whole, "mdhd", 20, INT32_MAX), "mvhd", 20, INT32_MAX);
    ASSERT_NE(file, whole);
    DecodeSummary summary;
    const auto seen = See(folder.Write("claim.mp4", file), {{.every_frame = true}}, &summary);
    EXPECT_EQ(summary.media.duration_ms, 2000);
    EXPECT_EQ(summary.end_ms, 2000);
    EXPECT_EQ(seen[0].times.size(), 50U);
    EXPECT_FALSE(summary.truncated);
}

TEST(DamagedMedia, IsBoundedByItsBytesWhateverAMatroskaHeaderClaims) {
    const MediaFolder folder;
    auto file = testing::Bytes(folder.Make("h.mkv", kPattern));
    // Duration as a 64-bit float in ms: a thousand million frames; the tag of the stream goes as well
    const auto at = file.find("\x44\x89\x88");
    ASSERT_NE(at, std::string::npos);
    file.replace(at + 3, 8, std::string("\x42\x22\xA0\x5F\x20\x00\x00\x00", 8));
    const auto tag = file.find("DURATION");
    ASSERT_NE(tag, std::string::npos);
    file.replace(tag, 8, "PAINTING");
    DecodeSummary summary;
    const auto seen = See(folder.Write("claim.mkv", file), {{.every_frame = true}}, &summary);
    EXPECT_GT(summary.media.duration_ms, 10'000'000'000);
    EXPECT_EQ(seen[0].times.size(), 50U);
    EXPECT_EQ(summary.end_ms, 2000);
    EXPECT_TRUE(summary.truncated);
}

TEST(DamagedMedia, HoldsNoMoreMemoryForLongerMedia) {
    constexpr int kFrames = 3000;
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make(
        "long.mkv", "-f lavfi -i testsrc2=s=160x120:r=50:d=60 -pix_fmt yuv420p -preset ultrafast -bf 3"
    ));
    int frames = 0;
    std::size_t most_early = 0;
    std::size_t most_late = 0;
    const std::vector<Subscription> two{
        {Wants{.every_frame = true},
         [&](const FrameView&) -> Result<void> {
             auto& most = ++frames <= kFrames / 10 ? most_early : most_late;
             most = std::max(most, BytesHeld());
             return {};
         }},
        {Wants{}, [](const FrameView&) -> Result<void> { return {}; }}
    };
    ASSERT_TRUE(Decode(bytes, two, {}, {}));
    EXPECT_EQ(frames, kFrames);
    // a picture is 56 KiB; to keep one frame in fifty would be 3 MiB
    EXPECT_GT(most_early, 56U << 10U);
    EXPECT_LT(most_late, most_early + (512U << 10U));
}

TEST(DamagedMedia, StopsWhenAsked) {
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

TEST(DamagedMedia, PassesOnTheErrorOfTheStoreAsItIs) {
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

}  // namespace
}  // namespace notify
