#include "media/source_reader.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

namespace {

/// FFmpeg reads larger packets past the buffer: so much at most is read beside what is asked for.
constexpr int kBufferBytes = 64 * 1024;

}  // namespace

SourceReader::SourceReader(ByteSource& bytes, std::stop_token stop) : bytes_(bytes), stop_(std::move(stop)) {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) {
        return;
    }
    io_ = avio_alloc_context(buffer, kBufferBytes, 0, this, &Read, nullptr, &Seek);
    if (io_ == nullptr) {
        av_free(buffer);
    }
}

SourceReader::~SourceReader() {
    if (io_ != nullptr) {
        av_freep(reinterpret_cast<void*>(&io_->buffer));
        avio_context_free(&io_);
    }
}

AVIOInterruptCB SourceReader::Interrupt() noexcept {
    return {
        .callback =
            [](void* self) { return static_cast<SourceReader*>(self)->stop_.stop_requested() ? 1 : 0; },
        .opaque = this,
    };
}

std::optional<Error> SourceReader::TakeError() {
    if (stop_.stop_requested()) {
        return Error{
            .code = ErrorCode::kStopped,
            .stage = "read",
            .reason = {},
            .retry_after = {},
            .message = "stopped while reading"
        };
    }
    return std::exchange(error_, std::nullopt);
}

int SourceReader::Read(void* self, std::uint8_t* into, int count) {
    auto& reader = *static_cast<SourceReader*>(self);
    if (reader.stop_.stop_requested()) {
        return AVERROR_EXIT;
    }
    const auto got = reader.bytes_.ReadAt(
        static_cast<std::uint64_t>(reader.position_),
        {reinterpret_cast<std::byte*>(into), static_cast<std::size_t>(count)}
    );
    if (!got) {
        reader.error_ = got.error();
        return AVERROR(EIO);
    }
    reader.position_ += static_cast<std::int64_t>(*got);
    return *got == 0 ? AVERROR_EOF : static_cast<int>(*got);
}

std::int64_t SourceReader::Seek(void* self, std::int64_t offset, int whence) {
    auto& reader = *static_cast<SourceReader*>(self);
    const auto size = static_cast<std::int64_t>(reader.bytes_.Size());
    std::int64_t from = 0;
    switch (static_cast<unsigned int>(whence) & ~static_cast<unsigned int>(AVSEEK_FORCE)) {
        case AVSEEK_SIZE:
            return size;
        case SEEK_SET:
            break;
        case SEEK_CUR:
            from = reader.position_;
            break;
        case SEEK_END:
            from = size;
            break;
        default:
            return AVERROR(EINVAL);
    }
    std::int64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) {
        return AVERROR(EINVAL);
    }
    reader.position_ = to;
    return to;
}

}  // namespace notify
