#pragma once

// Whole reads and writes on the descriptors of the child protocol.

#include <cstddef>
#include <span>

#include "core/file.hpp"

namespace notify {

/// Writes all of it to a blocking socket or pipe; false when the other end is gone. No SIGPIPE from sockets.
[[nodiscard]] bool WriteAll(int fd, const void* bytes, std::size_t size) noexcept;

/// Reads exactly so many bytes; false when the stream ends before that.
[[nodiscard]] bool ReadAll(int fd, void* bytes, std::size_t size) noexcept;

/// Sends these bytes over a Unix socket with a descriptor beside them; false when not all went.
[[nodiscard]] bool SendWithDescriptor(
    int socket, std::span<std::byte> bytes, const UniqueFd& descriptor
) noexcept;

/// Fills `bytes` from a Unix socket, and gives the descriptor that came with them; one that is not open when
/// the stream ended before that or there was none.
[[nodiscard]] UniqueFd ReceiveWithDescriptor(int socket, std::span<std::byte> bytes) noexcept;

}  // namespace notify
