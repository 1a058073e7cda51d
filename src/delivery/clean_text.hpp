#pragma once

// Foreign bytes as text that may stand in JSON, in the database and before people.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

/// `bytes` with everything that is no UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string ValidUtf8(std::string_view bytes);

/// True when `bytes` are UTF-8.
[[nodiscard]] bool IsUtf8(std::string_view bytes);

/// The first `limit` bytes of an answer, as UTF-8, control characters but tabs and line breaks as spaces, and
/// each of `secrets` (which an answer may echo) as "[redacted]".
[[nodiscard]] std::string Excerpt(
    std::string_view answer, const std::vector<std::string>& secrets, std::size_t limit = 4096
);

}  // namespace notify
