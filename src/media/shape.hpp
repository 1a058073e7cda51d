#pragma once

// From coded pictures to what a screen shows: rows that are no picture, and pixels that are no squares.

#include "media/ffmpeg.hpp"
#include "media/probe.hpp"

namespace notify {

/// Rows above the picture that carry the vertical blanking: 32 (26) of IMX's 608 (512), else 0.
[[nodiscard]] int BlankRows(const AVCodecParameters& codec) noexcept;

/// How wide a pixel of the video is by its height, its blank rows apart. 1/1 where the container says
/// nothing, or nothing between 1/4 and 4/1.
[[nodiscard]] Rational PixelAspect(const AVFormatContext& format, const AVStream& stream);

/// The width in square pixels of `coded` ones; the height stays as it is.
[[nodiscard]] int SquaredWidth(int coded, const Rational& aspect) noexcept;

/// The coded column at or before a column in square pixels.
[[nodiscard]] int CodedColumn(int squared, const Rational& aspect) noexcept;

}  // namespace notify
