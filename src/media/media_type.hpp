#pragma once

// From FFmpeg's description of a container to ours.

#include <string_view>

#include "media/ffmpeg.hpp"
#include "media/probe.hpp"

namespace notify {

/// Describes an opened container; `video` may be null. `start`: the file's first bytes (signature.hpp).
[[nodiscard]] MediaInfo DescribeMedia(
    const AVFormatContext& format, const AVStream* video, std::string_view start
);

}  // namespace notify
