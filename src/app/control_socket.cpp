#include "app/control_socket.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <list>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/core.h>
#include <poll.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/api_call.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"

namespace notify {

namespace {

constexpr std::uint32_t kMaxMessage = 96U << 20U;  // a request may carry photos as base 64
constexpr std::size_t kMaxCalls = 16;
static_assert(std::endian::native == std::endian::little);

Result<sockaddr_un> Address(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof(address.sun_path)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "{} is too long for a socket ({} bytes at most); choose a shorter DATA_DIR",
                path.native(),
                sizeof(address.sun_path) - 1
            )
        );
    }
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    return address;
}

Result<UniqueFd> Socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return fd.IsOpen() ? Result<UniqueFd>(std::move(fd)) : Unexpected(SystemError(errno, "make a socket"));
}

Result<void> SendAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return Unexpected(SystemError(errno, "write to the control socket"));
        }
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return {};
}

Result<void> ReceiveAll(int fd, std::span<char> into) {
    while (!into.empty()) {
        const auto got = ::recv(fd, into.data(), into.size(), 0);
        if (got == 0) {
            return Fail(ErrorCode::kUnavailable, "the other side of the control socket closed it");
        }
        if (got < 0 && errno != EINTR) {
            return Unexpected(SystemError(errno, "read from the control socket"));
        }
        into = into.subspan(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    return {};
}

Result<void> SendMessage(int fd, const boost::json::object& message) {
    const auto text = ToJsonText(message);
    std::array<char, 4> length{};
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(length.data(), &size, length.size());
    return SendAll(fd, {length.data(), length.size()}).and_then([&] { return SendAll(fd, text); });
}

Result<boost::json::object> ReceiveMessage(int fd) {
    std::array<char, 4> length{};
    if (auto got = ReceiveAll(fd, length); !got) {
        return Unexpected(got.error());
    }
    std::uint32_t size = 0;
    std::memcpy(&size, length.data(), length.size());
    if (size > kMaxMessage) {
        return Fail(
            ErrorCode::kTooLarge, fmt::format("a message of {} bytes; {} are allowed", size, kMaxMessage)
        );
    }
    std::string text(size, '\0');
    if (auto got = ReceiveAll(fd, text); !got) {
        return Unexpected(got.error());
    }
    auto value = ParseJson(text);
    if (!value || !value->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "a message that is no JSON object");
    }
    return value->get_object();
}

std::string Text(const boost::json::object& object, std::string_view member) {
    const auto* const value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

boost::json::object Reply(int status, std::string_view sentence) {
    return {{"status", status}, {"body", ToJsonText(boost::json::object{{"detail", sentence}})}};
}

/// Answers the one call of a connection; a client that breaks off is its own loss.
/// What is no text, an artifact, goes in base 64.
boost::json::object ReplyOf(const ApiAnswer& answer) {
    boost::json::object reply{{"status", answer.status}};
    if (IsUtf8(answer.body)) {
        reply["body"] = answer.body;
    } else {
        reply["base64"] = ToBase64(answer.body);
    }
    return reply;
}

void Answer(int fd, const ApiDispatch& dispatch) {
    const auto message = ReceiveMessage(fd);
    if (!message) {
        return;
    }
    const auto answer = dispatch(
        {.method = Text(*message, "method"),
         .target = Text(*message, "target"),
         .body = Text(*message, "body")}
    );
    const auto reply = answer ? ReplyOf(*answer) : Reply(500, answer.error().message);
    if (auto sent = SendMessage(fd, reply); !sent) {
        Log(LogLevel::kDebug, "control answer not sent", {{"error", sent.error().message}});
    }
}

/// A client that neither sends nor reads is given up after two minutes.
void SetPatience(int fd) {
    // NOLINTBEGIN(misc-include-cleaner): sys/socket.h is where POSIX has them
    const timeval patience{.tv_sec = 120, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    // NOLINTEND(misc-include-cleaner)
}

/// Its call is not read; what is sent here fits the socket's buffer.
void Refuse(int fd) {
    static_cast<void>(SendMessage(
        fd, Reply(503, fmt::format("the service is answering {} commands already; try again soon", kMaxCalls))
    ));
}

/// A call that is received or answered on a thread of its own, which uses the other two.
struct RunningCall {
    UniqueFd client;
    std::atomic<bool> has_ended = false;
    std::jthread thread;
};

Unexpected NotReached(int number, const std::filesystem::path& path) {
    if (number == EACCES || number == EPERM) {
        return Fail(
            ErrorCode::kForbidden,
            fmt::format(
                "{} may not be used by this user; run the command as the user of the service", path.native()
            )
        );
    }
    const bool absent = number == ECONNREFUSED || number == ENOENT || number == ENOTDIR;
    return absent ? Fail(ErrorCode::kNotFound, fmt::format("no service answers at {}", path.native()))
                  : Unexpected(SystemError(number, fmt::format("reach the service at {}", path.native())));
}

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::Listen(
    const std::filesystem::path& path, ApiDispatch dispatch
) {
    auto address = Address(path);
    auto fd = Socket();
    if (!address || !fd) {
        return Unexpected(address ? fd.error() : address.error());
    }
    ::unlink(path.c_str());
    const auto previous_mask = ::umask(0177);
    const auto bound = ::bind(fd->Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address));
    const int number = errno;
    ::umask(previous_mask);
    if (bound != 0 || ::listen(fd->Get(), 16) != 0) {
        return Unexpected(
            SystemError(bound != 0 ? number : errno, fmt::format("listen on {}", path.native()))
        );
    }
    return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(*fd), path, std::move(dispatch)));
}

