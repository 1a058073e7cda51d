#pragma once

// From FFmpeg's description of a container to ours.

#include <cstdint>

#include "media/ffmpeg.hpp"
#include "media/probe.hpp"

namespace notify {

/// Describes an opened container; `video` may be null.
[[nodiscard]] MediaInfo DescribeMedia(const AVFormatContext& format, const AVStream* video);

/// Clockwise degrees (0, 90, 180, 270) that a display matrix of nine 32-bit numbers turns a picture by; 0 for
/// null.
[[nodiscard]] int RotationOf(const std::uint8_t* matrix);

}  // namespace notify
