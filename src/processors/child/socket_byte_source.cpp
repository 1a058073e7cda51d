#include "processors/child/socket_byte_source.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::size_t kPiece = 256U << 10U;

}  // namespace

Result<std::size_t> SocketByteSource::ReadAt(std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size() && offset + done < size_) {
        const auto rest = into.subspan(done);
        const auto got =
            rest.size() >= kPiece ? channel_.Read(offset + done, rest) : ReadPiece(offset + done, rest);
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got == 0) {
            break;  // the bytes became fewer
        }
        done += *got;
    }
    return done;
}

Result<std::size_t> SocketByteSource::ReadPiece(std::uint64_t offset, std::span<std::byte> into) {
    if (offset < held_at_ || offset >= held_at_ + held_.size()) {
        held_.resize(std::min<std::uint64_t>(kPiece, size_ - offset));
        const auto got = channel_.Read(offset, held_);
        held_.resize(got.value_or(0));
        if (!got || *got == 0) {
            return got;
        }
        held_at_ = offset;
    }
    const auto skip = offset - held_at_;
    const auto count = std::min(into.size(), held_.size() - skip);
    std::memcpy(into.data(), held_.data() + skip, count);
    return count;
}

}  // namespace notify
