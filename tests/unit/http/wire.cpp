#include "unit/http/wire.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace notify::testing {

Wire::Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.Get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.Get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

void Wire::Free::operator()(SSL* tls) const noexcept {
    SSL_free(tls);
}

bool Wire::Secure(const std::string& ca_file, int version) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free
    );
    SSL_CTX_set_security_level(context.get(), version == 0 ? 2 : 0);  // old versions are below the usual one
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    if (!ca_file.empty()) {
        SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(context.get()), "127.0.0.1");
    }
    tls_.reset(SSL_new(context.get()));
    SSL_set_fd(tls_.get(), socket_.Get());
    return SSL_connect(tls_.get()) == 1;
}

std::string Wire::Sha256OfPeer() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(SSL_get0_peer_certificate(tls_.get()), EVP_sha256(), digest.data(), &size);
    std::string text;
    for (unsigned at = 0; at < size; ++at) {
        text += fmt::format("{:02x}", digest.at(at));
    }
    return text;
}

bool Wire::WasToldFarewell() const {
    return (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool Wire::Send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_.Get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Wire::ReadMore() {
    std::array<char, 65536> piece{};
    const auto count = tls_ ? SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()))
                            : ::recv(socket_.Get(), piece.data(), piece.size(), 0);
    if (count > 0) {
        got_.append(piece.data(), static_cast<std::size_t>(count));
    }
    return count > 0;
}

std::optional<WireAnswer> Wire::Receive(bool head) {
    const auto top = ReceiveUntil("\r\n\r\n");
    if (!top.ends_with("\r\n\r\n") || top.size() < 12) {
        return std::nullopt;
    }
    WireAnswer answer{.status = std::atoi(top.substr(9, 3).c_str()), .headers = {}, .body = {}};
    for (auto at = top.find("\r\n") + 2; at + 2 < top.size();) {
        const auto end = top.find("\r\n", at);
        const auto colon = top.find(": ", at);
        auto name = top.substr(at, colon - at);
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        answer.headers[name] = top.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    const auto found = answer.headers.find("content-length");
    const auto length =
        head || found == answer.headers.end() ? 0 : std::strtoull(found->second.c_str(), nullptr, 10);
    while (got_.size() < length) {
        if (!ReadMore()) {
            return std::nullopt;
        }
    }
    answer.body = got_.substr(0, length);
    got_.erase(0, length);
    return answer;
}

WireAnswer Wire::Ask(std::string_view bytes) {
    Send(bytes);
    return Receive().value_or(WireAnswer{});
}

std::string Wire::ReceiveUntil(std::string_view text) {
    auto at = got_.find(text);
    while (at == std::string::npos) {
        if (!ReadMore()) {
            return std::exchange(got_, {});
        }
        at = got_.find(text);
    }
    auto taken = got_.substr(0, at + text.size());
    got_.erase(0, taken.size());
    return taken;
}

bool Wire::IsClosed() {
    errno = 0;
    while (ReadMore()) {
        got_.clear();
    }
    return errno != EAGAIN;
}

std::string Get(std::string_view target, std::string_view lines) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", target, lines);
}

std::string Post(std::string_view target, std::string_view body, std::string_view lines) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n{}\r\n{}", target, body.size(), lines, body
    );
}

}  // namespace notify::testing
