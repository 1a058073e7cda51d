#pragma once

// FFmpeg's handles, owned. Included by media's own .cpp files only.

#include <memory>
#include <string>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
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

/// FFmpeg's words for an error number.
[[nodiscard]] std::string FfmpegError(int number);

/// A refusal of the media itself: kUnsupported (or `code`) with a stable reason and a sentence.
[[nodiscard]] Unexpected Refuse(
    std::string_view reason, std::string message, ErrorCode code = ErrorCode::kUnsupported
);

}  // namespace notify
