#include "unit/delivery/receiver.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace notify::testing {

namespace {

/// Waits until `socket` can be read; false when a stop was asked for.
bool WaitReadable(int socket, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 20) > 0) {
            return true;
        }
    }
    return false;
}

bool SendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

ReceivedRequest Head(std::string_view text) {
    ReceivedRequest request;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        const auto colon = line.find(": ");
        if (request.line.empty()) {
            request.line = line;
        } else if (colon != std::string_view::npos) {
            std::string name(line.substr(0, colon));
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            request.headers[name] = line.substr(colon + 2);
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return request;
}

/// Reads a whole request; one without a line when the other side went away.
ReceivedRequest ReadRequest(int socket, const std::stop_token& stop) {
    std::string bytes;
    std::array<char, 65536> piece{};
    std::size_t wanted = std::string::npos;
    ReceivedRequest request;
    while (bytes.size() < wanted && WaitReadable(socket, stop)) {
        const auto got = ::recv(socket, piece.data(), piece.size(), 0);
        if (got <= 0) {
            return {};
        }
        bytes.append(piece.data(), static_cast<std::size_t>(got));
        const auto head = bytes.find("\r\n\r\n");
        if (wanted == std::string::npos && head != std::string::npos) {
            request = Head(std::string_view(bytes).substr(0, head));
            const auto length = request.headers.find("content-length");
            wanted = head + 4 + (length == request.headers.end() ? 0 : std::stoul(length->second));
        }
        if (wanted != std::string::npos && bytes.size() >= wanted) {
            request.body = bytes.substr(head + 4);
        }
    }
    return request;
}

}  // namespace

Answer Status(int status, std::string_view body, std::string_view headers) {
    return {
        .bytes =
            fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body)
    };
}

Receiver::Receiver(Script script)
    : script_(std::move(script)), listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listening_.Get(), generic, length) == 0 && ::listen(listening_.Get(), 64) == 0 &&
        ::getsockname(listening_.Get(), generic, &length) == 0) {
        port_ = ntohs(address.sin_port);
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
}

Receiver::~Receiver() {
    thread_.request_stop();
    thread_.join();
}

std::string Receiver::Url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::size_t Receiver::Connections() const {
    const std::scoped_lock lock(mutex_);
    return connections_;
}

std::vector<ReceivedRequest> Receiver::WaitFor(std::size_t count) const {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(20), [&] { return received_.size() >= count; });
    return {
        received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(std::min(count, received_.size()))
    };
}

std::vector<ReceivedRequest> Receiver::Received() const {
    const std::scoped_lock lock(mutex_);
    return received_;
}

void Receiver::Serve(const std::stop_token& stop) {
    while (WaitReadable(listening_.Get(), stop)) {
        const UniqueFd socket(::accept(listening_.Get(), nullptr, nullptr));
        if (!socket.IsOpen()) {
            continue;
        }
        {
            const std::scoped_lock lock(mutex_);
            ++connections_;
        }
        ServeOne(socket.Get(), stop);
    }
}

void Receiver::ServeOne(int socket, const std::stop_token& stop) {
    auto request = ReadRequest(socket, stop);
    if (request.line.empty()) {
        return;
    }
    Answer answer;
    {
        const std::scoped_lock lock(mutex_);
        received_.push_back(request);
        answer = script_(request, received_.size());
    }
    came_.notify_all();
    bool open = SendAll(socket, answer.bytes);
    const std::string piece(answer.after == Answer::After::kEndless ? 65536 : 1, 'x');
    while (open && answer.after != Answer::After::kClose && !stop.stop_requested()) {
        pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
        if (answer.after != Answer::After::kEndless && ::poll(&ready, 1, 20) > 0) {
            return;  // the other side went away
        }
        open = answer.after == Answer::After::kHang || SendAll(socket, piece);
    }
}

}  // namespace notify::testing
