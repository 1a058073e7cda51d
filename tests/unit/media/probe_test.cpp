#include "media/probe.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/file.hpp"
#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

namespace notify {
namespace {

using testing::kPattern;
using testing::MediaFolder;
using testing::OpenBytes;
using testing::Refusal;

/// A port on loopback that somebody could connect to.
class Listener {
public:
    Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_.Get(), any, size), 0);
        EXPECT_EQ(::listen(socket_.Get(), 4), 0);
        EXPECT_EQ(::getsockname(socket_.Get(), any, &size), 0);
        port_ = ntohs(address.sin_port);
    }

    [[nodiscard]] std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/a.ts"; }

    [[nodiscard]] bool WasCalled() const {
        const UniqueFd caller(::accept(socket_.Get(), nullptr, nullptr));
        return caller.Get() >= 0 || errno != EAGAIN;
    }

private:
    UniqueFd socket_;
    int port_ = 0;
};

/// Knows whether anybody opens a file.
class OpenWatch {
public:
    explicit OpenWatch(const std::filesystem::path& path)
        : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        EXPECT_GE(::inotify_add_watch(inotify_.Get(), path.c_str(), IN_OPEN), 0);
    }

    [[nodiscard]] bool WasOpened() const {
        std::array<char, 512> events{};
        return ::read(inotify_.Get(), events.data(), events.size()) > 0;
    }

private:
    UniqueFd inotify_;
};

TEST(OutsideReferences, AreNeverFollowed) {
    const MediaFolder folder;
    const auto secret = folder.Make("secret.ts", kPattern);
    const Listener listener;
    const OpenWatch watch(secret);
    const auto& file = secret.string();
    const std::vector<std::string> lists{
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + listener.Url() + "\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://" + file + "\n#EXT-X-ENDLIST\n",
        "\xEF\xBB\xBF\n#EXTM3U\n#EXTINF:4,\n" + file + "\n",
        "ffconcat version 1.0\nfile '" + file + "'\n",
        "<?xml version=\"1.0\"?>\n<MPD type=\"static\"><Period><BaseURL>" + listener.Url() +
            "</BaseURL></Period></MPD>",
        "[playlist]\nFile1=" + listener.Url() + "\n",
    };
    for (const auto& list : lists) {
        const auto refusal = Refusal(folder.Write("list.m3u8", list));
        EXPECT_EQ(refusal.reason, "outside_reference") << list;
        EXPECT_EQ(refusal.code, ErrorCode::kUnsupported) << list;
    }
    // these give no sign of what they are: no media, and nothing is opened either
    for (const std::string& list :
         {"file '" + file + "'\n",
          std::string("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n")}) {
        EXPECT_EQ(Refusal(folder.Write("list.txt", list)).reason, "not_media") << list;
    }
    EXPECT_FALSE(listener.WasCalled());
    EXPECT_FALSE(watch.WasOpened());
}

TEST(OutsideReferences, WouldBeNoticedByThisTest) {
    const MediaFolder folder;
    const auto path = folder.Write("a", "b");
    const OpenWatch watch(path);
    const auto bytes = OpenBytes(path);
    EXPECT_TRUE(watch.WasOpened());
}

