#pragma once

// A ByteSource over an open file: what local items and handed-over descriptors are read through.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/byte_source.hpp"
#include "core/file.hpp"

namespace notify {

/// Reads a regular file with pread. Owns the descriptor.
class FileByteSource final : public ByteSource {
public:
    /// kInvalidArgument when the descriptor is no regular file.
    [[nodiscard]] static Result<FileByteSource> Make(UniqueFd fd);

    FileByteSource(const FileByteSource&) = delete;
    FileByteSource& operator=(const FileByteSource&) = delete;

    FileByteSource(FileByteSource&& other) noexcept : fd_(std::move(other.fd_)), size_(other.size_) {}

    FileByteSource& operator=(FileByteSource&&) = delete;
    ~FileByteSource() override = default;

    [[nodiscard]] std::uint64_t Size() const override { return size_; }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override;

private:
    FileByteSource(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}

    UniqueFd fd_;
    std::uint64_t size_ = 0;
};

}  // namespace notify
