#pragma once

// X.509 certificates and private keys as PEM texts (RFC 7468).

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify {

/// What people know a certificate by.
struct Certificate {
    std::string subject;  ///< As RFC 2253 writes it: "CN=hooks.example,O=Example".
    Timestamp expires_at;
    std::string sha256;  ///< Of its DER, 64 hexadecimal digits.
};

/// Those of a PEM text, in its order; what lies between them is passed over. kInvalidArgument when there is
/// none, or one cannot be read.
[[nodiscard]] Result<std::vector<Certificate>> ReadCertificates(std::string_view pem);

/// The key is that of the first certificate. kInvalidArgument when it is not, is encrypted or cannot be read;
/// the sentence repeats nothing of it.
[[nodiscard]] Result<void> CheckKeyOf(std::string_view certificates, std::string_view key);

}  // namespace notify
