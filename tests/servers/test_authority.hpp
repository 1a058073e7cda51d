#pragma once

// A certificate authority for tests, and the certificates a client must accept or refuse.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <openssl/types.h>

namespace notify::testing {

class TestAuthority final {
public:
    /// Writes PEM files into `folder`, which outlives it.
    explicit TestAuthority(std::filesystem::path folder);
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    /// The authority's own certificate: a ca_file.
    [[nodiscard]] std::string CaFile() const;

    /// A certificate and its key in one PEM file: for `name` ("IP:127.0.0.1", "DNS:store.example"), from an
    /// hour before until `valid_for` after now; negative: it has expired.
    [[nodiscard]] std::string Certificate(
        const std::string& name, std::chrono::seconds valid_for = std::chrono::hours(1)
    ) const;

    /// Likewise, signed by itself.
    [[nodiscard]] std::string SelfSigned(const std::string& name) const;

private:
    struct Free {
        void operator()(EVP_PKEY* key) const noexcept;
        void operator()(X509* certificate) const noexcept;
    };

    using Key = std::unique_ptr<EVP_PKEY, Free>;
    using Made = std::unique_ptr<X509, Free>;
    struct Wanted;

    [[nodiscard]] static Made Make(const Wanted& wanted);
    [[nodiscard]] std::string Write(X509* certificate, EVP_PKEY* key) const;

    std::filesystem::path folder_;
    Key key_;
    Made certificate_;
};

}  // namespace notify::testing
