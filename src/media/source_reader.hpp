#pragma once

// FFmpeg's view of a ByteSource.

#include <cstdint>
#include <optional>
#include <stop_token>

#include "core/byte_source.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

/// FFmpeg keeps its address: it neither moves nor is it copied. The ByteSource outlives it. Not thread-safe.
class SourceReader final {
public:
    SourceReader(ByteSource& bytes, std::stop_token stop);
    ~SourceReader();
    SourceReader(const SourceReader&) = delete;
    SourceReader& operator=(const SourceReader&) = delete;

    /// What FFmpeg reads through; null when there was no memory for it.
    [[nodiscard]] AVIOContext* Io() const noexcept { return io_; }

    /// Ends FFmpeg's waits once a stop is requested.
    [[nodiscard]] AVIOInterruptCB Interrupt() noexcept;

    [[nodiscard]] ByteSource& Source() const noexcept { return bytes_; }

    /// kStopped when a stop is requested, else the error of the ByteSource since the last call: FFmpeg only
    /// says "I/O error".
    [[nodiscard]] std::optional<Error> TakeError();

private:
    static int Read(void* self, std::uint8_t* into, int count);
    static std::int64_t Seek(void* self, std::int64_t offset, int whence);

    ByteSource& bytes_;
    std::stop_token stop_;
    std::int64_t position_ = 0;
    std::optional<Error> error_;
    AVIOContext* io_ = nullptr;
};

}  // namespace notify
