#include "processors/child/channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <unistd.h>

#include "core/json.hpp"

namespace notify {

namespace {

constexpr std::size_t kMaxPart = 1U << 20U;
constexpr std::uint32_t kRead = 1;
constexpr std::uint32_t kBlob = 2;
constexpr std::uint32_t kBlobEnd = 3;

struct RequestHeader {
    std::uint32_t kind;
    std::uint32_t id;
    std::uint64_t offset;
    std::uint32_t length;
    std::uint32_t reserved;
};

struct ReplyHeader {
    std::uint32_t id;
    std::uint32_t status;
    std::uint32_t length;
    std::uint32_t reserved;
};

static_assert(sizeof(RequestHeader) == 24 && sizeof(ReplyHeader) == 16);

Unexpected Gone() { return Fail(ErrorCode::kUnavailable, "the service that started this processor is gone"); }

bool WriteAll(int fd, const void* bytes, std::size_t size) {
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
        const auto written = ::write(fd, at, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        at += std::max<ssize_t>(written, 0);
        size -= static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    }
    return true;
}

bool ReadAll(int fd, void* bytes, std::size_t size) {
    auto* at = static_cast<char*>(bytes);
    while (size > 0) {
        const auto got = ::read(fd, at, size);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        at += std::max<ssize_t>(got, 0);
        size -= static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    return true;
}

Error ErrorFromJson(std::string_view text) {
    const auto value = ParseJson(text);
    Error error{.code = ErrorCode::kUnavailable, .stage = "read", .message = "the item's bytes cannot be read"};
    if (value && value->is_object()) {
        const auto& object = value->get_object();
        const auto* code = object.if_contains("code");
        const auto* message = object.if_contains("message");
        error.code = code != nullptr && code->is_string() ? ErrorCodeFrom(code->get_string()).value_or(error.code) : error.code;
        error.message = message != nullptr && message->is_string() ? std::string(message->get_string()) : error.message;
    }
    return error;
}

}  // namespace

boost::json::object ErrorToJson(const Error& error) {
    return {
        {"code", ToString(error.code)}, {"stage", error.stage}, {"reason", error.reason}, {"message", error.message}
    };
}

Result<void> Channel::Say(const boost::json::object& line) const {
    const auto text = ToJsonText(line) + "\n";
    return WriteAll(lines_out_, text.data(), text.size()) ? Result<void>{} : Gone();
}

Result<std::size_t> Channel::Read(std::uint64_t offset, std::span<std::byte> into) {
    const auto length = static_cast<std::uint32_t>(std::min(into.size(), kMaxPart));
    const RequestHeader request{.kind = kRead, .id = next_id_++, .offset = offset, .length = length, .reserved = 0};
    ReplyHeader reply{};
    if (!WriteAll(frames_, &request, sizeof(request)) || !ReadAll(frames_, &reply, sizeof(reply))) {
        return Gone();
    }
    if (reply.id != request.id || reply.length > (reply.status == 0 ? length : kMaxPart)) {
        return Fail(ErrorCode::kInternal, "the service answered another read than was asked");
    }
    if (reply.status != 0) {
        std::string text(reply.length, '\0');
        return ReadAll(frames_, text.data(), text.size()) ? Unexpected(ErrorFromJson(text)) : Gone();
    }
    return ReadAll(frames_, into.data(), reply.length) ? Result<std::size_t>(reply.length) : Gone();
}

Result<void> Channel::SendBlob(std::string_view process, const OutputArtifact& artifact) {
    const auto id = next_id_++;
    std::string_view rest = artifact.bytes;
    std::uint64_t offset = 0;
    while (!rest.empty()) {
        const auto part = rest.substr(0, kMaxPart);
        const RequestHeader header{
            .kind = kBlob, .id = id, .offset = offset, .length = static_cast<std::uint32_t>(part.size()), .reserved = 0
        };
        if (!WriteAll(frames_, &header, sizeof(header)) || !WriteAll(frames_, part.data(), part.size())) {
            return Gone();
        }
        offset += part.size();
        rest.remove_prefix(part.size());
    }
    const auto end = ToJsonText(boost::json::object{
        {"process", process},
        {"name", artifact.name},
        {"media_type", artifact.media_type},
        {"sealed", artifact.sealed},
        {"size", artifact.bytes.size()},
    });
    const RequestHeader header{
        .kind = kBlobEnd, .id = id, .offset = offset, .length = static_cast<std::uint32_t>(end.size()), .reserved = 0
    };
    return WriteAll(frames_, &header, sizeof(header)) && WriteAll(frames_, end.data(), end.size()) ? Result<void>{} : Gone();
}

Result<UniqueFd> Channel::ReceiveDescriptor() const {
    ReplyHeader header{};
    iovec part{.iov_base = &header, .iov_len = sizeof(header)};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto got = ::recvmsg(frames_, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    const auto* found = CMSG_FIRSTHDR(&message);
    if (got != sizeof(header) || found == nullptr || found->cmsg_type != SCM_RIGHTS) {
        return Gone();
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(found), sizeof(fd));
    return UniqueFd(fd);
}

}  // namespace notify
