#pragma once

// What a file is, found from its bytes alone.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/byte_source.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"

namespace notify {

/// A fraction.
struct Rational {
    int numerator = 1;
    int denominator = 1;
};

struct VideoStream {
    std::string codec;
    int width = 0;   ///< In display pixels: squared, without blank rows, after rotation. 0 when not known.
    int height = 0;  ///< In display pixels; 0 when not known.
    std::string pixel_format;
    Timebase timebase;          ///< `start` 0 when the container gives no timecode.
    bool has_timecode = false;  ///< The container gives one.
    Rational sample_aspect;     ///< Width of a coded pixel by its height; pictures count as square.
    int rotation = 0;  ///< Clockwise degrees that the coded picture must be turned by: 0, 90, 180 or 270.
    bool mirrored = false;  ///< Top and bottom change places before it is turned.
    bool interlaced = false;
};

struct AudioStream {
    std::string codec;
    int channels = 0;     ///< 0 when not known.
    int sample_rate = 0;  ///< A second; 0 when not known.
};

struct MediaInfo {
    std::string container;         ///< FFmpeg's name: "mov,mp4,…".
    std::string media_type;        ///< "video/mp4", "image/jpeg", "audio/mpeg", ….
    std::int64_t duration_ms = 0;  ///< Of the video (else of the whole), as the header says; 0 when it does
                                   ///< not, and for images.
    std::int64_t start_ms = 0;  ///< The container's own time of its begin; frames count from 0 all the same.
    bool still_image = false;
    std::optional<VideoStream> video;
    std::vector<AudioStream> audio;
    int subtitles = 0;  ///< How many subtitle streams.
};

/// Bounds that are checked before anything is decoded.
struct MediaLimits {
    std::int64_t pixels = 268'000'000;  ///< Of one picture.
    int streams = 64;
    std::int64_t probe_bytes = std::int64_t{32} * 1024 * 1024;
};

/// Looks at the media without decoding it. Opens no file and makes no connection, whatever the bytes refer
/// to. kUnsupported with reason `empty`, `not_media`, `truncated` (the index at its end is missing),
/// `unsupported_media` (animated WebP), `outside_reference`; kTooLarge with `over_limit`; errors of `bytes`,
/// kStopped. Media without video is no error here: `video` is empty. Stage "probe".
[[nodiscard]] Result<MediaInfo> Probe(ByteSource& bytes, const MediaLimits& limits, std::stop_token stop);

}  // namespace notify
