#include "http/server/server.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "core/log.hpp"
#include "core/ulid.hpp"
#include "http/problem.hpp"
#include "http/server/header_rules.hpp"

namespace notify {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Stream = beast::tcp_stream;
using boost::system::error_code;

constexpr auto kEventPoll = std::chrono::milliseconds(250);
constexpr auto kEventKeepAlive = std::chrono::seconds(15);
constexpr std::size_t kStreamPiece = 256U << 10U;

}  // namespace

class Server::Edge {
public:
    Edge(
        ServerSettings settings,
        Handler handler,
        std::function<std::size_t(std::string_view, std::string_view)> body_limit
    )
        : settings_(std::move(settings)),
          handler_(std::move(handler)),
          body_limit_(std::move(body_limit)),
          pool_(static_cast<std::size_t>(settings_.handler_threads)),
          acceptor_(io_) {}

    ~Edge() { Stop(); }

    Edge(const Edge&) = delete;
    Edge& operator=(const Edge&) = delete;

    Result<void> Start();
    void Stop();

    std::uint16_t Port() const noexcept { return port_; }

private:
    void Accept(const asio::yield_context& yield);
    void Session(Stream& stream, const asio::yield_context& yield);
    bool ServeOne(Stream& stream, beast::flat_buffer& buffer, const asio::yield_context& yield);
    bool Refuse(
        Stream& stream,
        int status,
        std::string_view code,
        std::string_view detail,
        const asio::yield_context& yield
    );
    template <class Work>
    bool OnPool(Work&& work, const asio::yield_context& yield);
    bool Send(
        Stream& stream,
        const Request& request,
        Response& response,
        bool keep_alive,
        const asio::yield_context& yield
    );
    bool SendHead(Stream& stream, http::response<http::empty_body>& head, const asio::yield_context& yield);
    bool SendBytes(Stream& stream, const ByteStream& bytes, const asio::yield_context& yield);
    void SendEvents(Stream& stream, const EventStream& events, const asio::yield_context& yield);

    ServerSettings settings_;
    Handler handler_;
    std::function<std::size_t(std::string_view, std::string_view)> body_limit_;
    asio::io_context io_{1};
    asio::thread_pool pool_;
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    int connections_ = 0;
    std::atomic<int> waiting_ = 0;
    std::thread thread_;
};

Result<void> Server::Edge::Start() {
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
    asio::spawn(io_, [this](const asio::yield_context& yield) { Accept(yield); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return {};
}

void Server::Edge::Stop() {
    if (!thread_.joinable()) {
        return;
    }
    stopping_ = true;
    asio::post(io_, [this] {
        error_code ignored;
        acceptor_.close(ignored);
    });
    pool_.join();
    io_.stop();
    thread_.join();
}

void Server::Edge::Accept(const asio::yield_context& yield) {
    while (!stopping_) {
        error_code error;
        tcp::socket socket(io_);
        acceptor_.async_accept(socket, yield[error]);
        if (error) {
            if (stopping_) {
                return;
            }
            asio::steady_timer pause(io_, std::chrono::milliseconds(50));  // out of descriptors, most likely
            pause.async_wait(yield[error]);
            continue;
        }
        if (connections_ >= settings_.max_connections) {
            continue;  // closed at once
        }
        ++connections_;
        asio::spawn(
            io_,
            [this, stream = std::make_shared<Stream>(std::move(socket))](const asio::yield_context& inner) {
                Session(*stream, inner);
                error_code ignored;
                stream->socket().shutdown(tcp::socket::shutdown_both, ignored);
                --connections_;
            },
            asio::detached
        );
    }
}

void Server::Edge::Session(Stream& stream, const asio::yield_context& yield) {
    beast::flat_buffer buffer(settings_.max_header_bytes + (64U << 10U));
    while (!stopping_ && ServeOne(stream, buffer, yield)) {
    }
}

bool Server::Edge::Refuse(
    Stream& stream,
    int status,
    std::string_view code,
    std::string_view detail,
    const asio::yield_context& yield
) {
    auto response = ProblemOf(status, code, detail, "");
    static_cast<void>(Send(stream, Request{}, response, false, yield));
    return false;
}

/// Runs `work` on the pool while the coroutine waits; false when too much waits there already.
template <class Work>
bool Server::Edge::OnPool(Work&& work, const asio::yield_context& yield) {
    if (waiting_.fetch_add(1) >= settings_.max_waiting) {
        --waiting_;
        return false;
    }
    asio::steady_timer done(io_, asio::steady_timer::time_point::max());
    bool finished = false;
    asio::post(pool_, [&] {
        work();
        --waiting_;
        asio::post(io_, [&] {
            finished = true;
            done.cancel();
        });
    });
    error_code ignored;
    while (!finished) {
        done.async_wait(yield[ignored]);
    }
    return true;
}

bool Server::Edge::ServeOne(Stream& stream, beast::flat_buffer& buffer, const asio::yield_context& yield) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(settings_.max_header_bytes));
    parser.body_limit(boost::none);
    error_code error;
    stream.expires_after(buffer.size() > 0 ? settings_.header_timeout : settings_.idle_timeout);
    if (buffer.size() == 0) {  // a quiet connection may idle; once it speaks, it has to finish its header
        const auto room = buffer.prepare(1);
        buffer.commit(stream.async_read_some(room, yield[error]));
        if (error) {
            return false;
        }
        stream.expires_after(settings_.header_timeout);
    }
    http::async_read_header(stream, buffer, parser, yield[error]);
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return Refuse(stream, 431, "too_large", "the request's header is larger than 16 kB", yield);
    }
    if (error == beast::error::timeout || error == http::error::end_of_stream ||
        (error && error.category() != http::make_error_code(http::error::bad_target).category())) {
        return false;
    }
    if (error || IsAmbiguous(parser, settings_.max_header_fields)) {
        return Refuse(stream, 400, "invalid_argument", "the request is malformed", yield);
    }
    Request request;
    request.id = MakeId("req");
    request.method = std::string(parser.get().method_string());
    if (auto target = SetTarget(request, std::string_view(parser.get().target())); !target) {
        return Refuse(stream, 400, "invalid_argument", target.error().message, yield);
    }
    parser.body_limit(body_limit_(request.method, request.path));
    stream.expires_after(settings_.body_timeout);
    if (Lower(parser.get()[http::field::expect]) == "100-continue") {
        http::response<http::empty_body> go_on(http::status::continue_, 11);
        http::async_write(stream, go_on, yield[error]);
    }
    http::async_read(stream, buffer, parser, yield[error]);
    if (error == http::error::body_limit) {
        return Refuse(stream, 413, "too_large", "the request's body is larger than is allowed here", yield);
    }
    if (error && error.category() == http::make_error_code(http::error::bad_chunk).category()) {
        return Refuse(stream, 400, "invalid_argument", "the request's body is malformed", yield);
    }
    if (error) {
        return false;
    }
    for (const auto& field : parser.get()) {
        request.headers[Lower(field.name_string())] = std::string(field.value());
    }
    const bool keep_alive = parser.get().keep_alive();
    request.body = std::move(parser.get().body());
    Response response;
    stream.expires_never();
    if (!OnPool([&] { response = handler_(request); }, yield)) {
        response =
            ProblemOf(503, "unavailable", "too many requests wait already; try again soon", request.id);
    }
    return Send(stream, request, response, keep_alive && !stopping_, yield);
}

