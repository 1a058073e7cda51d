#pragma once

// Whole reads and writes on the descriptors of the child protocol.

#include <cstddef>

namespace notify {

/// Writes all of it to a blocking socket or pipe; false when the other end is gone. No SIGPIPE from sockets.
[[nodiscard]] bool WriteAll(int fd, const void* bytes, std::size_t size) noexcept;

/// Reads exactly so many bytes; false when the stream ends before that.
[[nodiscard]] bool ReadAll(int fd, void* bytes, std::size_t size) noexcept;

}  // namespace notify
