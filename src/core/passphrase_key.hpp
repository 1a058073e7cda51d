#pragma once

// A key from a passphrase, for what is sealed to be opened elsewhere.

#include <cstddef>
#include <string>
#include <string_view>

namespace notify {

inline constexpr std::size_t kPassphraseSaltBytes = 16;

/// 32 bytes for SecretBox::WithKey by scrypt (RFC 7914; N = 2¹⁵, r = 8, p = 3): 32 MiB and a good part of a
/// second, so that passphrases cannot be tried by the million. The same for the same `passphrase` and `salt`.
[[nodiscard]] std::string PassphraseKey(std::string_view passphrase, std::string_view salt);

}  // namespace notify
