#include <memory>

#include <fmt/format.h>

#include "core/certificate.hpp"
#include "http/server/client_stream.hpp"

// NOLINTBEGIN(misc-include-cleaner): what is used of Asio comes with client_stream.hpp
// NOLINTBEGIN(bugprone-unused-return-value): Asio gives an error twice

namespace notify {

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

}  // namespace

Result<std::shared_ptr<ssl::context>> MakeTlsContext(const TlsIdentity& identity) {
    // OpenSSL would ask the terminal for the passphrase of a key that has one
    if (auto fits = CheckKeyOf(identity.certificates, identity.key); !fits) {
        return Unexpected(fits.error());
    }
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    context->use_certificate_chain(asio::buffer(identity.certificates), error);
    if (!error) {
        context->use_private_key(asio::buffer(identity.key), ssl::context::pem, error);
    }
    if (error) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("it cannot be used for TLS: {}", error.message())
        );
    }
    return context;
}

}  // namespace notify

// NOLINTEND(bugprone-unused-return-value)
// NOLINTEND(misc-include-cleaner)