TEST(Probe, RefusesWhatIsNoMediaWithAReasonAndASentence) {
    const MediaFolder folder;
    EXPECT_EQ(Refusal(folder.Write("empty.mp4", "")).reason, "empty");
    EXPECT_EQ(Refusal(folder.Write("text.mp4", std::string(4000, 'w'))).reason, "not_media");
    const auto one_byte = Refusal(folder.Write("one.mp4", "x"));
    EXPECT_EQ(one_byte.reason, "not_media");
    EXPECT_GT(one_byte.message.size(), 10U);
    for (unsigned int seed = 1; seed <= 5; ++seed) {
        std::mt19937 random(seed);
        std::string noise(200'000, '\0');
        for (auto& byte : noise) {
            byte = static_cast<char>(random());
        }
        EXPECT_EQ(Refusal(folder.Write("noise.mp4", noise)).reason, "not_media") << seed;
    }
}

TEST(Probe, SaysThatSoundAloneHasNoVideo) {
    const MediaFolder folder;
    for (const std::string name : {"tone.m4a", "tone.mp3", "tone.wav", "tone.ogg", "tone.mkv"}) {
        const auto refusal = Refusal(folder.Make(name, "-f lavfi -i sine=d=1"));
        EXPECT_EQ(refusal.reason, "no_video") << name;
        EXPECT_EQ(refusal.code, ErrorCode::kUnsupported) << name;
    }
}

TEST(Probe, TellsTheMediaTypeByContentAndNotByName) {
    const MediaFolder folder;
    const std::string still = "-f lavfi -i testsrc2=s=64x48:d=1 -frames:v 1 ";
    const std::string moving = "-f lavfi -i testsrc2=s=64x48:r=10:d=1 -pix_fmt yuv420p ";
    const std::vector<std::pair<std::string, std::string>> cases{
        {moving + "-f mp4", "video/mp4"},
        {moving + "-f mov", "video/quicktime"},
        {moving + "-f matroska", "video/x-matroska"},
        {moving + "-c:v libvpx -f webm", "video/webm"},
        {moving + "-f mpegts", "video/mp2t"},
        {moving + "-c:v mpeg4 -f avi", "video/x-msvideo"},
        {moving + "-c:v flv1 -f flv", "video/x-flv"},
        {moving + "-c:v mpeg2video -r 25 -f vob", "video/mpeg"},
        {moving + "-c:v mpeg2video -r 25 -f mxf", "video/mxf"},
        {"-f lavfi -i testsrc2=s=64x48:d=1:r=5 -f gif", "image/gif"},
        {"-f lavfi -i sine=d=1 -f mp4", "audio/mp4"},
        {"-f lavfi -i sine=d=1 -f wav", "audio/wav"},
        {"-f lavfi -i sine=d=1 -f mp3", "audio/mpeg"},
        {still + "-c:v mjpeg -f image2", "image/jpeg"},
        {still + "-c:v png -f image2", "image/png"},
        {still + "-c:v bmp -f image2", "image/bmp"},
        {still + "-c:v tiff -f image2", "image/tiff"},
        {still + "-c:v libwebp -f image2", "image/webp"},
    };
    for (const auto& [arguments, type] : cases) {
        auto bytes = OpenBytes(folder.Make("file.bin", arguments));
        const auto info = Probe(bytes, {}, {});
        ASSERT_TRUE(info) << type << ": " << info.error().message;
        EXPECT_EQ(info->media_type, type);
        EXPECT_EQ(info->video.has_value(), !type.starts_with("audio/")) << type;
        EXPECT_EQ(info->still_image, arguments.starts_with(still)) << type;
    }
}

TEST(Probe, RefusesMoreThanTheLimitsAllow) {
    const MediaFolder folder;
    const auto picture = folder.Make("l.png", "-f lavfi -i color=s=400x400:d=1 -frames:v 1");
    const auto video = folder.Make("l.mp4", "-f lavfi -i sine=d=2 " + kPattern);
    const auto refusal = [](const std::filesystem::path& path, const MediaLimits& limits) {
        auto bytes = OpenBytes(path);
        const auto info = Probe(bytes, limits, {});
        EXPECT_FALSE(info) << path;
        return info ? Error{} : info.error();
    };
    for (const auto& error :
         {refusal(picture, {.pixels = 100'000}),
          refusal(video, {.pixels = 10'000}),
          refusal(video, {.streams = 1})}) {
        EXPECT_EQ(error.reason, "over_limit");
        EXPECT_EQ(error.code, ErrorCode::kTooLarge);
    }
}

TEST(Probe, RefusesAPictureThatClaimsToBeHuge) {
    const MediaFolder folder;
    auto png = testing::Bytes(folder.Make("l.png", "-f lavfi -i color=s=64x64:d=1 -frames:v 1"));
    png.replace(16, 8, std::string("\0\0\xEA\x60\0\0\xEA\x60", 8));  // 60,000 by 60,000
    const auto refusal = Refusal(folder.Write("huge.png", png));
    EXPECT_EQ(refusal.reason, "over_limit");
    EXPECT_EQ(refusal.code, ErrorCode::kTooLarge);
}

/// `bytes` with `old`, which occurs once, replaced by as many bytes.
std::string Replaced(std::string bytes, std::string_view old, std::string_view by) {
    const auto at = bytes.find(old);
    EXPECT_NE(at, std::string::npos);
    EXPECT_EQ(bytes.find(old, at + 1), std::string::npos);
    EXPECT_EQ(old.size(), by.size());
    return at == std::string::npos ? bytes : bytes.replace(at, old.size(), by);
}

// A height of 2³²−32 and 2³²−16 channels, of codecs that nobody knows and so nobody corrects.
TEST(Probe, TakesWhatAContainerClaimsBelowZeroAsNotKnown) {
    using namespace std::string_view_literals;
    const MediaFolder folder;
    auto mkv = testing::Bytes(folder.Make(
        "n.mkv",
        "-f lavfi -i testsrc=s=48x32:d=0.1 -f lavfi -i sine=r=8000:d=0.1 -c:v ffv1 -c:a flac -fflags "
        "+bitexact"
    ));
    mkv = Replaced(std::move(mkv), "V_MS/VFW/FOURCC", "V_MS/VFW/FOURCX");
    mkv = Replaced(std::move(mkv), "A_FLAC", "A_FLAX");
    // PixelHeight, FlagInterlaced and the eight bytes of Colour, which a Void takes the place of
    mkv = Replaced(
        std::move(mkv),
        "\xBA\x81\x20\x9A\x81\x02\x55\xB0\x88\x55\xB1\x81\x00\x55\xB9\x81\x02"sv,
        "\xBA\x84\xFF\xFF\xFF\xE0\x9A\x81\x02\xEC\x86\0\0\0\0\0\0"sv
    );
    // Channels and SamplingFrequency, 8,000 in eight bytes and then in four
    mkv = Replaced(
        std::move(mkv),
        "\x9F\x81\x01\xB5\x88\x40\xBF\x40\0\0\0\0\0"sv,
        "\x9F\x85\0\xFF\xFF\xFF\xF0\xB5\x84\x45\xFA\0\0"sv
    );
    auto bytes = OpenBytes(folder.Write("below.mkv", mkv));
    const auto info = Probe(bytes, {}, {});
    ASSERT_TRUE(info && info->video) << info.error().message;
    EXPECT_EQ(info->video->width, 48);
    EXPECT_EQ(info->video->height, 0);
    ASSERT_EQ(info->audio.size(), 1U);
    EXPECT_EQ(info->audio[0].channels, 0);
    EXPECT_EQ(info->audio[0].sample_rate, 8000);
}

TEST(Probe, SaysWhereTheContainersOwnTimeBegins) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make("s.ts", kPattern + " -output_ts_offset 10"));
    const auto info = Probe(bytes, {}, {});
    ASSERT_TRUE(info);
    EXPECT_NEAR(static_cast<double>(info->start_ms), 11'400, 200);
}

TEST(Probe, DescribesShapeAndInterlacing) {
    const MediaFolder folder;
    auto bytes = OpenBytes(folder.Make(
        "i.mkv",
        "-f lavfi -i testsrc2=s=720x576:r=25:d=1 -vf setsar=16/11 -c:v mpeg2video -flags +ildct+ilme -top 1"
    ));
    const auto info = Probe(bytes, {}, {});
    ASSERT_TRUE(info && info->video);
    EXPECT_EQ(info->video->sample_aspect.numerator, 16);
    EXPECT_EQ(info->video->sample_aspect.denominator, 11);
    EXPECT_TRUE(info->video->interlaced);
    EXPECT_EQ(info->video->pixel_format, "yuv420p");
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
    EXPECT_EQ(info->video->timebase.rate.numerator, 30000);
    EXPECT_EQ(info->video->timebase.rate.denominator, 1001);
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
