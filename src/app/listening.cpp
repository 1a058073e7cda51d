#include "app/listening.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/core.h>
#include <netdb.h>
#include <sys/socket.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

bool Lies(const IpAddress& address, std::string_view network) {
    const auto parsed = IpNetwork::Parse(network);
    return parsed && parsed->Contains(address);
}

}  // namespace

bool IsLoopback(std::string_view host) {
    const auto address = IpAddress::Parse(host);
    return address ? Lies(*address, "127.0.0.0/8") || Lies(*address, "::1/128") : host == "localhost";
}

std::string UrlOf(std::string_view scheme, std::string_view host, std::uint16_t port) {
    const auto address = IpAddress::Parse(host);
    if (address && *address == IpAddress::V4(0)) {
        host = "127.0.0.1";
    } else if (address && Lies(*address, "::/128")) {
        host = "::1";
    }
    const bool is_v6 = host.find(':') != std::string_view::npos;
    return fmt::format("{}://{}{}{}:{}", scheme, is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

Result<void> CheckPort(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto* const numeric = host == "localhost" ? "127.0.0.1" : host.c_str();
    if (::getaddrinfo(numeric, std::to_string(port).c_str(), &hints, &found) != 0) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("HOST '{}' is no IP address", host));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    const UniqueFd fd(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;  // as the service does: connections that wait for their end do not hold the port
    // NOLINTNEXTLINE(misc-include-cleaner): sys/socket.h is where POSIX has them
    ::setsockopt(fd.Get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (::bind(fd.Get(), found->ai_addr, found->ai_addrlen) == 0) {
        return {};
    }
    switch (errno) {
        case EADDRINUSE:
            return Fail(
                ErrorCode::kUnavailable,
                fmt::format("another program listens on {} port {}; set PORT to a free one", host, port)
            );
        case EADDRNOTAVAIL:
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("{} is no address of this machine; set HOST to one, or to 127.0.0.1", host)
            );
        default:
            return Unexpected(SystemError(errno, fmt::format("listen on {} port {}", host, port)));
    }
}

}  // namespace notify
