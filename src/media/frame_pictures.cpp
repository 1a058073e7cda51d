#include "media/frame_pictures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/combing.hpp"
#include "media/ffmpeg.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"
#include "media/shape.hpp"

namespace notify {

namespace {

int PowerOfTwo(unsigned int exponent) {
    return static_cast<int>(1U << exponent);
}

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

/// Where swscale begins to read, and its way from row to row.
struct Source {
    std::array<const std::uint8_t*, 4> planes{};
    std::array<int, 4> strides{};
};

/// The part of the frame that begins in that coded row and column, on whole chroma samples, mirrored or not,
/// and only every so many rows of it.
Source SourceOf(const AVFrame& frame, const Rectangle& cut, int row_step, bool mirrored) {
    const auto& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    std::array<int, 4> steps{};
    av_image_fill_max_pixsteps(steps.data(), nullptr, &format);
    const bool palette = Has(format.flags, AV_PIX_FMT_FLAG_PAL);
    const bool subsampled = !Has(format.flags, AV_PIX_FMT_FLAG_RGB);
    Source source;
    for (std::size_t plane = 0; plane < 4 && frame.data[plane] != nullptr; ++plane) {
        if (palette && plane == 1) {
            source.planes.at(plane) = frame.data[plane];
            continue;
        }
        const bool chroma = subsampled && (plane == 1 || plane == 2);
        const int row =
            (mirrored ? frame.height - 1 - cut.y : cut.y) / (chroma ? PowerOfTwo(format.log2_chroma_h) : 1);
        const int column = cut.x / (chroma ? PowerOfTwo(format.log2_chroma_w) : 1);
        source.planes.at(plane) = frame.data[plane] + std::ptrdiff_t{row} * frame.linesize[plane] +
                                  std::ptrdiff_t{column} * steps.at(plane);
        source.strides.at(plane) = (mirrored ? -row_step : row_step) * frame.linesize[plane];
    }
    return source;
}

/// `part` of the picture; inside it.
Picture PartOf(const Picture& all, const Rectangle& part) {
    Picture picture{.width = part.width, .height = part.height, .order = all.order, .bytes = {}};
    picture.bytes.reserve(static_cast<std::size_t>(part.width) * static_cast<std::size_t>(part.height) * 3);
    for (int y = part.y; y < part.y + part.height; ++y) {
        const auto* row = all.bytes.data() + (std::ptrdiff_t{y} * all.width + part.x) * 3;
        picture.bytes.insert(picture.bytes.end(), row, row + std::ptrdiff_t{part.width} * 3);
    }
    return picture;
}

/// `rectangle` of the upright picture in the coordinates of the one before it was turned, whose size is
/// given.
Rectangle Unrotated(const Rectangle& r, int rotation, int width, int height) {
    switch (rotation) {
        case 90:
            return {.x = r.y, .y = height - r.x - r.width, .width = r.height, .height = r.width};
        case 180:
            return {
                .x = width - r.x - r.width, .y = height - r.y - r.height, .width = r.width, .height = r.height
            };
        case 270:
            return {.x = width - r.y - r.height, .y = r.x, .width = r.height, .height = r.width};
        default:
            return r;
    }
}

/// Its rows show two moments in turn.
bool HasFields(const AVFrame& frame) noexcept {
    return frame.interlaced_frame != 0 && frame.height >= 4;
}

/// The coded pixels that a rectangle in square ones is made of. It begins on a whole chroma sample, with
/// fields on a row of the first, and where pixels share bytes in the first column.
Rectangle CodedAround(
    const Rectangle& wanted, const AVFrame& frame, const AVPixFmtDescriptor& format, const Rational& aspect
) {
    const int column = Has(format.flags, AV_PIX_FMT_FLAG_BITSTREAM) ? 0 : CodedColumn(wanted.x, aspect);
    const int row_step = std::max(PowerOfTwo(format.log2_chroma_h), HasFields(frame) ? 2 : 1);
    const int left = column - column % PowerOfTwo(format.log2_chroma_w);
    const int top = wanted.y - wanted.y % row_step;
    const int spare = aspect.numerator == aspect.denominator ? 0 : 2;  // for a column that begins between two
    const int right = std::min(CodedColumn(wanted.x + wanted.width, aspect) + spare, frame.width);
    return {.x = left, .y = top, .width = right - left, .height = wanted.y + wanted.height - top};
}

}  // namespace

/// A scaler for such frames; kept as long as they stay the same.
SwsContext* FramePictures::Scaler::For(const AVFrame& frame, Size from, Size to, PixelOrder order) {
    bool full_range = frame.color_range == AVCOL_RANGE_JPEG;
    const auto in = PlainFormat(frame.format, full_range);
    const bool hd = frame.colorspace == AVCOL_SPC_BT709 ||
                    (frame.colorspace == AVCOL_SPC_UNSPECIFIED && frame.height > 576);
    const std::array wanted{
        from.width,
        from.height,
        to.width,
        to.height,
        int{in},
        int{hd},
        int{full_range},
        int{order == PixelOrder::kBgr}
    };
    if (context != nullptr && made_for == wanted) {
        return context.get();
    }
    const bool as_it_is = from.width == to.width && from.height == to.height;
    const int flags = as_it_is ? SWS_POINT | SWS_ACCURATE_RND : SWS_FAST_BILINEAR;
    const auto out = order == PixelOrder::kBgr ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_RGB24;
    context.reset(sws_getContext(
        from.width, from.height, in, to.width, to.height, out, flags, nullptr, nullptr, nullptr
    ));
    if (context != nullptr) {
        const int* table = sws_getCoefficients(hd ? SWS_CS_ITU709 : SWS_CS_ITU601);
        sws_setColorspaceDetails(context.get(), table, full_range ? 1 : 0, table, 1, 0, 0x10000, 0x10000);
    }
    made_for = wanted;
    return context.get();
}

Result<Picture> FramePictures::Convert(
    Scaler& scaler, const AVFrame& frame, const Part& part, Size to, PixelOrder order
) {
    const auto& cut = part.cut;
    auto* context = scaler.For(frame, {.width = cut.width, .height = cut.height}, to, order);
    if (context == nullptr || av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format)) == nullptr) {
        return Fail(
            ErrorCode::kUnsupported,
            fmt::format("frames of pixel format {} cannot be converted", frame.format)
        );
    }
    const auto source = SourceOf(frame, cut, part.row_step, turn_.mirrored);
    // swscale writes whole vectors: rows end on a multiple of 32 bytes in a buffer with room behind
    const int stride = (to.width * 3 + 63) / 32 * 32;
    padded_.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(to.height) + 64);
    const std::array<std::uint8_t*, 4> out{padded_.data(), nullptr, nullptr, nullptr};
    const std::array<int, 4> strides{stride, 0, 0, 0};
    sws_scale(
        context, source.planes.data(), source.strides.data(), 0, cut.height, out.data(), strides.data()
    );
    Picture picture{.width = to.width, .height = to.height, .order = order, .bytes = {}};
    picture.bytes.resize(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height) * 3);
    for (int y = 0; y < to.height; ++y) {
        std::copy_n(
            padded_.data() + std::ptrdiff_t{y} * stride,
            to.width * 3,
            picture.bytes.data() + std::ptrdiff_t{y} * to.width * 3
        );
    }
    return picture;
}

