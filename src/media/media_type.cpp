#include "media/media_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "core/timecode.hpp"
#include "media/ffmpeg.hpp"
#include "media/orientation.hpp"
#include "media/probe.hpp"
#include "media/shape.hpp"
#include "media/signature.hpp"

namespace notify {

namespace {

struct ContainerType {
    std::string_view name;  ///< A part of FFmpeg's comma-separated name.
    std::string_view subtype;
};

constexpr std::array<ContainerType, 20> kContainers{{
    {.name = "mp4", .subtype = "mp4"},       {.name = "matroska", .subtype = "x-matroska"},
    {.name = "mpegts", .subtype = "mp2t"},   {.name = "mxf", .subtype = "mxf"},
    {.name = "avi", .subtype = "x-msvideo"}, {.name = "asf", .subtype = "x-ms-asf"},
    {.name = "flv", .subtype = "x-flv"},     {.name = "wav", .subtype = "wav"},
    {.name = "mp3", .subtype = "mpeg"},      {.name = "ogg", .subtype = "ogg"},
    {.name = "flac", .subtype = "flac"},     {.name = "aac", .subtype = "aac"},
    {.name = "dv", .subtype = "dv"},         {.name = "mpeg", .subtype = "mpeg"},
    {.name = "gif", .subtype = "gif"},       {.name = "mpegvideo", .subtype = "mpeg"},
    {.name = "aiff", .subtype = "aiff"},     {.name = "yuv4mpegpipe", .subtype = "y4m"},
    {.name = "gxf", .subtype = "gxf"},       {.name = "apng", .subtype = "apng"},
}};

bool HasPart(std::string_view names, std::string_view part) {
    while (!names.empty()) {
        const auto comma = names.find(',');
        if (names.substr(0, comma) == part) {
            return true;
        }
        names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
    }
    return false;
}

std::string TypeOf(std::string_view container, bool has_video) {
    if (container.ends_with("_pipe")) {
        const auto name = container.substr(0, container.size() - 5);
        return "image/" + std::string(name == "j2k" ? "jp2" : name);
    }
    const auto* const found =
        std::ranges::find_if(kContainers, [&](const auto& row) { return HasPart(container, row.name); });
    const auto subtype = found == kContainers.end()
                             ? std::string("x-") + std::string(container.substr(0, container.find(',')))
                             : std::string(found->subtype);
    if (subtype == "gif" || subtype == "apng") {
        return subtype == "gif" ? "image/gif" : "image/png";  // moving ones too
    }
    return (has_video ? "video/" : "audio/") + subtype;
}

std::optional<Timebase> ReadTimecode(const AVDictionary* metadata, const FrameRate& rate) {
    const auto* tag = av_dict_get(metadata, "timecode", nullptr, 0);
    return tag != nullptr ? ParseTimecode(tag->value, rate) : std::nullopt;
}

/// The container's timecode of the first frame: its video stream's, else the file's, else that of the first
/// stream which has one (a timecode track).
std::optional<Timebase> StartOf(const AVFormatContext& format, const AVStream& video, const FrameRate& rate) {
    auto start = ReadTimecode(video.metadata, rate);
    if (!start) {
        start = ReadTimecode(format.metadata, rate);
    }
    for (unsigned int i = 0; i < format.nb_streams && !start; ++i) {
        start = ReadTimecode(format.streams[i]->metadata, rate);
    }
    return start;
}

bool IsStill(const AVFormatContext& format) {
    const std::string_view name(format.iformat->name);
    return name.ends_with("_pipe") && name != "yuv4mpegpipe";
}

/// Of a stream no decoder looked at, FFmpeg hands on what the container claims: also less than nothing.
int NoneIfNegative(int claimed) noexcept {
    return std::max(claimed, 0);
}

VideoStream DescribeVideo(const AVFormatContext& format, const AVStream& stream) {
    const auto& codec = *stream.codecpar;
    const auto turn = OrientationOf(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    const auto rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
    // a photo's aspect is a density for printers that no viewer follows
    const auto aspect = IsStill(format) ? Rational{} : PixelAspect(format, stream);
    const int width = SquaredWidth(codec.width, aspect);
    const int height = NoneIfNegative(codec.height - BlankRows(codec));
    const auto timecode = StartOf(format, stream, UsualRate(rate.num, rate.den));
    const auto* pixel_format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format));
    return {
        .codec = avcodec_get_name(codec.codec_id),
        .width = turn.Sideways() ? height : width,
        .height = turn.Sideways() ? width : height,
        .pixel_format = pixel_format == nullptr ? "" : pixel_format,
        .timebase = timecode.value_or(Timebase{.rate = UsualRate(rate.num, rate.den)}),
        .has_timecode = timecode.has_value(),
        .sample_aspect = aspect,
        .rotation = turn.rotation,
        .mirrored = turn.mirrored,
        .interlaced = codec.field_order != AV_FIELD_UNKNOWN && codec.field_order != AV_FIELD_PROGRESSIVE,
    };
}

bool IsQuickTime(const AVFormatContext& format) {
    const auto* brand = av_dict_get(format.metadata, "major_brand", nullptr, 0);
    return brand != nullptr && std::string_view(brand->value) == "qt  ";
}

/// "hh:mm:ss.fraction" of Matroska's DURATION tag in ms; 0 when it is something else.
std::int64_t TaggedDurationMs(const AVStream& stream) {
    const auto* tag = av_dict_get(stream.metadata, "DURATION", nullptr, 0);
    std::string_view text(tag == nullptr ? "" : tag->value);
    const auto take = [&](auto& number, bool last) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const bool separated = last || text.starts_with(':');
        text.remove_prefix(std::min<std::size_t>(text.size(), 1));
        return error == std::errc{} && separated;
    };
    unsigned int hours = 0;
    unsigned int minutes = 0;
    double seconds = 0;
    if (!take(hours, false) || !take(minutes, false) || !take(seconds, true)) {
        return 0;
    }
    const double ms = (hours * 3600.0 + minutes * 60.0 + seconds) * 1000;
    return ms > 0 && ms < 1e13 ? std::llround(ms) : 0;
}

