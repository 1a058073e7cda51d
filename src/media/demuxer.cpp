#include "media/demuxer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "media/ffmpeg.hpp"
#include "media/media_type.hpp"
#include "media/orientation.hpp"
#include "media/probe.hpp"
#include "media/signature.hpp"

namespace notify {

namespace {

constexpr std::size_t kLargestAllocation = std::size_t{1} << 30U;  // what an index may claim; a plane fits
constexpr int kLeastScore = AVPROBE_SCORE_MAX / 4;                 // below it FFmpeg only guesses

// Containers of broadcast, web and cameras, and still images. No demuxer that opens other files is among
// them.
constexpr const char* kDemuxers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mxf,mpeg,mpegvideo,avi,asf,flv,wav,w64,mp3,aac,ac3,eac3,"
    "flac,ogg,aiff,"
    "caf,dv,gxf,h264,hevc,m4v,ivf,y4m,yuv4mpegpipe,gif,apng,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,"
    "dpx_"
    "pipe,"
    "exr_pipe,j2k_pipe,psd_pipe,ppm_pipe,pgm_pipe,tga_pipe";

/// What FFmpeg refused for its size; it tells nobody but its log.
struct Refused {
    bool picture = false;
    bool streams = false;
};

thread_local Refused refused;

void LogLine(void* context, int level, const char* format, va_list arguments) {
    if (level > AV_LOG_WARNING) {
        return;
    }
    refused.picture = refused.picture || std::string_view(format).starts_with("Picture size");
    refused.streams = refused.streams || std::string_view(format).starts_with("Number of streams exceeds");
    std::array<char, 512> line{};
    int prefix = 1;
    av_log_format_line2(
        context, level, format, arguments, line.data(), static_cast<int>(line.size()), &prefix
    );
    const std::string_view text(line.data());
    Log(LogLevel::kDebug, "ffmpeg", {{"says", text.substr(0, text.find_last_not_of('\n') + 1)}});
}

int RefuseToOpen(
    AVFormatContext* context, AVIOContext** /*io*/, const char* url, int /*flags*/, AVDictionary** /*options*/
) {
    Log(LogLevel::kDebug,
        "media refers to something outside itself",
        {{"reference", std::string_view(url).substr(0, 200)}});
    if (context->opaque != nullptr) {
        *static_cast<bool*>(context->opaque) = true;
    }
    return AVERROR(EPERM);
}

/// Options for each stream that is known: no decoder that looks at it may take larger pictures.
class StreamOptions {
public:
    StreamOptions(const AVFormatContext& format, const MediaLimits& limits) : each_(format.nb_streams) {
        for (auto& options : each_) {
            av_dict_set_int(&options, "max_pixels", limits.pixels, 0);
        }
    }

    ~StreamOptions() {
        for (auto& options : each_) {
            av_dict_free(&options);
        }
    }

    StreamOptions(const StreamOptions&) = delete;
    StreamOptions& operator=(const StreamOptions&) = delete;

    [[nodiscard]] AVDictionary** Each() noexcept { return each_.empty() ? nullptr : each_.data(); }

private:
    std::vector<AVDictionary*> each_;
};

}  // namespace

std::string FfmpegError(int number) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(number, text.data(), text.size());
    return text.data();
}

Unexpected Refuse(std::string_view reason, std::string message, ErrorCode code) {
    return Unexpected(
        Error{
            .code = code,
            .stage = "probe",
            .reason = std::string(reason),
            .retry_after = {},
            .message = std::move(message)
        }
    );
}

Demuxer::Demuxer(ByteSource& bytes, std::stop_token stop) : reader_(bytes, std::move(stop)) {}

Demuxer::~Demuxer() {
    avformat_close_input(&format_);
}

Result<std::unique_ptr<Demuxer>> Demuxer::Open(
    ByteSource& bytes, const MediaLimits& limits, std::stop_token stop
) {
    av_log_set_callback(LogLine);
    av_max_alloc(kLargestAllocation);
    refused = {};
    if (bytes.Size() == 0) {
        return Refuse("empty", "the file is empty");
    }
    auto start = ReadStart(bytes, kSignatureBytes);
    if (!start) {
        return Unexpected(start.error());
    }
    if (LooksLikePlaylist(*start)) {
        return Refuse(
            "outside_reference",
            "the file is a playlist that refers to other files; only media itself is processed"
        );
    }
    if (LooksLikeMovingWebp(*start)) {
        return Refuse(
            "unsupported_media",
            "the picture is an animated WebP, of which no frame can be decoded; a still one, GIF or PNG can"
        );
    }
    std::unique_ptr<Demuxer> demuxer(new Demuxer(bytes, std::move(stop)));
    demuxer->start_ = std::move(*start);
    return demuxer->OpenFormat(limits).and_then([&] { return demuxer->FindStreams(limits); }).map([&] {
        return std::move(demuxer);
    });
}

