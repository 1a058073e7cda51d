#include "media/frame_pictures.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace notify {

namespace {

struct Size {
    int width;
    int height;
};

/// Formats of MJPEG say full range by their name; swscale wants it as a setting.
AVPixelFormat PlainFormat(int format, bool& full_range) {
    switch (format) {
        case AV_PIX_FMT_YUVJ420P:
            full_range = true;
            return AV_PIX_FMT_YUV420P;
        case AV_PIX_FMT_YUVJ422P:
            full_range = true;
            return AV_PIX_FMT_YUV422P;
        case AV_PIX_FMT_YUVJ444P:
            full_range = true;
            return AV_PIX_FMT_YUV444P;
        default:
            return static_cast<AVPixelFormat>(format);
    }
}

ScalerPtr Scaler(ScalerPtr kept, const AVFrame& frame, Size from, Size to, AVPixelFormat out) {
    bool full_range = frame.color_range == AVCOL_RANGE_JPEG;
    const auto in = PlainFormat(frame.format, full_range);
    const int flags = from.width == to.width ? SWS_POINT | SWS_ACCURATE_RND : SWS_FAST_BILINEAR;
    ScalerPtr scaler(sws_getCachedContext(
        kept.release(),
        from.width,
        from.height,
        in,
        to.width,
        to.height,
        out,
        flags,
        nullptr,
        nullptr,
        nullptr
    ));
    if (scaler != nullptr) {
        const bool hd = frame.colorspace == AVCOL_SPC_BT709 ||
                        (frame.colorspace == AVCOL_SPC_UNSPECIFIED && frame.height > 576);
        const int* table = sws_getCoefficients(hd ? SWS_CS_ITU709 : SWS_CS_ITU601);
        sws_setColorspaceDetails(scaler.get(), table, full_range ? 1 : 0, table, 1, 0, 1 << 16, 1 << 16);
    }
    return scaler;
}

Result<Picture> Convert(
    SwsContext* scaler,
    const std::array<const std::uint8_t*, 4>& planes,
    const AVFrame& frame,
    int height,
    Size to
) {
    if (scaler == nullptr) {
        return Fail(
            ErrorCode::kUnsupported,
            fmt::format("frames of pixel format {} cannot be converted", static_cast<int>(frame.format))
        );
    }
    // swscale writes whole vectors: rows end on a multiple of 32 bytes in a buffer with room behind
    const int stride = (to.width * 3 + 63) / 32 * 32;
    std::vector<std::uint8_t> padded(
        static_cast<std::size_t>(stride) * static_cast<std::size_t>(to.height) + 64
    );
    std::array<std::uint8_t*, 4> out{padded.data(), nullptr, nullptr, nullptr};
    std::array<int, 4> strides{stride, 0, 0, 0};
    sws_scale(scaler, planes.data(), frame.linesize, 0, height, out.data(), strides.data());
    Picture picture{.width = to.width, .height = to.height, .order = PixelOrder::kBgr, .bytes = {}};
    picture.bytes.resize(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height) * 3);
    for (int y = 0; y < to.height; ++y) {
        std::copy_n(
            padded.data() + std::ptrdiff_t{y} * stride,
            to.width * 3,
            picture.bytes.data() + std::ptrdiff_t{y} * to.width * 3
        );
    }
    return picture;
}

/// `rectangle` of the upright picture in the coordinates of the coded one, whose size is given.
Rectangle Unrotated(const Rectangle& r, int rotation, Size coded) {
    switch (rotation) {
        case 90:
            return {r.y, coded.height - r.x - r.width, r.height, r.width};
        case 180:
            return {coded.width - r.x - r.width, coded.height - r.y - r.height, r.width, r.height};
        case 270:
            return {coded.width - r.y - r.height, r.x, r.height, r.width};
        default:
            return r;
    }
}

}  // namespace

std::pair<int, int> FramePictures::FullSize(const AVFrame& frame) const noexcept {
    const bool sideways = rotation_ == 90 || rotation_ == 270;
    return sideways ? std::pair(frame.height, frame.width) : std::pair(frame.width, frame.height);
}

Result<Picture> FramePictures::Analysis(const AVFrame& frame, int long_side) {
    const double shrink = std::min(1.0, static_cast<double>(long_side) / std::max(frame.width, frame.height));
    const Size to{
        std::max(2, static_cast<int>(frame.width * shrink + 0.5)),
        std::max(2, static_cast<int>(frame.height * shrink + 0.5))
    };
    auto& scaler = analysis_[long_side];
    scaler = Scaler(std::move(scaler), frame, {frame.width, frame.height}, to, AV_PIX_FMT_BGR24);
    const std::array<const std::uint8_t*, 4> planes{
        frame.data[0], frame.data[1], frame.data[2], frame.data[3]
    };
    return Convert(scaler.get(), planes, frame, frame.height, to).map([&](Picture picture) {
        return Rotated(std::move(picture), rotation_);
    });
}

Result<Picture> FramePictures::Region(const AVFrame& frame, const Rectangle& rectangle) {
    const auto [width, height] = FullSize(frame);
    const auto upright = Clip(rectangle, width, height);
    const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    if (upright.width == 0 || upright.height == 0 || format == nullptr) {
        return Fail(ErrorCode::kInvalidArgument, "the rectangle lies outside the frame");
    }
    const auto wanted = Unrotated(upright, rotation_, {frame.width, frame.height});
    // begin on a whole chroma sample; paletted and packed formats without plane steps are cut from their
    // first column
    const int left = wanted.x & ~((1 << format->log2_chroma_w) - 1);
    const int top = wanted.y & ~((1 << format->log2_chroma_h) - 1);
    const Size cut{wanted.x + wanted.width - left, wanted.y + wanted.height - top};
    std::array<int, 4> steps{};
    av_image_fill_max_pixsteps(steps.data(), nullptr, format);
    std::array<const std::uint8_t*, 4> planes{frame.data[0], frame.data[1], frame.data[2], frame.data[3]};
    const bool palette = (format->flags & AV_PIX_FMT_FLAG_PAL) != 0;
    for (std::size_t plane = 0; plane < 4 && planes.at(plane) != nullptr && !(palette && plane == 1);
         ++plane) {
        const bool chroma = (plane == 1 || plane == 2) && (format->flags & AV_PIX_FMT_FLAG_RGB) == 0;
        planes.at(plane) +=
            std::ptrdiff_t{top >> (chroma ? format->log2_chroma_h : 0)} * frame.linesize[plane] +
            std::ptrdiff_t{left >> (chroma ? format->log2_chroma_w : 0)} * steps.at(plane);
    }
    region_ = Scaler(std::move(region_), frame, cut, cut, AV_PIX_FMT_RGB24);
    auto whole = Convert(region_.get(), planes, frame, cut.height, cut);
    if (!whole) {
        return whole;
    }
    Picture picture{.width = wanted.width, .height = wanted.height, .order = PixelOrder::kRgb, .bytes = {}};
    picture.bytes.reserve(
        static_cast<std::size_t>(wanted.width) * static_cast<std::size_t>(wanted.height) * 3
    );
    for (int y = wanted.y - top; y < wanted.y - top + wanted.height; ++y) {
        const auto* row = whole->bytes.data() + (std::ptrdiff_t{y} * cut.width + (wanted.x - left)) * 3;
        picture.bytes.insert(picture.bytes.end(), row, row + std::ptrdiff_t{wanted.width} * 3);
    }
    return Rotated(std::move(picture), rotation_);
}

}  // namespace notify
