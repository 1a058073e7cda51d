#pragma once

// FFmpeg's handles, owned. Included by media's own .cpp files only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

extern "C" {
// IWYU pragma: begin_exports
#include <libavcodec/avcodec.h>
#include <libavcodec/codec.h>
#include <libavcodec/codec_id.h>
#include <libavcodec/codec_par.h>
#include <libavcodec/defs.h>
#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
#include <libavformat/avio.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>
#include <libavutil/pixfmt.h>
#include <libavutil/rational.h>
#include <libswscale/swscale.h>
// IWYU pragma: end_exports
}

#include "core/result.hpp"

namespace notify {

struct FreePacket {
    void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};

struct FreeFrame {
    void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};

struct FreeCodec {
    void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};

struct FreeScaler {
    void operator()(SwsContext* context) const noexcept { sws_freeContext(context); }
};

using PacketPtr = std::unique_ptr<AVPacket, FreePacket>;
using FramePtr = std::unique_ptr<AVFrame, FreeFrame>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeCodec>;
using ScalerPtr = std::unique_ptr<SwsContext, FreeScaler>;

/// True when one of `flag` is among `flags`; FFmpeg's are signed numbers.
[[nodiscard]] constexpr bool Has(int flags, int flag) noexcept {
    return (static_cast<unsigned int>(flags) & static_cast<unsigned int>(flag)) != 0;
}

/// As above, for pixel formats.
[[nodiscard]] constexpr bool Has(std::uint64_t flags, int flag) noexcept {
    return (flags & static_cast<std::uint64_t>(flag)) != 0;
}

/// In milliseconds.
[[nodiscard]] inline std::int64_t Milliseconds(std::int64_t time, AVRational unit) noexcept {
    return av_rescale_q(time, unit, {.num = 1, .den = 1000});
}

/// FFmpeg's words for an error number.
[[nodiscard]] std::string FfmpegError(int number);

/// A refusal of the media itself: kUnsupported (or `code`) with a stable reason and a sentence.
[[nodiscard]] Unexpected Refuse(
    std::string_view reason, std::string message, ErrorCode code = ErrorCode::kUnsupported
);

}  // namespace notify
