#include "http/server/server.hpp"

#include <exception>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include "core/log.hpp"
#include "http/server/edge.hpp"

// NOLINTBEGIN(misc-include-cleaner): what is used of Asio and Beast comes with edge.hpp
// NOLINTBEGIN(bugprone-unused-return-value): Asio gives an error twice

namespace notify {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

}  // namespace

Server::Edge::Edge(ServerSettings settings, Handler handler, Admit admit)
    : settings_(std::move(settings)),
      cross_origin_(settings_.origins),
      handler_(std::move(handler)),
      admit_(std::move(admit)),
      pool_(static_cast<std::size_t>(settings_.handler_threads)),
      acceptor_(io_),
      patience_(io_) {}

Result<void> Server::Edge::Start() {
    if (thread_.joinable()) {
        return {};
    }
    if (auto listening = Listen(); !listening) {
        return listening;
    }
    asio::spawn(io_, [this](const Yield& yield) { Accept(yield); }, asio::detached);
    asio::spawn(io_, [this](const Yield& yield) { WakeStreams(yield); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return {};
}

Result<void> Server::Edge::Listen() {
    error_code error;
    const auto address =
        asio::ip::make_address(settings_.host == "localhost" ? "127.0.0.1" : settings_.host, error);
    if (error) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("HOST '{}' is no IP address", settings_.host));
    }
    const tcp::endpoint endpoint(address, settings_.port);
    const auto failed = [&](std::string_view doing) {
        return Fail(
            ErrorCode::kUnavailable,
            fmt::format("cannot {} {} port {}: {}", doing, settings_.host, settings_.port, error.message())
        );
    };
    if (acceptor_.open(endpoint.protocol(), error); error) {
        return failed("open");
    }
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (acceptor_.bind(endpoint, error); error) {
        return failed("listen on");
    }
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error); error) {
        return failed("listen on");
    }
    port_ = acceptor_.local_endpoint(error).port();
    return {};
}

Result<void> Server::Edge::Present(const TlsIdentity& identity) {
    return MakeTlsContext(identity).map([&](const auto& context) { tls_ = context; });
}

void Server::Edge::Stop() {
    if (!thread_.joinable()) {
        return;
    }
    stopping_ = true;
    stop_.request_stop();
    asio::post(io_, [this] {
        error_code ignored;
        acceptor_.close(ignored);
        CloseAll(false);
        patience_.expires_after(settings_.stop_timeout);
        patience_.async_wait([this](const error_code& cancelled) {
            if (!cancelled) {
                CloseAll(true);
            }
        });
        if (connections_.empty()) {
            patience_.cancel();
        }
    });
    thread_.join();  // it ends when the last connection has
    pool_.join();
}

void Server::Edge::CloseAll(bool answering_too) {
    for (auto& stream : streams_) {
        stream.quiet.cancel();
    }
    for (auto* connection : connections_) {
        if (answering_too || !connection->answering) {
            connection->stream.Tcp().close();  // its coroutine wakes with an error and ends
        }
    }
}

void Server::Edge::Accept(const Yield& yield) {
    while (!stopping_) {
        error_code error;
        tcp::socket socket(io_);
        acceptor_.async_accept(socket, yield[error]);
        if (stopping_) {
            return;
        }
        if (error) {
            asio::steady_timer pause(io_, std::chrono::milliseconds(50));  // out of descriptors, most likely
            pause.async_wait(yield[error]);
            continue;
        }
        if (connections_.size() < static_cast<std::size_t>(settings_.max_connections)) {
            Serve(std::move(socket));
        }  // else it is closed at once
    }
}

void Server::Edge::Serve(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);  // an answer is whole when it is written
    const auto tls = tls_.load();
    // shared by the coroutine and by what runs after it, which asio copies
    const auto connection =
        std::make_shared<Connection>(std::move(socket), tls.get(), settings_.max_header_bytes + (64U << 10U));
    connections_.insert(connection.get());
    asio::spawn(
        io_,
        [this, connection](const Yield& yield) {
            ServeAll(*connection, yield);
            error_code already_gone;
            connection->stream.Tcp().socket().shutdown(tcp::socket::shutdown_both, already_gone);
        },
        [this, connection](const std::exception_ptr& failure) {
            if (failure) {
                Log(LogLevel::kError, "a connection was dropped: serving it threw");
            }
            connections_.erase(connection.get());
            if (stopping_ && connections_.empty()) {
                patience_.cancel();
            }
        }
    );
}

void Server::Edge::ServeAll(Connection& connection, const Yield& yield) {
    auto& tcp_stream = connection.stream.Tcp();
    tcp_stream.expires_after(settings_.header_timeout);
    if (!connection.stream.Greet(yield)) {
        return;
    }
    while (!stopping_ && ServeOne(connection, yield)) {
    }
    tcp_stream.expires_after(settings_.header_timeout);
    connection.stream.SayFarewell(yield);
}

Server::Server(ServerSettings settings, Handler handler, Admit admit)
    : edge_(std::make_unique<Edge>(std::move(settings), std::move(handler), std::move(admit))) {}

Server::~Server() = default;

Result<void> Server::Start() {
    return edge_->Start();
}

Result<void> Server::Present(const TlsIdentity& identity) {
    return edge_->Present(identity);
}

void Server::Stop() {
    edge_->Stop();
}

std::uint16_t Server::Port() const noexcept {
    return edge_->Port();
}

}  // namespace notify

// NOLINTEND(bugprone-unused-return-value)
// NOLINTEND(misc-include-cleaner)
