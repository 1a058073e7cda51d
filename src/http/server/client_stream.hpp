#pragma once

// The bytes of one client, as they are or within TLS. Included by server/*.cpp alone: it holds Asio's and
// Beast's types.

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <openssl/ssl.h>

#include "core/result.hpp"
#include "http/server/server.hpp"

namespace notify {

/// What new connections are greeted with. kInvalidArgument when OpenSSL does not take it for TLS.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(const TlsIdentity& identity);

/// An AsyncStream of Asio, which wants it without `final`. Which of the two it is costs one branch for each
/// operation. Times are those of the TCP stream below, so that a handshake has them too.
class ClientStream {
public:
    // NOLINTBEGIN(readability-identifier-naming): the names that Asio looks for
    using executor_type = boost::beast::tcp_stream::executor_type;
    // NOLINTEND(readability-identifier-naming)

    /// In the clear without `tls`, which need not outlive it.
    ClientStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
        : tcp_(std::move(socket)) {
        if (tls != nullptr) {
            tls_.emplace(tcp_, *tls);
        }
    }

    ~ClientStream() = default;
    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;

    [[nodiscard]] boost::beast::tcp_stream& Tcp() noexcept { return tcp_; }

    /// False when the client does not agree on TLS. Nothing in the clear.
    bool Greet(const boost::asio::yield_context& yield) {
        boost::system::error_code error;
        if (tls_) {
            tls_->async_handshake(Tls::server, yield[error]);
        }
        return !error;
    }

    /// Says that nothing more will come, and waits for no answer. Nothing in the clear.
    void SayFarewell(const boost::asio::yield_context& yield) {
        if (tls_) {
            SSL_set_shutdown(tls_->native_handle(), SSL_RECEIVED_SHUTDOWN);
            boost::system::error_code gone;
            tls_->async_shutdown(yield[gone]);
        }
    }

    // NOLINTBEGIN(readability-identifier-naming): the names that Asio looks for
    [[nodiscard]] executor_type get_executor() noexcept { return tcp_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                    : tcp_.async_read_some(buffers, std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                    : tcp_.async_write_some(buffers, std::forward<Token>(token));
    }

    // NOLINTEND(readability-identifier-naming)

private:
    using Tls = boost::asio::ssl::stream<boost::beast::tcp_stream&>;

    boost::beast::tcp_stream tcp_;
    std::optional<Tls> tls_;
};

}  // namespace notify
