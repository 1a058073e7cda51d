// From a response to bytes.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "core/log.hpp"
#include "http/server/edge.hpp"

// NOLINTBEGIN(misc-include-cleaner): what is used of Asio and Beast comes with edge.hpp

namespace notify {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto kEventPoll = std::chrono::milliseconds(100);
constexpr auto kEventKeepAlive = std::chrono::seconds(15);
constexpr std::size_t kStreamPiece = 256U << 10U;

bool HasBody(int status) {
    return status != 204 && status != 304;
}

http::response<http::empty_body> HeadOf(const Request& request, const Response& response) {
    http::response<http::empty_body> head(static_cast<http::status>(response.status), 11);
    if (HasBody(response.status) && !response.content_type.empty()) {
        head.set(http::field::content_type, response.content_type);
    }
    head.set(http::field::server, "notifications-api");
    head.set("X-Content-Type-Options", "nosniff");
    head.set("Referrer-Policy", "no-referrer");
    head.set("Cache-Control", "no-store");
    head.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    if (!request.id.empty()) {
        head.set("X-Request-Id", request.id);
    }
    for (const auto& [name, value] : response.headers) {
        head.set(name, value);
    }
    return head;
}

}  // namespace

Server::Edge::Work Server::Edge::OnPool(const std::function<void()>& work, const Yield& yield) {
    if (waiting_.fetch_add(1) >= settings_.max_waiting) {
        --waiting_;
        return Work::kTooMany;
    }
    auto outcome = Work::kDone;
    const auto begin = [&](auto resume) {
        asio::post(pool_, [&, busy = asio::make_work_guard(io_), resume = std::move(resume)]() mutable {
            try {
                work();
            } catch (const std::exception& failure) {
                outcome = Work::kFailed;
                Log(LogLevel::kError, "a handler threw", {{"error", failure.what()}});
            }
            --waiting_;
            asio::post(io_, std::move(resume));
        });
    };
    asio::async_initiate<const Yield&, void()>(begin, yield);
    return outcome;
}

bool Server::Edge::SendHead(Connection& connection, Head& head, const Yield& yield) {
    http::response_serializer<http::empty_body> serializer(head);
    error_code error;
    http::async_write_header(connection.stream, serializer, yield[error]);
    return !error;
}

bool Server::Edge::Send(
    Connection& connection,
    const Request& request,
    const Response& response,
    bool keep_alive,
    const Yield& yield
) {
    auto head = HeadOf(request, response);
    for (const auto& [name, value] : cross_origin_.HeadersFor(request.Header("origin"))) {
        head.set(name, value);
    }
    connection.stream.Tcp().expires_after(settings_.idle_timeout);
    if (response.events) {
        head.keep_alive(false);
        if (SendHead(connection, head, yield) && request.method != "HEAD") {
            SendEvents(connection, *response.events, yield);
        }
        return false;
    }
    head.keep_alive(keep_alive);
    if (HasBody(response.status)) {
        head.content_length(response.bytes ? response.bytes->length : response.body.size());
    }
    if (request.method == "HEAD" || !HasBody(response.status)) {
        return SendHead(connection, head, yield) && keep_alive;
    }
    if (response.bytes) {
        return SendHead(connection, head, yield) && SendBytes(connection, *response.bytes, yield) &&
               keep_alive;
    }
    return SendWhole(connection, std::move(head), response.body, yield) && keep_alive;
}

/// In one write: each is a packet, and wakes the client.
bool Server::Edge::SendWhole(
    Connection& connection, Head head, std::string_view body, const Yield& yield
) const {
    const http::response<http::span_body<const char>> whole(
        std::move(head.base()), boost::beast::span<const char>(body.data(), body.size())
    );
    http::response_serializer<http::span_body<const char>> serializer(whole);
    error_code error;
    connection.stream.Tcp().expires_after(settings_.body_timeout);
    http::async_write(connection.stream, serializer, yield[error]);
    return !error;
}

/// False when the promised length could not be kept: the connection is cut then, which the client notices.
bool Server::Edge::SendBytes(Connection& connection, const ByteStream& bytes, const Yield& yield) {
    std::uint64_t sent = 0;
    while (sent < bytes.length) {
        Result<std::string> piece;
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(kStreamPiece, bytes.length - sent));
        if (OnPool([&] { piece = bytes.read(bytes.offset + sent, want); }, yield) != Work::kDone || !piece ||
            piece->empty() || piece->size() > want) {
            return false;
        }
        error_code error;
        connection.stream.Tcp().expires_after(settings_.idle_timeout);
        asio::async_write(connection.stream, asio::buffer(*piece), yield[error]);
        if (error) {
            return false;
        }
        sent += piece->size();
    }
    return true;
}

/// What is new for a stream; "" also when too much waits for the pool.
Result<std::string> Server::Edge::NextPiece(const EventStream& events, const Yield& yield) {
    auto at_hand = events.at_hand ? events.at_hand() : Result<std::optional<std::string>>(std::nullopt);
    if (!at_hand || *at_hand) {
        return at_hand.map([](auto& piece) { return std::move(*piece); });
    }
    Result<std::string> piece;
    if (OnPool([&] { piece = events.next(); }, yield) == Work::kFailed) {
        return Fail(ErrorCode::kInternal, "the stream threw");
    }
    return piece;
}

void Server::Edge::SendEvents(Connection& connection, const EventStream& events, const Yield& yield) {
    const Listed listed(streams_, {.events = &events, .quiet = asio::steady_timer(io_)});
    auto last_sent = std::chrono::steady_clock::now();
    error_code error;
    while (!stopping_ && !error) {
        auto piece = NextPiece(events, yield);
        if (!piece || stopping_) {
            return;
        }
        if (piece->empty()) {
            auto& quiet = listed.stream->quiet;
            quiet.expires_at(last_sent + kEventKeepAlive);
            error_code woken;
            quiet.async_wait(yield[woken]);
            if (woken) {  // there may be news, or the server stops
                continue;
            }
            piece = ": still here\n\n";
        }
        last_sent = std::chrono::steady_clock::now();
        connection.stream.Tcp().expires_after(settings_.idle_timeout);
        asio::async_write(connection.stream, asio::buffer(*piece), yield[error]);
    }
}

void Server::Edge::WakeStreams(const Yield& yield) {
    asio::steady_timer pause(io_);
    while (!stopping_) {
        pause.expires_after(kEventPoll);
        error_code ignored;
        pause.async_wait(yield[ignored]);
        for (auto& stream : streams_) {
            if (stopping_ || !stream.events->has_news || stream.events->has_news()) {
                stream.quiet.cancel();
            }
        }
    }
}

}  // namespace notify

// NOLINTEND(misc-include-cleaner)
