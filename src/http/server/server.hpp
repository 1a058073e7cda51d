#pragma once

// The asynchronous edge: HTTP/1.1 over TCP, or over TLS. Handlers are plain functions on a bounded pool of
// threads.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "http/message.hpp"

namespace notify {

/// Who a server is: PEM texts.
struct TlsIdentity {
    std::string certificates;  ///< Its own, then those between it and its authority.
    std::string key;           ///< Without a passphrase. Never in a log or an error.

    bool operator==(const TlsIdentity&) const = default;
};

struct ServerSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one.
    int handler_threads = 4;
    int max_waiting = 128;         ///< Requests waiting for a handler; more are answered 503.
    int max_connections = 16'384;  ///< Event streams too; more are closed at once.
    std::size_t max_header_bytes = 16U << 10U;
    int max_header_fields = 100;
    std::chrono::milliseconds header_timeout{
        std::chrono::seconds(10)
    };  ///< From its first byte to its last; of a TLS handshake.
    /// For a body at most; a smaller one gets header_timeout and 1 ms for each byte.
    std::chrono::milliseconds body_timeout{std::chrono::seconds(120)};
    std::chrono::milliseconds idle_timeout{std::chrono::seconds(30)};
    std::chrono::milliseconds stop_timeout{std::chrono::seconds(5)};  ///< For answers still being sent.
    std::vector<std::string> origins;  ///< Whose pages may use the API in a browser: CrossOrigin.
};

/// Serves until stopped. One edge thread; connections and event streams hold none.
class Server final {
public:
    /// `admit` is asked before a body is read, `handler` when the whole request is here.
    Server(ServerSettings settings, Handler handler, Admit admit);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and starts. Idempotent; not to be started again after Stop. kInvalidArgument for a host that is
    /// no address, kUnavailable when the port is taken.
    [[nodiscard]] Result<void> Start();

    /// To connections that come from now on it speaks TLS 1.2 or newer and nothing else, as `identity`; those
    /// that are open go on. Without it, in the clear. kInvalidArgument, and nothing changed, when the key is
    /// not the certificate's or OpenSSL does not take them. Thread-safe.
    [[nodiscard]] Result<void> Present(const TlsIdentity& identity);

    /// Accepts nothing more, closes quiet connections and event streams, asks running handlers to stop, lets
    /// them end and their answers be sent (for stop_timeout), joins. No connection is left open. Idempotent.
    void Stop();

    /// The port that is really listened on.
    [[nodiscard]] std::uint16_t Port() const noexcept;

private:
    class Edge;
    std::unique_ptr<Edge> edge_;
};

}  // namespace notify
