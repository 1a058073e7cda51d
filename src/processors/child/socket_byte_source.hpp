#pragma once

// The item's bytes through the parent, read ahead in pieces.

#include <cstdint>
#include <vector>

#include "core/byte_source.hpp"
#include "processors/child/channel.hpp"

namespace notify {

/// Used by the job's thread. The channel outlives it.
class SocketByteSource final : public ByteSource {
public:
    SocketByteSource(Channel& channel, std::uint64_t size) : channel_(channel), size_(size) {}

    [[nodiscard]] std::uint64_t Size() const override { return size_; }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override;

private:
    [[nodiscard]] Result<std::size_t> ReadPiece(std::uint64_t offset, std::span<std::byte> into);

    Channel& channel_;
    std::uint64_t size_;
    std::uint64_t held_at_ = 0;
    std::vector<std::byte> held_;
};

}  // namespace notify