/// Of the video alone where the container says it: sound may go on for longer.
std::int64_t DurationMs(const AVFormatContext& format, const AVStream* video) {
    if (video != nullptr && video->duration > 0) {
        return std::max<std::int64_t>(Milliseconds(video->duration, video->time_base), 0);
    }
    const auto tagged = video != nullptr ? TaggedDurationMs(*video) : 0;
    return tagged > 0 ? tagged : std::max<std::int64_t>(format.duration, 0) / 1000;
}

}  // namespace

MediaInfo DescribeMedia(const AVFormatContext& format, const AVStream* video, std::string_view start) {
    MediaInfo info;
    info.container = format.iformat->name;
    info.still_image = IsStill(format);
    if (!info.still_image) {
        info.duration_ms = DurationMs(format, video);
        info.start_ms = format.start_time == AV_NOPTS_VALUE ? 0 : format.start_time / 1000;
    }
    if (video != nullptr) {
        info.video = DescribeVideo(format, *video);
    }
    for (unsigned int i = 0; i < format.nb_streams; ++i) {
        const auto& codec = *format.streams[i]->codecpar;
        if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
            info.audio.push_back(
                {.codec = avcodec_get_name(codec.codec_id),
                 .channels = NoneIfNegative(codec.ch_layout.nb_channels),
                 .sample_rate = NoneIfNegative(codec.sample_rate)}
            );
        }
        info.subtitles += codec.codec_type == AVMEDIA_TYPE_SUBTITLE ? 1 : 0;
    }
    info.media_type = LooksLikeWebm(start)                ? (info.video ? "video/webm" : "audio/webm")
                      : info.video && IsQuickTime(format) ? "video/quicktime"
                                                          : TypeOf(info.container, info.video.has_value());
    return info;
}

}  // namespace notify