/// Why FFmpeg did not open the container.
Unexpected Demuxer::WhyNotOpened(int error) {
    if (auto read = reader_.TakeError()) {
        return Unexpected(*std::move(read));
    }
    if (refers_outside_) {
        return Refuse("outside_reference", "the file refers to other files; only media itself is processed");
    }
    if (refused.streams) {
        return Refuse("over_limit", "the file has more streams than are allowed", ErrorCode::kTooLarge);
    }
    if (LooksLikeHeif(start_)) {
        return Refuse(
            "unsupported_media",
            "the file is a HEIF picture (HEIC, AVIF), which is not read; save it as JPEG or PNG"
        );
    }
    if (LooksLikeMovie(start_)) {
        return Refuse(
            "truncated",
            fmt::format(
                "the file begins as a movie but its index is missing or damaged ({}); it is not complete",
                FfmpegError(error)
            )
        );
    }
    return Refuse(
        "not_media", fmt::format("the file is no media of a known format ({})", FfmpegError(error))
    );
}

Result<void> Demuxer::OpenFormat(const MediaLimits& limits) {
    format_ = avformat_alloc_context();
    if (reader_.Io() == nullptr || format_ == nullptr) {
        return Fail(ErrorCode::kInternal, "no memory for a demuxer");
    }
    format_->pb = reader_.Io();
    format_->opaque = &refers_outside_;
    format_->io_open = &RefuseToOpen;
    format_->probesize = limits.probe_bytes;
    format_->max_streams = limits.streams;
    format_->interrupt_callback = reader_.Interrupt();
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", kDemuxers, 0);
    av_dict_set(&options, "protocol_whitelist", "none", 0);
    const int opened = avformat_open_input(&format_, nullptr, nullptr, &options);
    av_dict_free(&options);
    if (opened < 0) {
        return WhyNotOpened(opened);
    }
    if (format_->probe_score < kLeastScore) {
        return WhyNotOpened(AVERROR_INVALIDDATA);
    }
    return {};
}

Result<void> Demuxer::FindStreams(const MediaLimits& limits) {
    format_->max_analyze_duration = std::int64_t{5} * AV_TIME_BASE;
    StreamOptions options(*format_, limits);
    const int found = avformat_find_stream_info(format_, options.Each());
    if (auto error = reader_.TakeError()) {
        return Unexpected(*error);
    }
    if (refused.streams) {
        return WhyNotOpened(AVERROR_INVALIDDATA);
    }
    if (found < 0 || format_->nb_streams == 0) {
        return Refuse("not_media", "the file has a known format but no stream that can be read");
    }
    ChooseVideo();
    info_ = DescribeMedia(*format_, video_, start_);
    if (!info_.video) {
        return {};
    }
    auto& video = *info_.video;
    const auto pixels = std::int64_t{video.width} * video.height;
    if ((refused.picture && pixels == 0) || pixels > limits.pixels) {
        return Refuse(
            "over_limit",
            fmt::format("the picture is too large: {} pixels in all are allowed", limits.pixels),
            ErrorCode::kTooLarge
        );
    }
    return TurnPhoto(video);
}

void Demuxer::ChooseVideo() {
    for (unsigned int i = 0; i < format_->nb_streams; ++i) {
        auto* stream = format_->streams[i];
        const bool is_video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                              !Has(stream->disposition, AV_DISPOSITION_ATTACHED_PIC) &&
                              !Has(stream->disposition, AV_DISPOSITION_TIMED_THUMBNAILS);
        if (is_video && video_ == nullptr) {
            video_ = stream;
        } else {
            stream->discard = AVDISCARD_ALL;
        }
    }
}

/// Photos say in their EXIF part, not in the container, how they are turned.
Result<void> Demuxer::TurnPhoto(VideoStream& video) {
    if (info_.media_type != "image/jpeg") {
        return {};
    }
    return JpegOrientation(reader_.Source()).map([&](const Orientation& turn) {
        video.rotation = turn.rotation;
        video.mirrored = turn.mirrored;
        if (turn.Sideways()) {
            std::swap(video.width, video.height);
        }
    });
}

Result<MediaInfo> Probe(ByteSource& bytes, const MediaLimits& limits, std::stop_token stop) {
    return Demuxer::Open(bytes, limits, std::move(stop)).map([](const std::unique_ptr<Demuxer>& demuxer) {
        return demuxer->Info();
    });
}

}  // namespace notify
