#pragma once

// The inside of the server: connections as stackful coroutines on one thread. Included by server/*.cpp alone:
// it holds Asio's and Beast's types.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "core/result.hpp"
#include "http/cross_origin.hpp"
#include "http/message.hpp"
#include "http/server/client_stream.hpp"
#include "http/server/header_rules.hpp"
#include "http/server/server.hpp"

namespace notify {

/// One client. Of the edge's thread alone.
struct Connection {
    Connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls, std::size_t most)
        : stream(std::move(socket), tls), buffer(most) {
        boost::system::error_code gone;
        peer = stream.Tcp().socket().remote_endpoint(gone).address().to_string();
    }

    ClientStream stream;
    std::string peer;  ///< Its address.
    boost::beast::flat_buffer buffer;
    bool answering = false;  ///< A whole request is here and its answer is not sent yet.
};

/// Its members are of the edge's thread alone unless they are atomic.
class Server::Edge {
public:
    Edge(ServerSettings settings, Handler handler, Admit admit);

    ~Edge() { Stop(); }

    Edge(const Edge&) = delete;
    Edge& operator=(const Edge&) = delete;

    Result<void> Start();
    Result<void> Present(const TlsIdentity& identity);
    void Stop();

    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

private:
    using Yield = boost::asio::yield_context;
    using Head = boost::beast::http::response<boost::beast::http::empty_body>;

    /// Somebody who listens, and what is waited for while nothing happens.
    struct Stream {
        const EventStream* events;
        boost::asio::steady_timer quiet;
    };

    /// A stream is listed while this lives.
    struct Listed {
        Listed(std::list<Stream>& streams, Stream added)
            : all(streams), stream(all.insert(all.end(), std::move(added))) {}

        ~Listed() { all.erase(stream); }

        Listed(const Listed&) = delete;
        Listed& operator=(const Listed&) = delete;

        std::list<Stream>& all;
        std::list<Stream>::iterator stream;
    };

    /// What became of work for the pool.
    enum class Work : std::uint8_t { kDone, kTooMany, kFailed };

    // server.cpp: from the first connection to the last
    Result<void> Listen();
    void Accept(const Yield& yield);
    void Serve(boost::asio::ip::tcp::socket socket);
    void ServeAll(Connection& connection, const Yield& yield);
    void CloseAll(bool answering_too);

    // receive.cpp: from bytes to a request
    bool ServeOne(Connection& connection, const Yield& yield);
    bool ReadHeader(Connection& connection, Parser& parser, Request& request, const Yield& yield);
    [[nodiscard]] std::chrono::milliseconds TimeForBody(std::uint64_t bytes) const;
    bool ReadBody(Connection& connection, Parser& parser, const Request& request, const Yield& yield);
    bool Refuse(Connection& connection, const Request& request, const Response& refusal, const Yield& yield);
    Admission AdmissionOf(const Request& request, const Yield& yield);
    Response Handled(Request& request, const std::string& id, const Yield& yield);
    bool Answer(Connection& connection, Request& request, bool keep_alive, const Yield& yield);

    // send.cpp: from a response to bytes
    bool Send(
        Connection& connection,
        const Request& request,
        const Response& response,
        bool keep_alive,
        const Yield& yield
    );
    static bool SendHead(Connection& connection, Head& head, const Yield& yield);
    bool SendWhole(Connection& connection, Head head, std::string_view body, const Yield& yield) const;
    bool SendBytes(Connection& connection, const ByteStream& bytes, const Yield& yield);
    Result<std::string> NextPiece(const EventStream& events, const Yield& yield);
    void SendEvents(Connection& connection, const EventStream& events, const Yield& yield);
    void WakeStreams(const Yield& yield);

    /// Runs `work` on the pool while the coroutine waits, unless too much waits there already.
    Work OnPool(const std::function<void()>& work, const Yield& yield);

    ServerSettings settings_;
    CrossOrigin cross_origin_;
    Handler handler_;
    Admit admit_;
    boost::asio::io_context io_{1};
    boost::asio::thread_pool pool_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer patience_;  ///< With answers that are still being sent when the server stops.
    std::atomic<std::shared_ptr<boost::asio::ssl::context>>
        tls_;  ///< Of the next connection; null in the clear.
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::stop_source stop_;  ///< Of the handlers that run.
    std::atomic<int> waiting_ = 0;
    std::set<Connection*> connections_;  ///< Each is owned by its coroutine.
    std::list<Stream> streams_;          ///< Likewise, while it is sent.
    std::thread thread_;
};

}  // namespace notify