bool Server::Edge::SendHead(
    Stream& stream, http::response<http::empty_body>& head, const asio::yield_context& yield
) {
    http::response_serializer<http::empty_body> serializer(head);
    error_code error;
    http::async_write_header(stream, serializer, yield[error]);
    return !error;
}

bool Server::Edge::Send(
    Stream& stream,
    const Request& request,
    Response& response,
    bool keep_alive,
    const asio::yield_context& yield
) {
    http::response<http::empty_body> head(static_cast<http::status>(response.status), 11);
    head.set(http::field::content_type, response.content_type);
    head.set(http::field::server, "notifications-api");
    head.set("X-Content-Type-Options", "nosniff");
    head.set("Referrer-Policy", "no-referrer");
    head.set("Cache-Control", "no-store");
    if (!request.id.empty()) {
        head.set("X-Request-Id", request.id);
    }
    for (const auto& [name, value] : response.headers) {
        head.set(name, value);
    }
    stream.expires_after(settings_.idle_timeout);
    if (response.events) {
        head.keep_alive(false);
        if (SendHead(stream, head, yield) && request.method != "HEAD") {
            SendEvents(stream, *response.events, yield);
        }
        return false;
    }
    head.keep_alive(keep_alive);
    if (response.status != 204) {
        head.content_length(response.bytes ? response.bytes->length : response.body.size());
    }
    if (!SendHead(stream, head, yield)) {
        return false;
    }
    if (request.method == "HEAD" || response.status == 204) {
        return keep_alive;
    }
    if (response.bytes) {
        return SendBytes(stream, *response.bytes, yield) && keep_alive;
    }
    error_code error;
    stream.expires_after(settings_.body_timeout);
    asio::async_write(stream, asio::buffer(response.body), yield[error]);
    return !error && keep_alive;
}

bool Server::Edge::SendBytes(Stream& stream, const ByteStream& bytes, const asio::yield_context& yield) {
    std::uint64_t sent = 0;
    while (sent < bytes.length) {
        Result<std::string> piece;
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(kStreamPiece, bytes.length - sent));
        if (!OnPool([&] { piece = bytes.read(bytes.offset + sent, want); }, yield) || !piece ||
            piece->empty()) {
            return false;  // the promised length cannot be kept: the connection is cut, which the client
                           // notices
        }
        error_code error;
        stream.expires_after(settings_.idle_timeout);
        asio::async_write(stream, asio::buffer(*piece), yield[error]);
        if (error) {
            return false;
        }
        sent += piece->size();
    }
    return true;
}

void Server::Edge::SendEvents(Stream& stream, const EventStream& events, const asio::yield_context& yield) {
    auto last_sent = std::chrono::steady_clock::now();
    error_code error;
    while (!stopping_ && !error) {
        Result<std::string> fresh;
        if (!OnPool([&] { fresh = events.next(); }, yield) || !fresh) {
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        if (fresh->empty() && now - last_sent > kEventKeepAlive) {
            fresh = ": still here\n\n";
        }
        if (!fresh->empty()) {
            last_sent = now;
            stream.expires_after(settings_.idle_timeout);
            asio::async_write(stream, asio::buffer(*fresh), yield[error]);
        }
        asio::steady_timer pause(io_, kEventPoll);
        pause.async_wait(yield[error]);
    }
}

Server::Server(
    ServerSettings settings,
    Handler handler,
    std::function<std::size_t(std::string_view, std::string_view)> body_limit
)
    : edge_(std::make_unique<Edge>(std::move(settings), std::move(handler), std::move(body_limit))) {}

Server::~Server() = default;

Result<void> Server::Start() {
    return edge_->Start();
}

void Server::Stop() {
    edge_->Stop();
}

std::uint16_t Server::Port() const noexcept {
    return edge_->Port();
}

}  // namespace notify
