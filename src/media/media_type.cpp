#include "media/media_type.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

namespace notify {

namespace {

struct ContainerType {
    std::string_view name;  ///< A part of FFmpeg's comma-separated name.
    std::string_view subtype;
};

constexpr std::array<ContainerType, 19> kContainers{{
    {"mp4", "mp4"},       {"matroska", "x-matroska"},
    {"mpegts", "mp2t"},   {"mxf", "mxf"},
    {"avi", "x-msvideo"}, {"asf", "x-ms-asf"},
    {"flv", "x-flv"},     {"wav", "wav"},
    {"mp3", "mpeg"},      {"ogg", "ogg"},
    {"flac", "flac"},     {"aac", "aac"},
    {"dv", "dv"},         {"mpeg", "mpeg"},
    {"gif", "gif"},       {"mpegvideo", "mpeg"},
    {"aiff", "aiff"},     {"yuv4mpegpipe", "y4m"},
    {"gxf", "gxf"},
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

std::string TypeOf(std::string_view container, bool has_video, bool still) {
    if (container.ends_with("_pipe")) {
        return "image/" + std::string(container.substr(0, container.size() - 5));
    }
    const auto* const found =
        std::ranges::find_if(kContainers, [&](const auto& row) { return HasPart(container, row.name); });
    const auto subtype = found == kContainers.end()
                             ? std::string("x-") + std::string(container.substr(0, container.find(',')))
                             : std::string(found->subtype);
    return (still ? "image/" : has_video ? "video/" : "audio/") + subtype;
}

VideoStream DescribeVideo(const AVFormatContext& format, const AVStream& stream) {
    const auto& codec = *stream.codecpar;
    const int rotation = RotationOf(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    const bool sideways = rotation == 90 || rotation == 270;
    auto rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
    auto aspect = av_guess_sample_aspect_ratio(
        const_cast<AVFormatContext*>(&format), const_cast<AVStream*>(&stream), nullptr
    );
    const auto* pixel_format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format));
    return {
        .codec = avcodec_get_name(codec.codec_id),
        .width = sideways ? codec.height : codec.width,
        .height = sideways ? codec.width : codec.height,
        .pixel_format = pixel_format == nullptr ? "" : pixel_format,
        .frame_rate = rate.den > 0 ? Rational{rate.num, rate.den} : Rational{},
        .sample_aspect = aspect.num > 0 && aspect.den > 0 ? Rational{aspect.num, aspect.den} : Rational{1, 1},
        .rotation = rotation,
        .interlaced = codec.field_order != AV_FIELD_UNKNOWN && codec.field_order != AV_FIELD_PROGRESSIVE,
    };
}

}  // namespace

int RotationOf(const std::uint8_t* matrix) {
    if (matrix == nullptr) {
        return 0;
    }
    std::array<std::int32_t, 9> values{};
    std::memcpy(values.data(), matrix, sizeof(values));
    const double angle = av_display_rotation_get(values.data());
    if (std::isnan(angle)) {
        return 0;
    }
    const int quarters = static_cast<int>(std::lround(-angle / 90.0)) % 4;
    return ((quarters + 4) % 4) * 90;
}

MediaInfo DescribeMedia(const AVFormatContext& format, const AVStream* video) {
    MediaInfo info;
    info.container = format.iformat->name;
    info.still_image = info.container.ends_with("_pipe") && info.container != "yuv4mpegpipe";
    info.duration_ms = format.duration > 0 && !info.still_image ? format.duration / 1000 : 0;
    if (video != nullptr) {
        info.video = DescribeVideo(format, *video);
    }
    for (unsigned int i = 0; i < format.nb_streams; ++i) {
        const auto& codec = *format.streams[i]->codecpar;
        if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
            info.audio.push_back(
                {avcodec_get_name(codec.codec_id), codec.ch_layout.nb_channels, codec.sample_rate}
            );
        }
        info.subtitles += codec.codec_type == AVMEDIA_TYPE_SUBTITLE ? 1 : 0;
    }
    info.media_type = TypeOf(info.container, info.video.has_value(), info.still_image);
    return info;
}

}  // namespace notify
