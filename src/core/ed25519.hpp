#pragma once

// Signatures that others can check without our key: Ed25519, RFC 8032.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// A private key made of 32 secret bytes. Immutable: thread-safe.
class Ed25519Key final {
public:
    explicit Ed25519Key(std::string seed) : seed_(std::move(seed)) {}

    /// 64 bytes.
    [[nodiscard]] Result<std::string> Sign(std::string_view text) const;

    /// 32 bytes.
    [[nodiscard]] Result<std::string> PublicKey() const;

private:
    std::string seed_;
};

/// Whether the key's owner signed this text.
[[nodiscard]] bool IsSignedBy(std::string_view public_key, std::string_view text, std::string_view signature);

}  // namespace notify
