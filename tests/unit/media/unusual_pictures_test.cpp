// Pictures and videos that are whole but not what most are: moving, in printing colours, without a frame.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include "core/error.hpp"
#include "media/decode.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"
#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

namespace notify {
namespace {

using testing::FirstFrame;
using testing::MediaFolder;
using testing::Refusal;
using testing::See;

const std::string kMoving = "-f lavfi -i testsrc2=s=64x48:r=5:d=1 ";

TEST(MovingPictures, AreVideosOfTheirFrames) {
    const MediaFolder folder;
    for (const auto& [name, type] :
         std::vector<std::pair<std::string, std::string>>{{"a.gif", "image/gif"}, {"a.apng", "image/png"}}) {
        const auto path = folder.Make(name, kMoving);
        DecodeSummary summary;
        const auto seen = See(path, {{.every_frame = true}}, &summary).at(0);
        EXPECT_EQ(seen.times, (std::vector<std::int64_t>{0, 200, 400, 600, 800})) << name;
        EXPECT_EQ(summary.media.media_type, type);
        EXPECT_FALSE(summary.media.still_image);
    }
}

TEST(MovingPictures, OfWebpAreRefusedWithASentence) {
    const MediaFolder folder;
    const auto refusal = Refusal(folder.Make("a.webp", kMoving + "-c:v libwebp_anim"));
    EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
    EXPECT_EQ(refusal.reason, "unsupported_media");
    EXPECT_NE(refusal.message.find("animated WebP"), std::string::npos);
}

TEST(UnusualPictures, OfHeifAreNotReadAndSayWhatToDo) {
    const MediaFolder folder;
    for (const std::string brand : {"heic", "mif1", "avif"}) {
        const std::string start =
            std::string("\0\0\0\x18", 4) + "ftyp" + brand + std::string(4, '\0') + brand + "mif1";
        const std::string meta = std::string("\0\0\0\x0c", 4) + "meta" + std::string(4, '\0');
        const auto refusal = Refusal(folder.Write("photo.heic", start + meta + std::string(2000, 'x')));
        EXPECT_EQ(refusal.reason, "unsupported_media") << brand;
        EXPECT_NE(refusal.message.find("save it as JPEG or PNG"), std::string::npos) << refusal.message;
    }
}

/// A JPEG of one colour in cyan, magenta, yellow and black as Adobe writes them: 255 is none.
std::string CmykJpeg(const std::array<std::uint8_t, 4>& colour) {
    constexpr int kSide = 64;
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < kSide * kSide; ++i) {
        pixels.insert(pixels.end(), colour.begin(), colour.end());
    }
    const std::unique_ptr<void, int (*)(void*)> encoder(tjInitCompress(), &tjDestroy);
    unsigned char* jpeg = nullptr;
    unsigned long size = 0;  // NOLINT(google-runtime-int): TurboJPEG's own
    EXPECT_EQ(
        tjCompress2(
            encoder.get(), pixels.data(), kSide, 0, kSide, TJPF_CMYK, &jpeg, &size, TJSAMP_444, 95, 0
        ),
        0
    );
    std::string bytes(reinterpret_cast<const char*>(jpeg), size);
    tjFree(jpeg);
    return bytes;
}

TEST(PrintingColours, OfAJpegBecomeThoseOfAScreen) {
    const MediaFolder folder;
    const std::vector<std::pair<std::array<std::uint8_t, 4>, std::array<int, 3>>> cases{
        {{255, 255, 255, 255}, {255, 255, 255}},
        {{255, 0, 0, 255}, {255, 0, 0}},
        {{0, 255, 0, 255}, {0, 255, 0}},
        {{255, 255, 255, 128}, {128, 128, 128}},
        {{255, 255, 255, 0}, {0, 0, 0}},
    };
    for (const auto& [ink, light] : cases) {
        const auto shown = FirstFrame(folder.Write("c.jpg", CmykJpeg(ink)));
        ASSERT_EQ(shown.width, 64);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            EXPECT_NEAR(shown.bytes.at(3 * (64 * 32 + 32) + channel), light.at(channel), 12) << channel;
        }
    }
}

