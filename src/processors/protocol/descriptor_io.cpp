#include "processors/protocol/descriptor_io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

namespace notify {

bool WriteAll(int fd, const void* bytes, std::size_t size) noexcept {
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
        auto written = ::send(fd, at, size, MSG_NOSIGNAL);
        if (written < 0 && errno == ENOTSOCK) {
            written = ::write(fd, at, size);
        }
        if (written < 0 && errno != EINTR) {
            return false;
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        at += count;
        size -= count;
    }
    return true;
}

bool ReadAll(int fd, void* bytes, std::size_t size) noexcept {
    auto* at = static_cast<char*>(bytes);
    while (size > 0) {
        const auto got = ::read(fd, at, size);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        at += count;
        size -= count;
    }
    return true;
}

}  // namespace notify
