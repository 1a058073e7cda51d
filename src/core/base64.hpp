#pragma once

// Bytes as text: base 64 (RFC 4648, with padding) and hexadecimal.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

[[nodiscard]] std::string ToBase64(std::string_view bytes);

/// kInvalidArgument when `text` is not padded base 64.
[[nodiscard]] Result<std::string> FromBase64(std::string_view text);

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string ToHex(std::string_view bytes);

/// kInvalidArgument when `text` has an odd length or another character than hexadecimal digits.
[[nodiscard]] Result<std::string> FromHex(std::string_view text);

}  // namespace notify