/// The movie with the counts of its sample tables at 0.
std::string WithoutFrames(std::string movie) {
    for (const auto& [table, count_at] : std::vector<std::pair<std::string, std::size_t>>{
             {"stts", 8}, {"stsz", 12}, {"stsc", 8}, {"stco", 8}, {"stss", 8}, {"ctts", 8}
         }) {
        if (const auto at = movie.find(table); at != std::string::npos) {
            movie.replace(at + count_at, 4, std::string(4, '\0'));
        }
    }
    return movie;
}

TEST(Videos, WithoutAFrameAreNoVideo) {
    const MediaFolder folder;
    const auto one = testing::Bytes(folder.Make("one.mp4", testing::kPattern));
    const auto movie = Refusal(folder.Write("zero.mp4", WithoutFrames(one)));
    const auto avi = Refusal(folder.Make("zero.avi", kMoving + "-frames:v 0"));
    for (const auto& refusal : {movie, avi}) {
        EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
        EXPECT_EQ(refusal.reason, "no_video");
        EXPECT_EQ(refusal.message, "the video has not one frame");
    }
}

std::string Number(std::size_t value) {
    std::string text;
    for (const unsigned int shift : {24U, 16U, 8U, 0U}) {
        text += static_cast<char>(value >> shift);
    }
    return text;
}

/// The movie with its first track ten thousand times. Its index comes first and ends where its tracks do.
std::string WithTenThousandTracks(const std::string& movie) {
    const auto size_at = [&](std::size_t at) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            size = size << 8U | static_cast<unsigned char>(movie.at(at + i));
        }
        return size;
    };
    const auto index = movie.find("moov") - 4;
    const auto track = movie.find("trak") - 4;
    const auto size = size_at(track);
    std::string tracks;
    for (int i = 0; i < 10'000; ++i) {
        tracks += movie.substr(track, size);
    }
    const auto rest = movie.substr(track + size);
    return movie.substr(0, index) + Number(size_at(index) - size + tracks.size()) +
           movie.substr(index + 4, track - index - 4) + tracks + rest;
}

TEST(Videos, OfTenThousandStreamsAreRefused) {
    const MediaFolder folder;
    const auto one = testing::Bytes(folder.Make("one.mp4", testing::kPattern + " -movflags +faststart"));
    const auto refusal = Refusal(folder.Write("many.mp4", WithTenThousandTracks(one)));
    EXPECT_EQ(refusal.code, ErrorCode::kTooLarge);
    EXPECT_EQ(refusal.reason, "over_limit");
    EXPECT_EQ(refusal.message, "the file has more streams than are allowed");
}

TEST(Pictures, ThatClaim65535By65535PixelsAreRefused) {
    const MediaFolder folder;
    const std::string still = "-f lavfi -i color=s=64x64:d=1 -frames:v 1";
    auto png = testing::Bytes(folder.Make("l.png", still));
    png.replace(16, 8, std::string("\0\0\xFF\xFF\0\0\xFF\xFF", 8));
    auto jpeg = testing::Bytes(folder.Make("l.jpg", still));
    const auto frame = jpeg.find("\xFF\xC0");
    ASSERT_NE(frame, std::string::npos);
    jpeg.replace(frame + 5, 4, "\xFF\xFF\xFF\xFF");
    for (const auto& [name, bytes] :
         std::vector<std::pair<std::string, std::string>>{{"huge.png", png}, {"huge.jpg", jpeg}}) {
        const auto refusal = Refusal(folder.Write(name, bytes));
        EXPECT_EQ(refusal.code, ErrorCode::kTooLarge) << name << refusal.message;
        EXPECT_EQ(refusal.reason, "over_limit") << name;
        EXPECT_EQ(refusal.message, "the picture is too large: 268000000 pixels in all are allowed") << name;
    }
}

TEST(Drawings, AreNoMediaWhateverTheyReferTo) {
    const MediaFolder folder;
    const auto refusal = Refusal(folder.Write(
        "drawing.svg",
        "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
        "<image xlink:href=\"http://127.0.0.1:9/a.png\"/><text>&x;</text></svg>"
    ));
    EXPECT_EQ(refusal.code, ErrorCode::kUnsupported);
    EXPECT_EQ(refusal.reason, "not_media");
}

}  // namespace
}  // namespace notify
