#pragma once

// Keys are bytes; people see text.

#include <string>
#include <string_view>

namespace notify {

/// `key` as valid UTF-8: bytes that are none, and control characters, as \xNN.
[[nodiscard]] std::string KeyText(std::string_view key);

}  // namespace notify