ControlSocket::ControlSocket(UniqueFd listener, std::filesystem::path path, ApiDispatch dispatch)
    : listener_(std::move(listener)),
      path_(std::move(path)),
      dispatch_(std::move(dispatch)),
      thread_([this](const std::stop_token& stop) { Serve(stop); }) {}

ControlSocket::~ControlSocket() {
    thread_.request_stop();
    thread_.join();
    ::unlink(path_.c_str());
}

void ControlSocket::Serve(const std::stop_token& stop) {
    std::list<RunningCall> calls;
    while (!stop.stop_requested()) {
        pollfd ready{.fd = listener_.Get(), .events = POLLIN, .revents = 0};
        const bool called = ::poll(&ready, 1, 100) == 1;
        calls.remove_if([](const RunningCall& call) { return call.has_ended.load(); });
        UniqueFd client(called ? ::accept4(listener_.Get(), nullptr, nullptr, SOCK_CLOEXEC) : -1);
        if (!client.IsOpen()) {
            continue;
        }
        SetPatience(client.Get());
        if (calls.size() >= kMaxCalls) {
            Refuse(client.Get());
            continue;
        }
        auto& call = calls.emplace_back();
        call.client = std::move(client);
        call.thread = std::jthread([this, &call] {
            Answer(call.client.Get(), dispatch_);
            call.has_ended = true;
        });
    }
    for (const auto& call : calls) {
        ::shutdown(call.client.Get(), SHUT_RD);
    }
}

Result<ApiAnswer> CallService(const std::filesystem::path& path, const ApiCall& call) {
    auto address = Address(path);
    auto fd = Socket();
    if (!address || !fd) {
        return Unexpected(address ? fd.error() : address.error());
    }
    if (::connect(fd->Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
        return NotReached(errno, path);
    }
    const auto sent =
        SendMessage(fd->Get(), {{"method", call.method}, {"target", call.target}, {"body", call.body}});
    auto reply = ReceiveMessage(fd->Get());  // also when not all was taken: a refusal comes before that
    if (!reply) {
        return Unexpected(sent ? reply.error() : sent.error());
    }
    const auto* const status = reply->if_contains("status");
    const bool known = status != nullptr && status->is_int64();
    auto body = reply->contains("base64") ? FromBase64(Text(*reply, "base64")) : Text(*reply, "body");
    return std::move(body).map([&](std::string bytes) {
        return ApiAnswer{
            .status = known ? static_cast<int>(status->get_int64()) : 500, .body = std::move(bytes)
        };
    });
}

}  // namespace notify
