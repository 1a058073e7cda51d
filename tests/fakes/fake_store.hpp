#pragma once

// Starts a fake store (a program of this folder) for a test, and tells it which faults to have.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "servers/child_server.hpp"

namespace notify::testing {

class FakeStore {
public:
    /// Runs `program`, a file of this folder, on a free port of 127.0.0.1; with TLS when given a PEM file of
    /// certificate and key, and for clients with a certificate of `client_ca` only when given that.
    FakeStore(std::string_view program, const std::string& pem, const std::string& client_ca);

    /// "http://127.0.0.1:PORT", or https.
    [[nodiscard]] std::string Url() const;

    [[nodiscard]] std::uint16_t Port() const noexcept { return server_.Port(); }

    /// Sets what the program's first lines name: R"({"clock": 7200})". Without TLS only.
    void Set(std::string_view json) const;

    /// requests, connections, log, headers, ….
    [[nodiscard]] boost::json::object Seen() const;

private:
    [[nodiscard]] boost::json::object Control(std::string_view method, std::string_view body) const;

    bool tls_ = false;
    ChildServer server_;
};

/// tests/fakes/swarm.py. It takes kFakeToken.
class FakeSwarm final : public FakeStore {
public:
    FakeSwarm() : FakeStore("swarm.py", {}, {}) {}
};

/// tests/fakes/sqs.py.
class FakeQueue final : public FakeStore {
public:
    FakeQueue() : FakeStore("sqs.py", {}, {}) {}
};

/// tests/fakes/iconik.py. It takes the App-ID "app-of-tests" with the token "token-of-tests".
class FakeIconik final : public FakeStore {
public:
    FakeIconik() : FakeStore("iconik.py", {}, {}) {}
};

inline constexpr std::string_view kFakeToken = "0123456789abcdef0123456789abcdef";

}  // namespace notify::testing
