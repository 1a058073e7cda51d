#include "app/control_socket.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <list>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/json.hpp"
#include "core/log.hpp"

namespace notify {

namespace {

constexpr std::uint32_t kMaxMessage = 96U << 20U;  // a request may carry photos as base 64
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

/// Answers the one call of a connection; a client that breaks off is its own loss.
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
    boost::json::object reply;
    if (answer) {
        reply = {{"status", answer->status}, {"body", answer->body}};
    } else {
        reply = {
            {"status", 500}, {"body", ToJsonText(boost::json::object{{"detail", answer.error().message}})}
        };
    }
    if (auto sent = SendMessage(fd, reply); !sent) {
        Log(LogLevel::kDebug, "control answer not sent", {{"error", sent.error().message}});
    }
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
    std::list<std::jthread> calls;
    while (!stop.stop_requested()) {
        pollfd ready{.fd = listener_.Get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 100) != 1) {
            continue;
        }
        UniqueFd client(::accept4(listener_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client.IsOpen()) {
            continue;
        }
        const timeval patience{.tv_sec = 120, .tv_usec = 0};
        ::setsockopt(client.Get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        if (calls.size() >= 16) {
            calls.pop_front();
        }
        calls.emplace_back([this, fd = std::move(client)] { Answer(fd.Get(), dispatch_); });
    }
}

Result<ApiAnswer> CallService(const std::filesystem::path& path, const ApiCall& call) {
    auto address = Address(path);
    auto fd = Socket();
    if (!address || !fd) {
        return Unexpected(address ? fd.error() : address.error());
    }
    if (::connect(fd->Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
        const auto code =
            errno == ECONNREFUSED || errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
        return Fail(code, fmt::format("no service answers at {}", path.native()));
    }
    auto sent =
        SendMessage(fd->Get(), {{"method", call.method}, {"target", call.target}, {"body", call.body}});
    if (!sent) {
        return Unexpected(sent.error());
    }
    return ReceiveMessage(fd->Get()).map([](const boost::json::object& reply) {
        const auto* const status = reply.if_contains("status");
        const bool known = status != nullptr && status->is_int64();
        return ApiAnswer{
            .status = known ? static_cast<int>(status->get_int64()) : 500, .body = Text(reply, "body")
        };
    });
}

}  // namespace notify