FramePictures::Size FramePictures::SquaredSize(const AVFrame& frame) const noexcept {
    return {.width = std::max(SquaredWidth(frame.width, aspect_), 1), .height = frame.height};
}

std::pair<int, int> FramePictures::FullSize(const AVFrame& frame) const noexcept {
    const auto size = SquaredSize(frame);
    return turn_.Sideways() ? std::pair(size.height, size.width) : std::pair(size.width, size.height);
}

Result<Picture> FramePictures::Analysis(const AVFrame& frame, int long_side) {
    const auto full = SquaredSize(frame);
    const double shrink = std::min(1.0, static_cast<double>(long_side) / std::max(full.width, full.height));
    const Size to{
        .width = std::max(2, static_cast<int>(std::lround(full.width * shrink))),
        .height = std::max(2, static_cast<int>(std::lround(full.height * shrink)))
    };
    const int step = HasFields(frame) ? 2 : 1;
    const Part whole{
        .cut = {.x = 0, .y = 0, .width = frame.width, .height = frame.height / step}, .row_step = step
    };
    return Convert(analysis_[long_side], frame, whole, to, PixelOrder::kBgr).map([&](Picture picture) {
        return Rotated(std::move(picture), turn_.rotation);
    });
}

Result<Picture> FramePictures::Region(const AVFrame& frame, const Rectangle& rectangle) {
    const auto [width, height] = FullSize(frame);
    const auto upright = Clip(rectangle, width, height);
    const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    if (upright.width == 0 || upright.height == 0 || format == nullptr) {
        return Fail(ErrorCode::kInvalidArgument, "the rectangle lies outside the frame");
    }
    const auto full = SquaredSize(frame);
    const auto wanted = Unrotated(upright, turn_.rotation, full.width, full.height);
    const Rectangle cut = CodedAround(wanted, frame, *format, aspect_);
    const int left = wanted.x - SquaredWidth(cut.x, aspect_);
    const Size to{
        .width = std::max(SquaredWidth(cut.width, aspect_), left + wanted.width), .height = cut.height
    };
    return Convert(region_, frame, {.cut = cut}, to, PixelOrder::kRgb).map([&](Picture all) {
        if (HasFields(frame)) {
            MendCombs(all);
        }
        const Rectangle inside{
            .x = left, .y = wanted.y - cut.y, .width = wanted.width, .height = wanted.height
        };
        return Rotated(PartOf(all, inside), turn_.rotation);
    });
}

}  // namespace notify
