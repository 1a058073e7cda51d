#include "processors/child/socket_byte_source.hpp"

#include <algorithm>
#include <cstring>

namespace notify {

namespace {

constexpr std::size_t kPiece = 256U << 10U;

}  // namespace

Result<std::size_t> SocketByteSource::ReadAt(std::uint64_t offset, std::span<std::byte> into) {
    if (offset >= size_ || into.empty()) {
        return std::size_t{0};
    }
    if (into.size() >= kPiece) {
        return channel_.Read(offset, into);
    }
    if (offset < held_at_ || offset >= held_at_ + held_.size()) {
        held_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, size_ - offset)));
        const auto got = channel_.Read(offset, held_);
        if (!got) {
            held_.clear();
            return got;
        }
        held_.resize(*got);
        held_at_ = offset;
    }
    const auto skip = static_cast<std::size_t>(offset - held_at_);
    const auto count = std::min(into.size(), held_.size() - skip);
    std::memcpy(into.data(), held_.data() + skip, count);
    return count;
}

}  // namespace notify
