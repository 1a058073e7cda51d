#pragma once

// Starts tests/fakes/s3.py for a test, and tells it which faults to have.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <sys/types.h>

#include "core/file.hpp"

namespace notify::testing {

class FakeS3 final {
public:
    /// Listens on a free port of 127.0.0.1; with TLS when given a PEM file of certificate and key.
    explicit FakeS3(const std::string& pem = {});
    ~FakeS3();
    FakeS3(const FakeS3&) = delete;
    FakeS3& operator=(const FakeS3&) = delete;

    /// "http://127.0.0.1:PORT", or https.
    [[nodiscard]] std::string Url() const;

    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

    /// Sets what s3.py's first lines name: R"({"clock": 7200})". Without TLS only.
    void Set(std::string_view json) const;

    /// requests, connections, log, headers, uploads.
    [[nodiscard]] boost::json::object Seen() const;

private:
    [[nodiscard]] boost::json::object Control(std::string_view method, std::string_view body) const;

    bool tls_ = false;
    UniqueFd input_;
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace notify::testing
