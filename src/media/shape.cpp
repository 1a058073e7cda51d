#include "media/shape.hpp"

#include <algorithm>
#include <cstdint>

#include "media/ffmpeg.hpp"
#include "media/probe.hpp"

namespace notify {

namespace {

constexpr int kMostAspect = 4;

int Bounded(std::int64_t value) noexcept {
    return static_cast<int>(std::clamp<std::int64_t>(value, 0, 0x7FFF'FFFF));
}

}  // namespace

// SMPTE ST 386: D-10 stores 608 or 512 rows, of which the last 576 or 486 are shown.
int BlankRows(const AVCodecParameters& codec) noexcept {
    if (codec.codec_id != AV_CODEC_ID_MPEG2VIDEO || codec.width != 720) {
        return 0;
    }
    return codec.height == 608 ? 608 - 576 : codec.height == 512 ? 512 - 486 : 0;
}

Rational PixelAspect(const AVFormatContext& format, const AVStream& stream) {
    auto aspect = av_guess_sample_aspect_ratio(
        const_cast<AVFormatContext*>(&format), const_cast<AVStream*>(&stream), nullptr
    );
    const auto& codec = *stream.codecpar;
    if (const int blank = BlankRows(codec); blank > 0 && aspect.num > 0) {
        // it was computed as if every row were shown
        av_reduce(
            &aspect.num,
            &aspect.den,
            std::int64_t{aspect.num} * (codec.height - blank),
            std::int64_t{aspect.den} * codec.height,
            0x7FFF'FFFF
        );
    }
    const bool plausible = aspect.num > 0 && aspect.den > 0 &&
                           std::int64_t{aspect.num} <= std::int64_t{aspect.den} * kMostAspect &&
                           std::int64_t{aspect.den} <= std::int64_t{aspect.num} * kMostAspect;
    return plausible ? Rational{.numerator = aspect.num, .denominator = aspect.den} : Rational{};
}

int SquaredWidth(int coded, const Rational& aspect) noexcept {
    const auto twice = std::int64_t{coded} * aspect.numerator * 2 + aspect.denominator;
    return Bounded(twice / (std::int64_t{aspect.denominator} * 2));
}

int CodedColumn(int squared, const Rational& aspect) noexcept {
    return Bounded(std::int64_t{squared} * aspect.denominator / aspect.numerator);
}

}  // namespace notify
