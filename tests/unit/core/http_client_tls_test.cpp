// A certificate nobody vouches for, or for another name, ends the request before anything is sent.

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/file.hpp"
#include "core/http_client.hpp"

namespace notify {
namespace {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using Key = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<&X509_free>>;
using Context = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, FreeWith<&SSL_free>>;

/// A certificate signed by itself for an address or name ("IP:127.0.0.1").
Certificate SelfSigned(EVP_PKEY* key, const char* alternative_name) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    const auto* name = reinterpret_cast<const unsigned char*>("a test");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC, name, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate.get(), key, EVP_sha256());
    return certificate;
}

/// Answers one TLS connection with 204, if the handshake succeeds.
class TlsServer final {
public:
    explicit TlsServer(const char* alternative_name) : key_(EVP_EC_gen("P-256")) {
        certificate_ = SelfSigned(key_.get(), alternative_name);
        context_.reset(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(context_.get(), certificate_.get());
        SSL_CTX_use_PrivateKey(context_.get(), key_.get());
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        listening_ = UniqueFd(::socket(AF_INET, SOCK_STREAM, 0));
        EXPECT_EQ(::bind(listening_.Get(), generic, length), 0);
        EXPECT_EQ(::listen(listening_.Get(), 4), 0);
        EXPECT_EQ(::getsockname(listening_.Get(), generic, &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this] { ServeOne(); });
    }

    [[nodiscard]] Url Address() const {
        return Url::Parse(fmt::format("https://127.0.0.1:{}/", port_)).value();
    }

    /// Writes the certificate where a client may be told to trust it.
    void WriteCertificate(const std::filesystem::path& path) const {
        const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
        EXPECT_EQ(PEM_write_X509(file.get(), certificate_.get()), 1);
    }

    /// What the client sent after the handshake; call when its request has ended.
    [[nodiscard]] std::string Got() {
        thread_.join();
        return got_;
    }

private:
    void ServeOne() {
        const UniqueFd socket(::accept(listening_.Get(), nullptr, nullptr));
        const Session session(SSL_new(context_.get()));
        SSL_set_fd(session.get(), socket.Get());
        if (SSL_accept(session.get()) != 1) {
            return;
        }
        std::array<char, 4096> bytes{};
        const int count = SSL_read(session.get(), bytes.data(), static_cast<int>(bytes.size()));
        got_.assign(bytes.data(), static_cast<std::size_t>(std::max(count, 0)));
        constexpr std::string_view kAnswer = "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n";
        SSL_write(session.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
    }

    Key key_;
    Certificate certificate_;
    Context context_;
    UniqueFd listening_;
    std::uint16_t port_ = 0;
    std::string got_;
    std::jthread thread_;
};

class HttpClientTls : public ::testing::Test {
protected:
    HttpClientTls()
        : trusted_(std::filesystem::temp_directory_path() / fmt::format("trusted-{}.pem", ::getpid())) {}

    ~HttpClientTls() override { std::filesystem::remove(trusted_); }

    std::filesystem::path trusted_;
};

TEST_F(HttpClientTls, SpeaksToAServerWhoseCertificateIsTrusted) {
    TlsServer server("IP:127.0.0.1");
    server.WriteCertificate(trusted_);
    const HttpClient client({.ca_file = trusted_.string()});
    const auto response = client.Send({.method = "POST", .url = server.Address(), .body = "x"}, {});
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->status, 204);
    EXPECT_EQ(server.Got().substr(0, 4), "POST");
}

TEST_F(HttpClientTls, SendsNothingToAServerNobodyVouchesFor) {
    TlsServer server("IP:127.0.0.1");
    const auto response = HttpClient().Send({.method = "POST", .url = server.Address(), .body = "x"}, {});
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(response.error().message.find("certificate"), std::string::npos) << response.error().message;
    EXPECT_EQ(server.Got(), "");
}

TEST_F(HttpClientTls, SendsNothingToAServerOfAnotherName) {
    TlsServer server("DNS:other.example");
    server.WriteCertificate(trusted_);
    const HttpClient client({.ca_file = trusted_.string()});
    EXPECT_FALSE(client.Send({.method = "POST", .url = server.Address(), .body = "x"}, {}).has_value());
    EXPECT_EQ(server.Got(), "");
}

}  // namespace
}  // namespace notify
