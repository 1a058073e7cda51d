#include "processors/protocol/descriptor_io.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include <asm-generic/socket.h>
#include <bits/types/struct_iovec.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/file.hpp"

namespace notify {

namespace {

/// A message of these bytes with room for one descriptor beside them. It refers to itself: not to be moved.
struct DescriptorMessage {
    explicit DescriptorMessage(std::span<std::byte> bytes)
        : part{.iov_base = bytes.data(), .iov_len = bytes.size()} {
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }

    ~DescriptorMessage() = default;
    DescriptorMessage(const DescriptorMessage&) = delete;
    DescriptorMessage& operator=(const DescriptorMessage&) = delete;

    iovec part;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
};

}  // namespace

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

bool SendWithDescriptor(int socket, std::span<std::byte> bytes, const UniqueFd& descriptor) noexcept {
    DescriptorMessage with(bytes);
    auto* rights = CMSG_FIRSTHDR(&with.message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = descriptor.Get();
    std::memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
    return std::cmp_equal(::sendmsg(socket, &with.message, MSG_NOSIGNAL), bytes.size());
}

UniqueFd ReceiveWithDescriptor(int socket, std::span<std::byte> bytes) noexcept {
    DescriptorMessage with(bytes);
    const auto got = ::recvmsg(socket, &with.message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    const auto* rights = got > 0 ? CMSG_FIRSTHDR(&with.message) : nullptr;
    if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) {
        return {};
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
    UniqueFd descriptor(fd);
    return std::cmp_equal(got, bytes.size()) ? std::move(descriptor) : UniqueFd();
}

}  // namespace notify
