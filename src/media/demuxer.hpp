#pragma once

// A container opened over a ByteSource, and nothing else: no protocol, no other file.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "media/ffmpeg.hpp"
#include "media/probe.hpp"
#include "media/source_reader.hpp"

namespace notify {

/// Not thread-safe. The ByteSource outlives it.
class Demuxer final {
public:
    /// Opens and reads the headers; errors as Probe says.
    [[nodiscard]] static Result<std::unique_ptr<Demuxer>> Open(
        ByteSource& bytes, const MediaLimits& limits, std::stop_token stop
    );

    ~Demuxer();
    Demuxer(const Demuxer&) = delete;
    Demuxer& operator=(const Demuxer&) = delete;

    [[nodiscard]] AVFormatContext& Format() const noexcept { return *format_; }

    /// The first video stream that is no cover picture, or null.
    [[nodiscard]] AVStream* Video() const noexcept { return video_; }

    [[nodiscard]] const MediaInfo& Info() const noexcept { return info_; }

    /// As SourceReader::TakeError says.
    [[nodiscard]] std::optional<Error> TakeReadError() { return reader_.TakeError(); }

private:
    Demuxer(ByteSource& bytes, std::stop_token stop);
    [[nodiscard]] Result<void> OpenFormat(const MediaLimits& limits);
    [[nodiscard]] Result<void> FindStreams(const MediaLimits& limits);
    [[nodiscard]] Unexpected WhyNotOpened(int error);
    void ChooseVideo();
    [[nodiscard]] Result<void> TurnPhoto(VideoStream& video);

    SourceReader reader_;
    bool refers_outside_ = false;  ///< FFmpeg wanted to open something besides the ByteSource.
    AVFormatContext* format_ = nullptr;
    AVStream* video_ = nullptr;
    std::string start_;
    MediaInfo info_;
};

}  // namespace notify
