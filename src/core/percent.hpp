#pragma once

// Bytes written as %XX.

#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// Decodes %XX, and '+' as a space in forms and queries. Nothing when an escape is broken or a zero byte is
/// in it.
[[nodiscard]] std::optional<std::string> PercentDecoded(std::string_view text, bool form = false);

/// Encodes all but the unreserved letters of RFC 3986, 2.3.
[[nodiscard]] std::string PercentEncoded(std::string_view text);

}  // namespace notify
