#pragma once

// A client that speaks raw sockets, so that it can say what no well-behaved client would.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "core/file.hpp"

namespace notify::testing {

struct WireAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
};

/// One connection to 127.0.0.1. Nothing waits longer than 20 s.
class Wire final {
public:
    explicit Wire(std::uint16_t port);

    /// From now on everything is said within TLS, after a handshake that trusts anybody; or, with the file of
    /// an authority, only whom that one knows as 127.0.0.1. False when it failed. `version`: TLS1_1_VERSION
    /// or so alone.
    [[nodiscard]] bool Secure(const std::string& ca_file = {}, int version = 0);

    /// The digest of the certificate that was shown, as Certificate has it.
    [[nodiscard]] std::string Sha256OfPeer() const;

    /// True when the other side said that nothing more comes.
    [[nodiscard]] bool WasToldFarewell() const;

    /// False when the other side is gone.
    bool Send(std::string_view bytes);

    /// The next answer, with the body that Content-Length promises (none for HEAD); nothing when the
    /// connection ends before. `head`: it answers a HEAD.
    [[nodiscard]] std::optional<WireAnswer> Receive(bool head = false);

    /// Send, then Receive; status 0 when nothing came.
    [[nodiscard]] WireAnswer Ask(std::string_view bytes);

    /// What came until `text` did, with it; what came at all when it did not.
    [[nodiscard]] std::string ReceiveUntil(std::string_view text);

    /// Waits for the end of the connection; what came before is dropped.
    [[nodiscard]] bool IsClosed();

    /// Ends the connection.
    void Close() { socket_.Reset(); }

private:
    struct Free {
        void operator()(SSL* tls) const noexcept;
    };

    bool ReadMore();

    UniqueFd socket_;
    std::unique_ptr<SSL, Free> tls_;  ///< Null in the clear.
    std::string got_;
};

/// "GET /path HTTP/1.1" with a Host and these further header lines, each ended by \r\n.
[[nodiscard]] std::string Get(std::string_view target, std::string_view lines = {});

/// A POST with its Content-Length.
[[nodiscard]] std::string Post(std::string_view target, std::string_view body, std::string_view lines = {});

}  // namespace notify::testing
